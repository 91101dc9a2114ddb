/** Who may assume the role, as a person names it (`--trust`, `role.trust`), and as the trust policy needs it. */
import {
  formatRoleArn,
  formatRootArn,
  isAccountId,
  parseArn,
  parseRoleArn,
  parseRootArn,
  parseSessionArn,
  parseUserArn,
} from './arn.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { fail, ok, type Result } from './result.ts';

/** What is asked for; `self` and `session` still need a look at the source account. */
export type PrincipalRequest =
  | { readonly kind: 'arn'; readonly arn: string; readonly account: string; readonly partition: string }
  /** The whole account; its partition is that of the target. */
  | { readonly kind: 'account'; readonly account: string }
  /** A session stands for its role, whose path the session ARN does not hold. */
  | { readonly kind: 'session'; readonly account: string; readonly partition: string; readonly roleName: string }
  /** The caller of the source credentials. */
  | { readonly kind: 'self' };

const FORMS = [
  '111111111111 (everyone whom that account lets)',
  'arn:aws:iam::111111111111:role/ci',
  'arn:aws:iam::111111111111:user/jane',
  'self (the caller of the source credentials)',
].join(', ');

const refuse = (text: string, place: string, reason: string): Result<never> =>
  fail(
    problem('INVALID_VALUE', `the principal "${text}" ${reason}`, {
      path: place,
      hints: [{ text: `name it as one of: ${FORMS}` }],
    }),
  );

const SERVICE = /^[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

export const parsePrincipal = (text: string, place: string): Result<PrincipalRequest> => {
  if (text === 'self') return ok({ kind: 'self' });
  if (isAccountId(text)) return ok({ kind: 'account', account: text });
  const root = parseRootArn(text);
  if (root) return ok({ kind: 'arn', arn: text, ...root });
  const named = parseRoleArn(text) ?? parseUserArn(text);
  if (named) return ok({ kind: 'arn', arn: text, account: named.account, partition: named.partition });
  const session = parseSessionArn(text);
  if (session) return ok({ kind: 'session', ...session });
  if (text.includes('*')) return refuse(text, place, 'has a wildcard: a role would trust more than you can name');
  if (SERVICE.test(text))
    return refuse(
      text,
      place,
      'is a service: trusting it here lets only services of the target account in. Trust the role that runs there',
    );
  if (/^\d+$/.test(text)) return refuse(text, place, `has ${text.length} digits: an account id has 12`);
  if (parseArn(text)) return refuse(text, place, 'is an ARN, but not of an account root, user, role or role session');
  return refuse(text, place, 'is not a principal');
};

/** A principal that is settled: exactly the text that stands in the trust policy. */
export interface Principal {
  readonly arn: string;
  readonly account: string;
}

export const isSsoRole = (roleName: string): boolean => roleName.startsWith('AWSReservedSSO_');

/** The principal for a request that needs no look-up. */
export const settlePrincipal = (request: Exclude<PrincipalRequest, { kind: 'self' | 'session' }>, partition: string): Principal =>
  request.kind === 'account'
    ? { arn: formatRootArn(partition, request.account), account: request.account }
    : { arn: request.arn, account: request.account };

/** The role of a session whose path could not be read: right for every role at `/`; IAM refuses a role that does not exist. */
export const assumePathless = (session: Extract<PrincipalRequest, { kind: 'session' }>): Principal => ({
  arn: formatRoleArn({ partition: session.partition, account: session.account, path: '/', name: session.roleName }),
  account: session.account,
});

/** Roots and federated users cannot be trusted as `self`: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const ssoNeedsName = (arn: string): Diagnostic =>
  problem('USAGE', `self is the SSO session ${arn}, which will not be the one that runs Terraform`, {
    path: '--trust',
    hints: [{ text: 'name who will run it', command: 'xacct init --trust arn:aws:iam::111111111111:role/ci' }],
  });
