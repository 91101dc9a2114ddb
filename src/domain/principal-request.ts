/** Who may assume the role, as a person names it (`--trust`, `role.trust`, `explain --as`). Text in, data out; AWS is asked for nothing. */
import { isAccountId, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from './arn.ts';
import { problem, type Diagnostic, type Hint } from './diagnostic.ts';
import type { Given } from './fields.ts';
import { checkLimit } from './limits.ts';
import { readOidc } from './oidc-principal.ts';
import type { OidcPrincipal } from './principal.ts';
import { fail, ok, type Result } from './result.ts';

/** What is asked for; all but `arn`, `account` and `oidc` still need a look at the source account. */
export type PrincipalRequest =
  | { readonly kind: 'arn'; readonly arn: string; readonly account: string; readonly partition: string }
  /** The whole account; its partition is that of the target. */
  | { readonly kind: 'account'; readonly account: string }
  /** A session stands for its role, whose path the session ARN does not hold. */
  | { readonly kind: 'session'; readonly account: string; readonly partition: string; readonly roleName: string }
  /** The caller of the source credentials. */
  | { readonly kind: 'self' }
  /** Everyone with this permission set in the account; undefined: in the source account. */
  | { readonly kind: 'sso'; readonly permissionSet: string; readonly account: string | undefined }
  /** The role of EC2 instances in the source account. */
  | { readonly kind: 'ec2'; readonly roleName: string | undefined }
  | OidcPrincipal;

const FORMS = [
  '111111111111 (everyone whom that account lets)',
  'arn:aws:iam::111111111111:role/ci',
  'arn:aws:iam::111111111111:user/jane',
  'self (the caller of the source credentials)',
  'sso:PERMISSION_SET',
  'ec2 or ec2:ROLE (instances of the source account)',
  'github:OWNER/REPO:ref=refs/heads/main',
  'gitlab:GROUP/PROJECT:branch=main',
  'tfc:ORG/PROJECT/WORKSPACE',
  'irsa:https://ISSUER:NAMESPACE/SERVICE_ACCOUNT',
].join(', ');

const refuse = ({ value, place }: Given<string>, reason: string, ...hints: readonly Hint[]): Result<never> =>
  fail(
    problem('INVALID_VALUE', `the principal "${value}" ${reason}`, {
      path: place,
      hints: hints.length > 0 ? hints : [{ text: `name it as one of: ${FORMS}` }],
    }),
  );

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;

/** What lets a service of the source account in: the role that it runs as. A service itself is of the account of the role that trusts it. */
const SERVICE_ADVICE: readonly (readonly [RegExp, string, Hint])[] = [
  [
    /^ec2\./,
    'is a service: in the target it lets instances of the target in, and none of yours. Trust the role of your instances',
    { text: 'xacct finds or makes that role in the source account', command: 'xacct init --trust ec2' },
  ],
  [
    /^pods\.eks\./,
    'is a service: in the target it lets pods of clusters in the target in. Trust the role of the pod, by its ARN',
    {
      text: 'the role of the Pod Identity association, in the account of the cluster',
      command: 'xacct init --trust arn:aws:iam::111111111111:role/POD_ROLE',
    },
  ],
  [
    /./,
    'is a service: trusting it here lets only services of the target account in. Trust the role that runs there',
    { text: 'name that role', command: 'xacct init --trust arn:aws:iam::111111111111:role/NAME' },
  ],
];

const refuseService = (given: Given<string>): Result<never> => {
  const [, reason, hint] = SERVICE_ADVICE.find(([pattern]) => pattern.test(given.value)) ?? [];
  return refuse(given, reason ?? 'is a service', ...(hint ? [hint] : []));
};

/** `NAME` or `ACCOUNT/NAME`; AWS's pattern: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html */
const parseSso = (given: Given<string>, text: string): Result<PrincipalRequest> => {
  const [, account, permissionSet] = /^(?:(\d{12})\/)?([\w+=,.@-]{1,32})$/.exec(text) ?? [];
  if (permissionSet === undefined)
    return refuse(given, 'is not sso:PERMISSION_SET', { text: 'its name has up to 32 letters, digits and + = , . @ - _' });
  return ok({ kind: 'sso', permissionSet, account });
};

const parseEc2 = (given: Given<string>, roleName: string | undefined): Result<PrincipalRequest> =>
  roleName !== undefined && checkLimit('roleName', roleName) !== undefined
    ? refuse(given, 'is not ec2:ROLE', { text: "give the role's name, without its path" })
    : ok({ kind: 'ec2', roleName });

export const parsePrincipal = (given: Given<string>): Result<PrincipalRequest> => {
  const { value: text } = given;
  if (text === 'self') return ok({ kind: 'self' });
  if (isAccountId(text)) return ok({ kind: 'account', account: text });
  if (/[*?]/.test(text)) return refuse(given, 'has a wildcard: a role would trust more than you can name');
  // In a condition it would be whatever the caller's request says.
  if (text.includes('${')) return refuse(given, 'has a policy variable: AWS would put something else in its place');
  const root = parseRootArn(text);
  if (root) return ok({ kind: 'arn', arn: text, ...root });
  const named = parseRoleArn(text) ?? parseUserArn(text);
  if (named) return ok({ kind: 'arn', arn: text, account: named.account, partition: named.partition });
  const session = parseSessionArn(text);
  if (session) return ok({ kind: 'session', account: session.account, partition: session.partition, roleName: session.roleName });
  if (text === 'ec2') return parseEc2(given, undefined);
  if (text.startsWith('ec2:')) return parseEc2(given, text.slice('ec2:'.length));
  if (text.startsWith('sso:')) return parseSso(given, text.slice('sso:'.length));
  const oidc = readOidc(text);
  if (oidc !== undefined) return 'refused' in oidc ? refuse(given, oidc.refused) : ok(oidc);
  if (SERVICE.test(text)) return refuseService(given);
  if (/^\d+$/.test(text)) return refuse(given, `has ${text.length} digits: an account id has 12`);
  if (parseArn(text)) return refuse(given, 'is an ARN, but not of an account root, user, role or role session');
  return refuse(given, 'is not a principal');
};

/** Undefined for what is no principal. */
export const kindOf = (given: Given<string>): PrincipalRequest['kind'] | undefined => {
  const parsed = parsePrincipal(given);
  return parsed.ok ? parsed.value.kind : undefined;
};

/** Roots and federated users cannot be trusted as `self`: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const ssoNeedsName = (arn: string, permissionSet: string | undefined): Diagnostic =>
  problem('USAGE', `self is the SSO session ${arn}, which will not be the one that runs Terraform`, {
    path: '--trust',
    hints: [
      { text: 'name who will run it', command: 'xacct init --trust arn:aws:iam::111111111111:role/ci' },
      ...(permissionSet === undefined
        ? []
        : [{ text: 'if people will, with this permission set', command: `xacct init --trust sso:${permissionSet}` }]),
    ],
  });
