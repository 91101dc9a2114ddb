/** AWS refused a write of ours: which of the caller's policies wants what, as hints with the flag that gives it. Reads only, and only then. */
import { parseAccessDenied } from '#domain/access-denied.ts';
import { parseArn } from '#domain/arn.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { Spec } from '#domain/spec.ts';
import { callerOfArn } from './caller-of-arn.ts';
import { demandsOf, type Demanding } from './demands.ts';
import { sourceFlags, TARGET_FLAGS } from './making-flags.ts';
import { askOrganization, customsOf } from './organization-demands.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { PrincipalIam } from './ports/principal-iam.ts';
import { refusalOf } from './ports/sessions.ts';
import { readCaller } from './read-caller.ts';
import { attemptIn } from './unread.ts';
import { withHints } from './with-hints.ts';

const isNamed = (source: unknown): source is { readonly name: string; readonly document: PolicyDocument } =>
  typeof source === 'object' && source !== null && 'name' in source && 'document' in source;

/** What cannot be read says nothing here: AWS's own words stand anyway. */
const policiesOf = async (callerArn: string, named: string | undefined, iam: PrincipalIam): Promise<readonly Demanding[]> => {
  const caller = callerOfArn(callerArn);
  const attempt = attemptIn('', []);
  const [known, one] = await Promise.all([
    caller && readCaller(caller, iam, attempt),
    named === undefined ? undefined : attempt(`policy ${named}`, 'iam:GetPolicyVersion', () => iam.readManaged(named)),
  ]);
  const { identityPolicies = [], boundary } = known ?? {};
  const sources = [...(identityPolicies === 'unknown' ? [] : identityPolicies), ...(boundary === undefined ? [] : [boundary])];
  const own = sources.filter(isNamed);
  return one === undefined || one === 'unknown' ? own : [{ name: named ?? '', document: one }, ...own];
};

export interface Views {
  readonly target: Pick<AwsSide, 'principals'>;
  readonly source: Pick<AwsSide, 'principals'> | undefined;
  /** What was being made. */
  readonly spec: Pick<Spec, 'targetAccount' | 'source'>;
}

/** Calls that a rule lets through once what they make is otherwise. */
const MAKES = /^iam:(?:Create|Put|Attach|Tag)/i;

const hintsFor = async (message: string, { target, source, spec }: Views): Promise<readonly Hint[]> => {
  const denied = parseAccessDenied(message);
  if (denied === undefined) return [];
  const isTarget = parseArn(denied.callerArn)?.account === spec.targetAccount;
  const side = isTarget ? target : source;
  if (side === undefined) return [];
  const resource = denied.resource ?? '*';
  const flags = isTarget ? TARGET_FLAGS : sourceFlags(spec.source, resource);
  if (denied.reason?.layer === 'scp' && MAKES.test(denied.action)) {
    const records = await attemptIn('', [])('roles', 'iam:GetAccountAuthorizationDetails', () => side.principals.readAccount());
    return [
      ...(records === 'unknown' ? [] : customsOf(records, denied.resource, flags)),
      askOrganization(flags),
      ...flags.otherwise,
    ];
  }
  const policies = await policiesOf(denied.callerArn, denied.reason?.policyArn, side.principals);
  return demandsOf(policies, denied.action, { resource, flags });
};

/** The same error, with more ways out before the others; never another error than the one that was met. */
export const explainRefusal = async (thrown: unknown, views: Views): Promise<unknown> => {
  const refusal = refusalOf(thrown);
  if (!isXacctError(thrown) || thrown.code !== 'AWS_REFUSED' || refusal === undefined) return thrown;
  const hints = await hintsFor(refusal.message, views).catch(() => []);
  return withHints(thrown, hints);
};
