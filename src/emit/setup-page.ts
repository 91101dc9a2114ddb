/** A set-up as people read it: accounts, who may enter under which conditions, what the role may do, what was proved. Data for Markdown and HTML. */
import { sentExternalId } from '#domain/access.ts';
import { formatDuration } from '#domain/duration.ts';
import type { Principal } from '#domain/principal.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { Proof } from '#domain/proof.ts';
import { VALUES } from '#domain/values.ts';
import type { MadeTarget } from './emitted.ts';

export interface PagePrincipal {
  /** Short: `role/ci`. */
  readonly label: string;
  /** The whole name. */
  readonly name: string;
  /** Where it lives: `account 111111111111`, or the issuer of its tokens. */
  readonly home: string;
  /** What it must bring beside being named; empty: nothing. */
  readonly conditions: readonly string[];
}

export interface PagePolicy {
  readonly name: string;
  readonly about: string;
  /** undefined: it exists on AWS's side and is only attached. */
  readonly document: PolicyDocument | undefined;
}

export interface PageTarget {
  readonly name: string;
  readonly sourceAccount: string;
  readonly targetAccount: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly region: string;
  readonly facts: readonly (readonly [term: string, value: string])[];
  readonly principals: readonly PagePrincipal[];
  readonly permissions: readonly PagePolicy[];
  /** Trust policies, and what the source's principals need themselves. */
  readonly documents: readonly PagePolicy[];
  readonly proof: string;
  /** Why values are as they are that nobody chose. */
  readonly reasons: readonly (readonly [value: string, reason: string])[];
}

const labelOf = (principal: Principal): string => {
  switch (principal.kind) {
    case 'aws':
      return principal.arn.slice(principal.arn.lastIndexOf(':') + 1);
    case 'sso':
      return `permission set ${principal.permissionSet}`;
    case 'oidc':
      return principal.name;
  }
};

const nameOf = (principal: Principal): string =>
  principal.kind === 'oidc'
    ? principal.subjects.join(', ')
    : principal.kind === 'aws'
      ? principal.arn
      : `sso:${principal.account}/${principal.permissionSet}`;

const conditionsOf = (principal: Principal, { spec, desired }: MadeTarget): readonly string[] => {
  const { conditions } = spec.role;
  const isToken = principal.kind === 'oidc';
  return [
    ...(!isToken && desired.access.externalIds.length > 0 ? [`external ID ${desired.access.externalIds.join(' or ')}`] : []),
    ...(isToken ? [`audience ${principal.audience}`] : []),
    ...(conditions.mfa ? ['MFA'] : []),
    ...(conditions.sourceIps.length > 0 ? [`from ${conditions.sourceIps.join(', ')}`] : []),
    ...(conditions.orgId === undefined ? [] : [`organization ${conditions.orgId}`]),
    ...conditions.orgPaths.map((path) => `in ${path}`),
    ...(conditions.sourceIdentities.length > 0 ? [`source identity ${conditions.sourceIdentities.join(' or ')}`] : []),
    ...(conditions.sessionNamePrefix === undefined ? [] : [`session name ${conditions.sessionNamePrefix}…`]),
    ...Object.entries(conditions.sessionTags).map(
      ([key, value]) => `session tag ${key}${value === undefined ? '' : `=${value}`}`,
    ),
  ];
};

const proofText = (proof: Proof | undefined, fault: string | undefined): string => {
  if (proof === undefined) return 'Not proved yet: xacct verify';
  const passed = proof.checks.filter(({ status }) => status === 'pass').length;
  const text = `${passed} of ${proof.checks.length} checks passed from ${proof.sourceArn} at ${proof.provedAt}`;
  return fault === undefined ? text : `${text}, but ${fault}: xacct verify`;
};

/** In a trust policy for tokens alone, which ask for no external ID, it stands with the rest. */
const tagsApart = ({ Statement }: PolicyDocument): boolean =>
  [Statement].flat().some(({ Action = [] }) => {
    const actions = [Action].flat();
    return actions.includes('sts:TagSession') && !actions.some((action) => action.startsWith('sts:AssumeRole'));
  });

