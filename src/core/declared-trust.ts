/** Whom xacct.yaml has the role trust, and whether the credentials at hand are of one of them: a refusal of others is no fault of the role. Pure. */
import { parseSessionArn } from '#domain/arn.ts';
import { settleArn, permissionSetOf, type OidcPrincipal } from '#domain/principal.ts';
import type { PrincipalRequest } from '#domain/principal-request.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { isOne } from './provable.ts';

export interface DeclaredPrincipal {
  /** As the file says it. */
  readonly name: string;
  readonly principal: PrincipalRequest;
}

/** GitHub writes the ids of owner and repository into the subject of newer repositories, and a principal may be named without them. */
const withoutIds = (subject: string): string => subject.replace(/^repo:([^/:@]+)@\d+\/([^/:@]+)@\d+:/, 'repo:$1/$2:');

/** Its audience is another matter, which STS judges and names by itself. */
const isTokenOf = ({ issuer, subjects }: OidcPrincipal, { arn, userId, claims }: CallerIdentity): boolean =>
  claims !== undefined &&
  arn === `https://${issuer}` &&
  subjects.some((subject) => subject === userId || withoutIds(subject) === withoutIds(userId));

/** What nobody can tell without a look at the source may be the caller. */
const mayBe = (one: PrincipalRequest, caller: CallerIdentity): boolean => {
  const { roleName } = parseSessionArn(caller.arn) ?? {};
  switch (one.kind) {
    case 'self':
      return true;
    case 'oidc':
      return isTokenOf(one, caller);
    case 'account':
      return one.account === caller.account;
    case 'sso':
      return (one.account ?? caller.account) === caller.account && permissionSetOf(roleName ?? '') === one.permissionSet;
    case 'session':
      return one.account === caller.account && one.roleName === roleName;
    case 'ec2':
      return roleName !== undefined && (one.roleName ?? roleName) === roleName;
    case 'arn':
      return isOne(settleArn(one.arn, one.account), caller);
  }
};

/** Where nothing is declared, anybody may be meant. */
export const mayBeDeclared = (trusted: readonly DeclaredPrincipal[] | undefined, caller: CallerIdentity): boolean =>
  trusted === undefined || trusted.length === 0 || trusted.some(({ principal }) => mayBe(principal, caller));

/** Stands for a profile of the machine of one of these; of an account anybody is meant. */
export const profileOf = ([name = 'SOURCE']: readonly string[]): string => {
  const [, account = name] = /^arn:[^:]*:iam::(\d+):root$/.exec(name) ?? [];
  return `PROFILE-OF-${account.slice(Math.max(account.lastIndexOf('/'), account.lastIndexOf(':')) + 1).replaceAll(/[^\w.-]/g, '-')}`;
};
