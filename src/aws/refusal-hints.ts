/** What to do about an AWS_REFUSED: the permission that is missing, the quota that is full, what is in the way. Text only. */
import { parseAccessDenied } from '#domain/access-denied.ts';
import { parseArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { Refusal } from '#core/ports/sessions.ts';

/** Which policy denies, in AWS's own words. */
const EXPLICIT = /with an explicit deny in (?:an?|the) ([A-Za-z -]+)/;

/** Whoever wrote an explicit deny is the only one who can lift it. */
const deniedHints = (message: string, action: string, profileFlag: string): readonly Hint[] => {
  const { callerArn: caller = 'the caller', action: missing = action, resource = '*' } = parseAccessDenied(message) ?? {};
  const deny = EXPLICIT.exec(message)?.[1];
  const whoAmI = `aws sts get-caller-identity${profileFlag}`;
  if (deny !== undefined)
    return [{ text: `${deny.trim()} denies ${missing}: no allow outweighs it; ask whoever administers it`, command: whoAmI }];
  const subject = principalOf(caller);
  const allow = `allow ${missing} on ${resource} to ${subject ?? caller}, or use credentials that may`;
  const isSimulable = parseUserArn(caller) !== undefined;
  return [
    {
      text: allow,
      command: isSimulable
        ? `aws iam simulate-principal-policy --policy-source-arn ${shellWord(caller)} --action-names ${shellWord(missing)}${profileFlag}`
        : whoAmI,
    },
  ];
};

/** A policy is attached to the role, not to its session. */
const principalOf = (caller: string): string | undefined => {
  const session = parseSessionArn(caller);
  return session === undefined ? undefined : `the role ${session.roleName} of ${session.account}`;
};

interface Quota {
  /** As AWS names it in the refusal. */
  readonly name: RegExp;
  readonly text: string;
  /** In Service Quotas; undefined: it cannot be raised. */
  readonly code?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const QUOTAS: readonly Quota[] = [
  {
    name: /ACLSizePerRole/,
    text: 'the length of a trust policy, without white space: name fewer principals or subjects, or have it raised, to 8192 at most',
    code: 'L-C07B4B0D',
  },
  {
    name: /PoliciesPerRole/,
    text: 'the managed policies of a role: put several into one, or have it raised, to 25 at most',
    code: 'L-0DA4ABF3',
  },
  { name: /RolesPerAccount/, text: 'the roles of an account: delete what nobody uses, or have it raised', code: 'L-FE177D64' },
  {
    name: /PoliciesPerAccount/,
    text: 'the policies of an account: delete what nobody uses, or have it raised',
    code: 'L-E95E4862',
  },
];

/** "Cannot exceed quota for ACLSizePerRole: 2048" */
const quotaHints = (message: string, profileFlag: string): readonly Hint[] => {
  const look = { text: 'a quota of the account is used up', command: `aws iam get-account-summary${profileFlag}` };
  const [, name = '', limit = ''] = /quota for (\w+): (\d+)/.exec(message) ?? [];
  const quota = QUOTAS.find((one) => one.name.test(name));
  if (quota?.code === undefined) return [look];
  const raise = `aws service-quotas request-service-quota-increase --service-code iam --quota-code ${quota.code} --desired-value NUMBER --region us-east-1${profileFlag}`;
  return [{ text: `the quota of ${limit} is for ${quota.text}`, command: raise }];
};

export const refusalHints = ({ code, message }: Refusal, action: string, profileFlag: string): readonly Hint[] => {
  switch (code) {
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'UnauthorizedOperation':
      return deniedHints(message, action, profileFlag);
    case 'LimitExceeded':
      return quotaHints(message, profileFlag);
    case 'RegionDisabledException':
      return [
        {
          text: 'STS is switched off for this region in that account: activate it there (IAM, account settings), or use another region',
          command: `aws sts get-caller-identity --region us-east-1${profileFlag}`,
        },
      ];
    case 'UnmodifiableEntity':
      return [{ text: 'only the AWS service that made it can change it' }];
    case 'OptInRequired':
      return [{ text: 'the account is not (or no longer) active' }];
    default:
      return [];
  }
};

const awsPrincipals = (message: string, named: readonly string[]): readonly string[] => {
  const quoted = [...message.matchAll(/"AWS"\s*:\s*"([^"]+)"/g)].flatMap((match) => match[1] ?? []);
  return quoted.length > 0 ? quoted : named;
};

const existsCommand = (principal: string): string | undefined => {
  const arn = parseArn(principal);
  const [kind, ...rest] = arn?.resource.split('/') ?? [];
  const name = rest.at(-1);
  if (name === undefined || arn?.service !== 'iam') return undefined;
  if (kind === 'role') return `aws iam get-role --role-name ${shellWord(name)}`;
  return kind === 'user' ? `aws iam get-user --user-name ${shellWord(name)}` : undefined;
};

/**
 * A trust policy may only name principals that exist: AWS looks when it is written.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export const principalHints = (refusal: Refusal, named: readonly string[]): readonly Hint[] => {
  if (refusal.code !== 'MalformedPolicyDocument' || !/invalid principal/i.test(refusal.message)) return [];
  return awsPrincipals(refusal.message, named).map((principal) => {
    const account = parseArn(principal)?.account;
    const command = existsCommand(principal);
    return {
      text: `AWS checks that a principal exists when a trust policy is written, and does not find ${principal}: look with credentials of ${
        account ? `the source account ${account}` : 'the source account'
      }; one made seconds ago may need a moment`,
      ...(command !== undefined && { command }),
    };
  });
};
