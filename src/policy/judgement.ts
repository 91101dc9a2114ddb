/** A decision with what AWS would have answered, for whoever speaks AWS's protocol. */
import { accessDeniedMessage, formatWebIdentityDenied } from '#domain/access-denied.ts';
import type { Decision } from '#domain/cause.ts';
import type { Finding } from './explain.ts';
import type { Caller } from './scenario.ts';

export interface Judgement {
  readonly decision: Decision;
  /** The action that failed, which may be sts:TagSession of an AssumeRole; the one asked for when all are allowed. */
  readonly action: string;
  /** Null when allowed. */
  readonly answer: { readonly status: 400 | 403; readonly code: string; readonly message: string } | null;
}

/** Written out, because this runs for every decision and copying by spread costs more than deciding. */
export const judgementOf = (
  id: string | undefined,
  finding: Finding,
  action: string,
  answer: Judgement['answer'],
): Judgement => ({
  decision: {
    id: id ?? null,
    verdict: finding.verdict,
    layer: finding.layer,
    policy: finding.policy,
    statement: finding.statement,
    reason: finding.reason,
    confidence: finding.confidence,
    explanation: finding.explanation,
    action,
    element: finding.element,
    before: finding.before,
    fix: finding.fix,
  },
  action,
  answer,
});

const messageOf = (finding: Finding, caller: Caller, action: string, resource: string): string =>
  caller.kind === 'web-identity' ? formatWebIdentityDenied(action) : accessDeniedMessage(finding, caller.arn, action, resource);

export const refused = (id: string | undefined, finding: Finding, caller: Caller, action: string, resource: string): Judgement =>
  judgementOf(id, finding, action, {
    status: 403,
    code: 'AccessDenied',
    message: messageOf(finding, caller, action, resource),
  });
