/**
 * The rules of session tags: how many, which keys, and what a session has inherited.
 * Source: IAM User Guide, "Passing session tags in AWS STS", things to know and chaining roles with session tags.
 */
import type { Reason } from '#domain/cause.ts';
import { formatLimitFault, formatValidationErrors, MAX_TAGS } from '#domain/limits.ts';
import { fixByCaller } from './fix.ts';
import { setting, type RequestChange } from './request-proposals.ts';
import type { RequestFault } from './request-fault.ts';
import type { Scenario } from './scenario.ts';

const lower = (text: string): string => text.toLowerCase();

/** A web identity's tags are claims, which only its provider can change. */
const mend = (scenario: Scenario, summary: string, change: RequestChange | null): RequestFault['fix'] =>
  fixByCaller(summary, scenario, scenario.caller.kind === 'web-identity' ? null : change);

const tagRefusal = (reason: Reason, explanation: string, awsMessage: string, fix: RequestFault['fix']): RequestFault => ({
  verdict: 'invalid',
  layer: 'parameter',
  reason,
  explanation,
  awsCode: 'InvalidParameterValue',
  awsMessage,
  fix,
});

const without = (scenario: Scenario, key: string): RequestFault['fix'] =>
  mend(scenario, `leave the tag ${JSON.stringify(key)} out`, setting({}, [`request.tags.${key}`]));

const checkTransitive = (scenario: Scenario, keys: readonly string[], passed: readonly string[]): RequestFault | undefined => {
  const inherited = (scenario.caller.transitiveTagKeys ?? []).map(lower);
  const conflict = keys.find((key) => inherited.includes(lower(key)));
  if (conflict !== undefined)
    return tagRefusal(
      'TAG_CONFLICTS_WITH_TRANSITIVE',
      `the tag key "${conflict}" is already a transitive tag of the caller's session`,
      `One of the specified tag keys conflicts with a transitive tag key from the calling session: ${conflict}`,
      without(scenario, conflict),
    );
  const known = new Set(keys.map(lower));
  const orphan = passed.find((key) => !known.has(lower(key)));
  if (orphan === undefined) return undefined;
  const rest = passed.filter((key) => key !== orphan);
  return tagRefusal(
    'TRANSITIVE_KEY_WITHOUT_TAG',
    `"${orphan}" is named as transitive, but no tag of that key is passed`,
    `The specified transitive tag key must be included in the requested tags: ${orphan}`,
    mend(
      scenario,
      `pass a tag of the key ${JSON.stringify(orphan)}, or do not name it`,
      setting({ 'request.transitiveTagKeys': rest }),
    ),
  );
};

const tooMany = (scenario: Scenario, place: string, count: number): RequestFault => {
  const clause = formatLimitFault(place, {
    kind: 'length',
    constraint: `Member must have length less than or equal to ${MAX_TAGS}`,
    value: '[…]',
  });
  const explanation = `${place} has ${count} entries, and STS takes ${MAX_TAGS}`;
  const fix = mend(scenario, `pass at most ${MAX_TAGS}`, null);
  return { ...tagRefusal('TOO_MANY_TAGS', explanation, formatValidationErrors([clause]), fix), awsCode: 'ValidationError' };
};

export const checkTags = (scenario: Scenario): RequestFault | undefined => {
  const { tags, transitiveTagKeys: transitive = [] } = scenario.request;
  if (tags === undefined && transitive.length === 0) return undefined;
  const keys = Object.keys(tags ?? {});
  if (keys.length > MAX_TAGS) return tooMany(scenario, 'tags', keys.length);
  if (transitive.length > MAX_TAGS) return tooMany(scenario, 'transitiveTagKeys', transitive.length);
  const reserved = keys.find((key) => lower(key).startsWith('aws:'));
  if (reserved !== undefined)
    return tagRefusal(
      'TAG_KEY_RESERVED',
      `the tag key "${reserved}" begins with aws:, which is reserved`,
      'Tag keys starting with aws: are reserved for system use.',
      without(scenario, reserved),
    );
  const double = keys.find((key, i) => keys.findIndex((other) => lower(other) === lower(key)) < i);
  if (double !== undefined)
    return tagRefusal(
      'TAG_KEY_DUPLICATE',
      `the tag key "${double}" stands twice: session tag keys are case-insensitive`,
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      without(scenario, double),
    );
  return checkTransitive(scenario, keys, transitive);
};
