/**
 * Where a permissions boundary lets a role get rights that this boundary does not hold: those of somebody else, or of something that it makes
 * without it. By the words of the document: each Allow is followed over all that its patterns may stand for, and closed only by what is
 * certain to close it. Pure.
 */
import { formatRoleArn } from './arn.ts';
import { coversAction } from './covers.ts';
import { asArnPattern, compileGlob, globMatches, joinGlob } from './glob.ts';
import { listOf, type Statement } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';
import type { PresetPlace } from './preset.ts';

/** Where a role and its boundary are. */
export interface BoundPlace extends PresetPlace {
  readonly boundary: string;
}

interface Group {
  /** What the actions are done to, the last field of its ARN up to the first `/`; `*`: no one thing; undefined: not known, or in any account. */
  readonly kind: string | undefined;
  readonly actions: readonly string[];
}

const group = (kind: string | undefined, service: string, names: string): Group => ({
  kind,
  actions: names.split(' ').map((name) => `${service}:${name}`),
});

/**
 * Every action of IAM, STS and account management that changes who somebody is, what they may do, or who may become them; what is not here
 * reads, names, ends or describes something (test/unit/domain/boundary-reach.test.ts holds the list against the services').
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const REACHING: readonly Group[] = [
  group('role', 'iam', 'CreateRole PutRolePolicy AttachRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary'),
  group(undefined, 'sts', 'AssumeRole AssumeRoot AssumeRoleWithSAML AssumeRoleWithWebIdentity GetDelegatedAccessToken'),
  group('role', 'iam', 'UpdateAssumeRolePolicy PassRole DetachRolePolicy DeleteRolePolicy DeleteRole TagRole UntagRole'),
  group('user', 'iam', 'CreateAccessKey CreateLoginProfile UpdateLoginProfile UpdateAccessKey CreateServiceSpecificCredential'),
  group('user', 'iam', 'ResetServiceSpecificCredential UpdateServiceSpecificCredential UploadSSHPublicKey UpdateSSHPublicKey'),
  group('user', 'iam', 'UploadSigningCertificate UpdateSigningCertificate EnableMFADevice DeactivateMFADevice ResyncMFADevice'),
  group('user', 'iam', 'CreateUser PutUserPolicy AttachUserPolicy PutUserPermissionsBoundary DeleteUserPermissionsBoundary'),
  group('user', 'iam', 'DetachUserPolicy DeleteUserPolicy DeleteUser UpdateUser TagUser UntagUser'),
  group('group', 'iam', 'PutGroupPolicy AttachGroupPolicy DetachGroupPolicy DeleteGroupPolicy UpdateGroup'),
  group('group', 'iam', 'AddUserToGroup RemoveUserFromGroup'),
  group('policy', 'iam', 'CreatePolicyVersion SetDefaultPolicyVersion'),
  group('saml-provider', 'iam', 'CreateSAMLProvider UpdateSAMLProvider'),
  group('oidc-provider', 'iam', 'CreateOpenIDConnectProvider AddClientIDToOpenIDConnectProvider'),
  group('oidc-provider', 'iam', 'UpdateOpenIDConnectProviderThumbprint'),
  // A role made from a template has the template's boundary or none; a delegation gives away what somebody else may do.
  group(undefined, 'iam', 'AcquireRole AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest'),
  group(undefined, 'iam', 'SendDelegationToken UpdateDelegationRequest'),
  group('*', 'iam', 'EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions PutAccountProperties'),
  group('*', 'iam', 'UpdateAccountPasswordPolicy DeleteAccountPasswordPolicy'),
  group(undefined, 'account', 'CloseAccount StartPrimaryEmailUpdate AcceptPrimaryEmailUpdate'),
];

/** Services that say who may do what in this account and others: whatever does not read counts. */
const WHOLE = ['organizations', 'sso', 'sso-directory', 'identitystore'];
const READS = /^(?:Describe|Get|IsMember|List|Search)/i;

/** Take off what must stay on, whatever it was: the condition that something carries the boundary is no limit here. */
const UNBOUNDING = ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'];

/** Not even below the path of the role: what they make or widen must be made to carry the boundary. */
const MAKING = [
  ...UNBOUNDING,
  'iam:AcquireRole',
  ...['Role', 'User'].flatMap((of) => [
    `iam:Create${of}`,
    `iam:Put${of}Policy`,
    `iam:Attach${of}Policy`,
    `iam:Put${of}PermissionsBoundary`,
  ]),
];

/** What an Allow gives: both may be patterns. */
interface Grant {
  readonly action: string;
  readonly resource: string;
}

/** Whether all that `inner` stands for is in `outer`. A no may be wrong, a yes is not. */
const contains = (outer: string, inner: string): boolean => {
  if (outer === '*' || outer === inner) return true;
  if (!/[*?]/.test(inner)) return globMatches(asArnPattern(compileGlob(outer)), inner);
  // `?` stands for one character, which a `*` of the other need not be.
  const pieces = outer.split(/(\?)/).map((text) => ({ text, fixed: text === '?' }));
  const glob = asArnPattern(joinGlob(pieces));
  return !glob.hasFieldStars && globMatches(glob, inner);
};