const REASONS: readonly (readonly [isDefault: (target: MadeTarget) => boolean, value: string, reason: string])[] = [
  [
    ({ desired }) => sentExternalId(desired.access) !== undefined,
    'external ID',
    'The caller names this set-up, so that somebody else who may use the same caller cannot lead it into this role. It is not a secret.',
  ],
  [
    ({ spec }) => spec.role.maxSessionSeconds === 3600 && spec.session.seconds === 3600,
    'sessions of 1h',
    'An hour is allowed to every caller, also to one that comes from another role; Terraform renews a session by itself.',
  ],
  [
    ({ spec }) => spec.role.name === VALUES.roleName.default,
    `role name ${VALUES.roleName.default}`,
    "All that xacct makes begins with xacct-, so that an administrator's own permissions can be held to it.",
  ],
  [
    ({ desired }) => tagsApart(desired.role.trustPolicy),
    'sts:TagSession in its own statement',
    'AWS asks for it without the external ID: in one statement with it, tags would be refused.',
  ],
];

const pagePrincipal = (principal: Principal, conditions: readonly string[]): PagePrincipal => ({
  label: labelOf(principal),
  name: nameOf(principal),
  home: principal.kind === 'oidc' ? principal.issuer : `account ${principal.account}`,
  conditions,
});

export const pageOf = (
  target: MadeTarget,
  proof: { readonly proof: Proof | undefined; readonly fault: string | undefined },
): PageTarget => {
  const { spec, desired, name } = target;
  const { role, access } = desired;
  const attached = role.attachments.filter((arn) => !role.policies.some((policy) => policy.arn === arn));
  return {
    name,
    sourceAccount: spec.sourceAccount,
    targetAccount: spec.targetAccount,
    roleName: role.name,
    roleArn: role.arn,
    region: spec.region,
    facts: [
      ['Role', role.arn],
      ['Source account', spec.sourceAccount === '' ? 'not said' : spec.sourceAccount],
      ['Target account', spec.targetAccount],
      ['Region', spec.region],
      [
        'Session',
        `${access.sessionName}, ${formatDuration(access.sessionSeconds)} (the role allows ${formatDuration(role.maxSessionSeconds)})`,
      ],
      ...(sentExternalId(access) === undefined ? [] : [['External ID', access.externalIds.join(', ')] as const]),
      ...(role.permissionsBoundary === undefined ? [] : [['Permissions boundary', role.permissionsBoundary] as const]),
      ...desired.source.roles.flatMap(({ name: roleName, permissionsBoundary }) =>
        permissionsBoundary === undefined ? [] : [[`Permissions boundary of ${roleName}`, permissionsBoundary] as const],
      ),
    ],
    principals: [
      ...spec.role.trust.map((principal) => pagePrincipal(principal, conditionsOf(principal, target))),
      ...(spec.source.hub?.trust ?? []).map((principal) =>
        pagePrincipal(principal, [
          `through the hub ${spec.source.hub?.role.name ?? ''}`,
          ...(principal.kind === 'oidc' ? [`audience ${principal.audience}`] : []),
        ]),
      ),
    ],
    permissions: [
      ...role.policies.map((policy) => ({ name: policy.name, about: policy.description, document: policy.document })),
      ...attached.map((arn) => ({ name: arn, about: 'exists already, attached', document: undefined })),
    ],
    documents: [
      { name: 'Trust policy', about: 'who may assume the role', document: role.trustPolicy },
      { name: 'Source policy', about: 'what the principals of the source need themselves', document: desired.sourceGrant },
      ...desired.source.roles.map(({ name: roleName, trustPolicy }) => ({
        name: `Trust policy of ${roleName}`,
        about: 'who may assume that role of the source account',
        document: trustPolicy,
      })),
    ],
    proof: proofText(proof.proof, proof.fault),
    reasons: REASONS.filter(([isDefault]) => isDefault(target)).map(([, value, reason]) => [value, reason]),
  };
};
