/**
 * The resource policy that a simulation brings: its statements that name the caller, as if they stood in the caller's own policies, since within an
 * account either side is enough. Source: IAM User Guide, "IAM policy simulator"; SimulatePrincipalPolicy, API reference.
 */
import { parseArn } from '#domain/arn.ts';
import { listOf, parsePolicyDocument, statementsOf, type Statement } from '#domain/policy-document.ts';
import type { CompiledPolicy } from '#policy/compile.ts';
import { invalidInput, malformedPolicy } from '#sandbox/errors.ts';
import { compiled } from '#sandbox/model/compiled.ts';

/** `account` names a whole account: a denial for it binds the caller, an allowance only lets its administrator decide. */
type Naming = 'caller' | 'account' | undefined;

const namingOf = ({ Principal: principal }: Statement, callerArn: string): Naming => {
  if (principal === undefined) return undefined;
  const account = parseArn(callerArn)?.account ?? '';
  const named = principal === '*' ? ['*'] : listOf(principal['AWS']);
  if (named.some((one) => one === '*' || one === callerArn)) return 'caller';
  return named.some((one) => one === account || one.endsWith(`:iam::${account}:root`)) ? 'account' : undefined;
};

/** Refuses a document that is none, and what AWS's simulator refuses: a role with a resource policy, NotPrincipal. */
export const resourcePolicyFor = (text: string, callerArn: string | undefined): readonly CompiledPolicy[] => {
  if (callerArn === undefined) throw invalidInput('CallerArn is required when ResourcePolicy is given.');
  if (!/:user\//.test(callerArn))
    throw invalidInput('The CallerArn must be an IAM user: resource policies are not simulated for roles.');
  const statements = statementsIn(text);
  const named = statements
    .filter((statement) => {
      const naming = namingOf(statement, callerArn);
      return naming === 'caller' || (naming === 'account' && statement.Effect === 'Deny');
    })
    .map((statement) => ({ ...statement, Principal: undefined }));
  return named.length === 0
    ? []
    : [compiled('identity', JSON.stringify({ Version: '2012-10-17', Statement: named }), 'ResourcePolicy')];
};

/** The grammar of identity policies says no only to the principal, which is not there any more. */
const statementsIn = (text: string): readonly Statement[] => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicy('This policy contains invalid Json');
  }
  const raw = (document as { readonly Statement?: unknown } | null)?.Statement;
  const all: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const bare = all.map((one) => ({ ...(one as object), Principal: undefined }));
  const parsed = parsePolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement: bare }), 'identity');
  if (!parsed.ok) throw malformedPolicy(parsed.diagnostics[0]?.detail ?? 'Syntax errors in policy.');
  return statementsOf(parsed.value).map((statement, index) => ({ ...statement, ...(all[index] as object) }));
};