const containsAction = (outer: string, inner: string): boolean => contains(outer.toLowerCase(), inner.toLowerCase());

/** `[operator, key, values]` of each condition. */
export const conditionsOf = ({ Condition = {} }: Statement): readonly (readonly [string, string, readonly unknown[]])[] =>
  Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => [operator.toLowerCase(), key.toLowerCase(), listOf<unknown>(values)] as const),
  );

const namesBoundary = (statement: Statement, operators: readonly string[], boundary: string): boolean =>
  conditionsOf(statement).some(
    ([operator, key, values]) =>
      operators.includes(operator) && key === 'iam:permissionsboundary' && values.every((value) => value === boundary),
  );

const serviceOf = (pattern: string): string =>
  (pattern.includes(':') ? pattern.slice(0, pattern.indexOf(':')) : '*').toLowerCase();

const isAbout = (pattern: string, service: string): boolean => globMatches(compileGlob(serviceOf(pattern)), service);

/** Of a service that counts as a whole: the patterns of its actions that are allowed and may write. */
const wholesIn = ({ Action, NotAction }: Statement, service: string): readonly string[] => {
  const all = `${service}:*`;
  if (Action === undefined) return listOf(NotAction).some((pattern) => containsAction(pattern, all)) ? [] : [all];
  return listOf(Action)
    .filter((pattern) => isAbout(pattern, service))
    .map((pattern) => (pattern.includes(':') ? `${service}${pattern.slice(pattern.indexOf(':'))}` : all))
    .filter((pattern) => !READS.test(pattern.slice(service.length + 1)));
};

/** A policy variable may stand for anything, and what is not excepted for any other. */
const resourcesOf = ({ Resource, NotResource }: Statement): readonly string[] =>
  NotResource === undefined ? listOf(Resource).map((pattern) => pattern.replace(/\$\{.*\}/s, '*')) : ['*'];

const grantsOf = (statement: Statement, ofKind: (kind: string) => string): readonly Grant[] => {
  const reaches = (resource: string, kind: string | undefined): boolean => {
    if (kind === undefined) return true;
    const [head = ''] = resource.split(/[*?]/, 1);
    const things = kind === '*' ? '*' : ofKind(kind);
    return head === '' || things.startsWith(head) || head.startsWith(things);
  };
  return resourcesOf(statement).flatMap((resource) => [
    ...REACHING.filter(({ kind }) => reaches(resource, kind)).flatMap(({ actions }) =>
      actions.filter((action) => coversAction(statement, action)).map((action) => ({ action, resource })),
    ),
    ...WHOLE.flatMap((service) => wholesIn(statement, service).map((action) => ({ action, resource }))),
  ]);
};

/** `ACTION on RESOURCE` of what is open beyond the roles, users and policies below the path of `place.role`, which carry the boundary. */
export const reachBeyond = (statements: readonly Statement[], place: BoundPlace): readonly string[] => {
  const { partition, account, role, boundary } = place;
  const here = `arn:${partition}:iam::${account}:`;
  const below = ['role', 'user', 'policy'].map((kind) => `${here}${kind}/${role.name}/*`);
  /** Where its path is its name, the role and its policies lie there themselves. */
  const own = [
    formatRoleArn({ partition, account, ...role }),
    `${here}policy${role.path}${policyNameFor(role.name, '*')}`,
    boundary,
  ];
  const isBelow = (resource: string): boolean =>
    below.some((path) => contains(path, resource)) && !own.some((mine) => contains(mine, resource));

  const deniesAction = ({ Action, NotAction }: Statement, action: string): boolean => {
    if (Action !== undefined) return listOf(Action).some((pattern) => containsAction(pattern, action));
    const isPattern = action.includes('*') || action.includes('?');
    return !listOf(NotAction).some((pattern) =>
      isPattern ? isAbout(pattern, serviceOf(action)) : coversAction({ Effect: 'Deny', Action: pattern }, action),
    );
  };
  const deniesResource = ({ Resource, NotResource }: Statement, { action, resource }: Grant): boolean =>
    NotResource === undefined
      ? listOf(Resource).some((pattern) => contains(pattern, resource))
      : !MAKING.includes(action) && listOf(NotResource).every(isBelow);
  const isDenied = (grant: Grant): boolean =>
    statements.some((statement) => {
      if (statement.Effect !== 'Deny') return false;
      const { length } = conditionsOf(statement);
      const isUnlessBounded = length === 1 && namesBoundary(statement, ['stringnotequals', 'arnnotequals'], boundary);
      if (length > 0 && (!isUnlessBounded || UNBOUNDING.includes(grant.action))) return false;
      return deniesAction(statement, grant.action) && deniesResource(statement, grant);
    });

  const open = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => {
      const isBounded = namesBoundary(statement, ['stringequals', 'arnequals'], boundary);
      return grantsOf(statement, (kind) => `${here}${kind}/`).filter(
        (grant) =>
          !(isBounded && !UNBOUNDING.includes(grant.action)) &&
          !(isBelow(grant.resource) && !MAKING.includes(grant.action)) &&
          !isDenied(grant),
      );
    })
    .map(({ action, resource }) => `${action} on ${resource.startsWith(here) ? resource.slice(here.length) : resource}`);
  return [...new Set(open)];
};
