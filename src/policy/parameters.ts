/**
 * What STS refuses before and after it asks any policy: parameter bounds, tags, the role's maximum and the chaining hour.
 * Source: AWS STS API Reference, AssumeRole; IAM User Guide, "Passing session tags in AWS STS" and "Role chaining".
 */
import { parseRoleArn, type RoleArn } from '#domain/arn.ts';
import type { Layer, Reason } from '#domain/cause.ts';
import {
  CHAINED_SESSION_SECONDS,
  checkLimit,
  DEFAULT_SESSION_SECONDS,
  formatLimitFault,
  formatValidationErrors,
  MAX_TAGS,
  type LimitFault,
  type LimitName,
} from '#domain/limits.ts';
import type { CallerFacts } from './principal.ts';
import type { Scenario } from './scenario.ts';

/** One broken rule about the request itself. */
export interface RequestFault {
  readonly verdict: 'invalid' | 'denied';
  readonly layer: Layer;
  readonly reason: Reason;
  /** For a person. */
  readonly explanation: string;
  readonly awsCode: 'ValidationError' | 'InvalidParameterValue' | 'AccessDenied';
  readonly awsMessage: string;
}

interface BoundFault {
  readonly place: string;
  readonly fault: LimitFault;
}

const REASON_OF: Readonly<Record<LimitFault['kind'], Reason>> = {
  length: 'PARAMETER_LENGTH',
  pattern: 'PARAMETER_PATTERN',
  range: 'PARAMETER_RANGE',
};

const lower = (text: string): string => text.toLowerCase();

const checkBounds = ({ role, request }: Scenario): readonly BoundFault[] => {
  const faults: BoundFault[] = [];
  const check = (place: string, name: LimitName, value: string | number | undefined): void => {
    const fault = value === undefined ? undefined : checkLimit(name, value);
    if (fault !== undefined) faults.push({ place, fault });
  };
  check('roleArn', 'roleArn', role.arn);
  check('roleSessionName', 'roleSessionName', request.sessionName);
  check('durationSeconds', 'durationSeconds', request.durationSeconds);
  check('externalId', 'externalId', request.externalId);
  check('sourceIdentity', 'sourceIdentity', request.sourceIdentity);
  for (const [i, [key, value]] of Object.entries(request.tags ?? {}).entries()) {
    check(`tags.${i + 1}.member.key`, 'tagKey', key);
    check(`tags.${i + 1}.member.value`, 'tagValue', value);
  }
  for (const [i, key] of (request.transitiveTagKeys ?? []).entries()) check(`transitiveTagKeys.${i + 1}.member`, 'tagKey', key);
  return faults;
};

const boundsRefusal = (faults: readonly BoundFault[]): RequestFault | undefined => {
  const [first] = faults;
  if (first === undefined) return undefined;
  return {
    verdict: 'invalid',
    layer: 'parameter',
    reason: REASON_OF[first.fault.kind],
    explanation: `${first.place} is ${JSON.stringify(first.fault.value)}, and STS wants: ${first.fault.constraint}`,
    awsCode: 'ValidationError',
    awsMessage: formatValidationErrors(faults.map(({ place, fault }) => formatLimitFault(place, fault))),
  };
};

const tagRefusal = (reason: Reason, explanation: string, awsMessage: string): RequestFault => ({
  verdict: 'invalid',
  layer: 'parameter',
  reason,
  explanation,
  awsCode: 'InvalidParameterValue',
  awsMessage,
});

