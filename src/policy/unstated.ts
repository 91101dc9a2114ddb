/**
 * What AWS puts into a request and a scenario does not state. Three sorts of keys are told apart:
 * - AWS always sends it (time, region, user agent, user id, …): unstated means that its value is not known;
 * - it comes with a circumstance that the scenario can state (MFA, an organization, tags, a source identity): unstated means no such key;
 * - it comes with a circumstance that no scenario states (a VPC endpoint, credentials of an EC2 instance): there is no such key.
 * Source: IAM User Guide, "AWS global condition context keys", the line "Availability" of each key,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

export interface Unstated {
  /** Known to begin so; empty when nothing at all is known. */
  readonly startsWith: string;
  /** False: perhaps the request has no such key. */
  readonly isPresent: boolean;
}

export const UNSTATED: Unstated = { startsWith: '', isPresent: true };

/** aws:SourceIp is always there, except through a VPC endpoint, of which a scenario says nothing. */
export const PERHAPS_ABSENT: Unstated = { startsWith: '', isPresent: false };

export const unstatedAfter = (startsWith: string): Unstated => ({ startsWith, isPresent: true });

export const isUnstated = (value: unknown): value is Unstated =>
  typeof value === 'object' && value !== null && 'startsWith' in value;
