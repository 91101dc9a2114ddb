/**
 * What STS refuses after authorisation, so that a role's settings do not leak: another source identity, and a session that is too long.
 * Source: IAM User Guide, "Role chaining" and "Monitor and control actions taken with assumed roles".
 */
import type { Reason } from '#domain/cause.ts';
import { CHAINED_SESSION_SECONDS, DEFAULT_SESSION_SECONDS } from '#domain/limits.ts';
import { fixByCaller } from './fix.ts';
import type { CallerFacts } from './principal.ts';
import { setting } from './request-proposals.ts';
import type { RequestFault } from './request-fault.ts';
import type { Scenario } from './scenario.ts';

/** A session's source identity is carried on and cannot change. Source: IAM User Guide, "Monitor and control actions taken with assumed roles". */
export const checkSourceIdentity = (scenario: Scenario): RequestFault | undefined => {
  const { caller, request } = scenario;
  if (caller.sourceIdentity === undefined || request.sourceIdentity === undefined) return undefined;
  if (caller.sourceIdentity === request.sourceIdentity) return undefined;
  return {
    verdict: 'denied',
    layer: 'parameter',
    reason: 'SOURCE_IDENTITY_CHANGED',
    explanation: `the caller's session has the source identity "${caller.sourceIdentity}", which cannot become "${request.sourceIdentity}"`,
    awsCode: 'AccessDenied',
    awsMessage: '',
    fix: fixByCaller(
      'call with the source identity that the session has',
      scenario,
      setting({ 'request.sourceIdentity': caller.sourceIdentity }),
    ),
  };
};

const durationRefusal = (
  reason: Reason,
  seconds: number,
  scenario: Scenario,
  explanation: string,
  awsMessage: string,
): RequestFault => ({
  verdict: 'invalid',
  layer: 'duration',
  reason,
  explanation,
  awsCode: 'ValidationError',
  awsMessage,
  fix: fixByCaller(`ask for ${seconds} seconds`, scenario, setting({ 'request.durationSeconds': seconds })),
});

/**
 * After authorisation, so that a role's settings do not leak. Any temporary credentials count as chaining; a service is bound by neither.
 * Source: IAM User Guide, "Role chaining", and STS API Reference, AssumeRole, DurationSeconds.
 */
export const checkDuration = (scenario: Scenario, facts: CallerFacts): RequestFault | undefined => {
  const { caller, role, request } = scenario;
  const seconds = request.durationSeconds ?? DEFAULT_SESSION_SECONDS;
  if (caller.kind === 'service') return undefined;
  if (facts.isTemporary && seconds > CHAINED_SESSION_SECONDS)
    return durationRefusal(
      'DURATION_ABOVE_CHAINING_LIMIT',
      CHAINED_SESSION_SECONDS,
      scenario,
      `${seconds} seconds were asked for by a caller with temporary credentials, and a chained session lasts ${CHAINED_SESSION_SECONDS} at most`,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  const maximum = role.maxSessionDuration ?? DEFAULT_SESSION_SECONDS;
  if (seconds <= maximum) return undefined;
  return durationRefusal(
    'DURATION_ABOVE_ROLE_MAXIMUM',
    maximum,
    scenario,
    `${seconds} seconds were asked for, and the role's MaxSessionDuration is ${maximum}`,
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
};