const checkTags = ({ caller, request }: Scenario): RequestFault | undefined => {
  const keys = Object.keys(request.tags ?? {});
  const transitive = request.transitiveTagKeys ?? [];
  if (keys.length > MAX_TAGS || transitive.length > MAX_TAGS) {
    const place = keys.length > MAX_TAGS ? 'tags' : 'transitiveTagKeys';
    const constraint = `Member must have length less than or equal to ${MAX_TAGS}`;
    const clause = formatLimitFault(place, { kind: 'length', constraint, value: '[…]' });
    const explanation = `${place} has ${Math.max(keys.length, transitive.length)} entries, and STS takes ${MAX_TAGS}`;
    return { ...tagRefusal('TOO_MANY_TAGS', explanation, formatValidationErrors([clause])), awsCode: 'ValidationError' };
  }
  const reserved = keys.find((key) => lower(key).startsWith('aws:'));
  if (reserved !== undefined)
    return tagRefusal(
      'TAG_KEY_RESERVED',
      `the tag key "${reserved}" begins with aws:, which is reserved`,
      'Tag keys starting with aws: are reserved for system use.',
    );
  const double = keys.find((key, i) => keys.findIndex((other) => lower(other) === lower(key)) < i);
  if (double !== undefined)
    return tagRefusal(
      'TAG_KEY_DUPLICATE',
      `the tag key "${double}" stands twice: session tag keys are case-insensitive`,
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  return checkTransitive(keys, transitive, (caller.transitiveTagKeys ?? []).map(lower));
};

const checkTransitive = (
  keys: readonly string[],
  passed: readonly string[],
  inherited: readonly string[],
): RequestFault | undefined => {
  const conflict = keys.find((key) => inherited.includes(lower(key)));
  if (conflict !== undefined)
    return tagRefusal(
      'TAG_CONFLICTS_WITH_TRANSITIVE',
      `the tag key "${conflict}" is already a transitive tag of the caller's session`,
      `One of the specified tag keys conflicts with a transitive tag key from the calling session: ${conflict}`,
    );
  const known = new Set(keys.map(lower));
  const orphan = passed.find((key) => !known.has(lower(key)));
  if (orphan === undefined) return undefined;
  return tagRefusal(
    'TRANSITIVE_KEY_WITHOUT_TAG',
    `"${orphan}" is named as transitive, but no tag of that key is passed`,
    `The specified transitive tag key must be included in the requested tags: ${orphan}`,
  );
};

const notARole = (arn: string): RequestFault => ({
  verdict: 'invalid',
  layer: 'parameter',
  reason: 'ROLE_ARN_INVALID',
  explanation: `"${arn}" is not the ARN of a role`,
  awsCode: 'ValidationError',
  awsMessage: `${arn} is invalid`,
});

/** Before any policy is asked; hands back what the role's ARN says. */
export const checkParameters = (
  scenario: Scenario,
): { readonly ok: true; readonly target: RoleArn } | { readonly ok: false; readonly fault: RequestFault } => {
  const bounds = boundsRefusal(checkBounds(scenario));
  if (bounds !== undefined) return { ok: false, fault: bounds };
  const target = parseRoleArn(scenario.role.arn);
  if (target === undefined) return { ok: false, fault: notARole(scenario.role.arn) };
  const fault = checkTags(scenario);
  return fault === undefined ? { ok: true, target } : { ok: false, fault };
};

/** A session's source identity is carried on and cannot change. Source: IAM User Guide, "Monitor and control actions taken with assumed roles". */
export const checkSourceIdentity = ({ caller, request }: Scenario): RequestFault | undefined => {
  if (caller.sourceIdentity === undefined || request.sourceIdentity === undefined) return undefined;
  if (caller.sourceIdentity === request.sourceIdentity) return undefined;
  return {
    verdict: 'denied',
    layer: 'parameter',
    reason: 'SOURCE_IDENTITY_CHANGED',
    explanation: `the caller's session has the source identity "${caller.sourceIdentity}", which cannot become "${request.sourceIdentity}"`,
    awsCode: 'AccessDenied',
    awsMessage: '',
  };
};

const durationRefusal = (reason: Reason, explanation: string, awsMessage: string): RequestFault => ({
  verdict: 'invalid',
  layer: 'duration',
  reason,
  explanation,
  awsCode: 'ValidationError',
  awsMessage,
});

/**
 * After authorisation, so that a role's settings do not leak. Any temporary credentials count as chaining; a service is bound by neither.
 * Source: IAM User Guide, "Role chaining", and STS API Reference, AssumeRole, DurationSeconds.
 */
export const checkDuration = ({ caller, role, request }: Scenario, facts: CallerFacts): RequestFault | undefined => {
  const seconds = request.durationSeconds ?? DEFAULT_SESSION_SECONDS;
  if (caller.kind === 'service') return undefined;
  if (facts.isTemporary && seconds > CHAINED_SESSION_SECONDS)
    return durationRefusal(
      'DURATION_ABOVE_CHAINING_LIMIT',
      `${seconds} seconds were asked for by a caller with temporary credentials, and a chained session lasts ${CHAINED_SESSION_SECONDS} at most`,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  const maximum = role.maxSessionDuration ?? DEFAULT_SESSION_SECONDS;
  if (seconds <= maximum) return undefined;
  return durationRefusal(
    'DURATION_ABOVE_ROLE_MAXIMUM',
    `${seconds} seconds were asked for, and the role's MaxSessionDuration is ${maximum}`,
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
};
