/** Managed policies have a size and a role takes so many of them: long documents become several, by statements, always the same way. */
import { problem, warning, type Diagnostic } from './diagnostic.ts';
import { statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';
import { fail, ok, type Result } from './result.ts';
import type { NamedPolicy } from './spec.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count. */
export const MAX_POLICY_SIZE = 6144;
const DEFAULT_ATTACHMENTS = 10;
/** It was 20 for years; accounts have 25 by now: too much is better refused by AWS, with the quota's name, than what it would take by us. */
const MAX_ATTACHMENTS = 25;

/**
 * Of a trust policy, likewise without white space: quota L-C07B4B0D, which was raised to 4,096 at most once and to 8,192 since.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const DEFAULT_TRUST_SIZE = 2048;
const MAX_TRUST_SIZE = 8192;

const sizeOf = (value: unknown): number => JSON.stringify(value).replaceAll(/\s/g, '').length;

/** 6,144: `Intl` takes 15 ms to begin. */
const grouped = (size: number): string => String(size).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** One statement that does not fit alone. */
const tooLong = (name: string, statement: Statement, index: number, size: number): Diagnostic =>
  problem(
    'POLICY_TOO_LONG',
    `statement ${index}${statement.Sid === undefined ? '' : ` "${statement.Sid}"`} (counted from 0) of the policy ${name} has ${grouped(size)} characters without white space: a managed policy takes ${grouped(MAX_POLICY_SIZE)}`,
    {
      path: `Statement[${index}]`,
      hints: [{ text: 'make two statements of it, or name what its resources have in common with a *' }],
    },
  );

/** In their order, as many statements as fit; a document that fits is left as it is. */
export const splitPolicy = ({ name, document }: NamedPolicy): Result<readonly NamedPolicy[]> => {
  if (sizeOf(document) <= MAX_POLICY_SIZE) return ok([{ name, document }]);
  const { Statement: _, ...head } = document;
  const fits = (statements: readonly Statement[]): boolean => sizeOf({ ...head, Statement: statements }) <= MAX_POLICY_SIZE;
  const faults = statementsOf(document).flatMap((statement, index) =>
    fits([statement]) ? [] : [tooLong(name, statement, index, sizeOf({ ...head, Statement: [statement] }))],
  );
  const [first, ...more] = faults;
  if (first !== undefined) return fail(first, ...more);
  const parts: Statement[][] = [];
  for (const statement of statementsOf(document)) {
    const last = parts.at(-1);
    if (last !== undefined && fits([...last, statement])) last.push(statement);
    else parts.push([statement]);
  }
  const named = parts.map((statements, i): NamedPolicy => {
    const part: PolicyDocument = { ...head, Statement: statements };
    return { name: i === 0 ? name : `${name}-${i + 1}`, document: part };
  });
  return ok(named);
};

const SHORTER = {
  text: 'name fewer principals or subjects, or trust the account and let its own policies say who: --trust 111111111111',
};

/** AWS measures the trust policy when the role is made; it is better to know before anything is. */
export const checkTrustSize = (roleName: string, trustPolicy: PolicyDocument): readonly Diagnostic[] => {
  const size = sizeOf(trustPolicy);
  const said = `the trust policy of ${roleName} has ${grouped(size)} characters without white space`;
  if (size > MAX_TRUST_SIZE)
    return [
      problem('POLICY_TOO_LONG', `${said}: AWS takes ${grouped(MAX_TRUST_SIZE)} at most`, {
        path: 'role.trust',
        hints: [SHORTER],
      }),
    ];
  if (size > DEFAULT_TRUST_SIZE)
    return [
      warning(
        'POLICY_TOO_LONG',
        `${said}: AWS takes ${grouped(DEFAULT_TRUST_SIZE)} unless the quota of the account was raised (${grouped(MAX_TRUST_SIZE)} at most)`,
        [
          SHORTER,
          { text: 'or look at the quota', command: 'aws iam get-account-summary --query SummaryMap.AssumeRolePolicySizeQuota' },
        ],
      ),
    ];
  return [];
};

/** A role's attachments are counted by AWS when the last of them is made; it is better to know before the first. */
export const checkAttachments = (count: number): readonly Diagnostic[] => {
  if (count > MAX_ATTACHMENTS)
    return [
      problem('POLICY_TOO_LONG', `the role would have ${count} policies attached: AWS takes ${MAX_ATTACHMENTS} at most`, {
        hints: [
          { text: 'put several documents into one, or use a preset with a wider argument: s3-prefix instead of s3-bucket' },
        ],
      }),
    ];
  if (count > DEFAULT_ATTACHMENTS)
    return [
      warning(
        'POLICY_TOO_LONG',
        `the role would have ${count} policies attached: AWS takes ${DEFAULT_ATTACHMENTS} unless the quota of the account was raised (${MAX_ATTACHMENTS} at most)`,
        [
          {
            text: 'look at the quota',
            command: 'aws iam get-account-summary --query SummaryMap.AttachedPoliciesPerRoleQuota',
          },
        ],
      ),
    ];
  return [];
};
