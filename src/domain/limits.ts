/**
 * The bounds of STS and IAM parameters as one table, and AWS's words for breaking them.
 * Source: botocore's service models sts 2011-06-15 and iam 2010-05-08.
 */

interface LengthLimit {
  readonly kind: 'text';
  readonly min: number;
  readonly max: number;
  /** Anchored; made when it is asked for. */
  readonly pattern?: () => RegExp;
  /** As AWS prints it. */
  readonly patternText?: string;
}

interface RangeLimit {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
}

type Limit = LengthLimit | RangeLimit;

const text = (min: number, max: number, patternText?: string, pattern?: RegExp): LengthLimit => ({
  kind: 'text',
  min,
  max,
  ...(patternText === undefined ? {} : { patternText, pattern: () => (pattern ??= new RegExp(`^(?:${patternText})$`, 'u')) }),
});

const NAME = String.raw`[\w+=,.@-]+`;
const NAME_OR_EMPTY = String.raw`[\w+=,.@-]*`;
const ARN_TEXT = String.raw`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`;
const DOCUMENT_TEXT = String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`;
const TAG_TEXT = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;

/** Keyed by the wire's parameter name in lower camel case, as AWS names it in its errors. */
const LIMITS = {
  roleArn: text(20, 2048, ARN_TEXT, /^[\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u),
  policyArn: text(20, 2048),
  roleSessionName: text(2, 64, NAME_OR_EMPTY),
  externalId: text(2, 1224, String.raw`[\w+=,.@:\/-]*`),
  sourceIdentity: text(2, 64, NAME_OR_EMPTY),
  durationSeconds: { kind: 'number', min: 900, max: 43_200 },
  sessionPolicy: text(1, Number.MAX_SAFE_INTEGER, DOCUMENT_TEXT),
  webIdentityPolicy: text(1, 2048, DOCUMENT_TEXT),
  serialNumber: text(9, 256, String.raw`[\w+=/:,.@-]*`),
  tokenCode: text(6, 6, String.raw`[\d]*`),
  tagKey: text(1, 128, `${TAG_TEXT}+`),
  tagValue: text(0, 256, `${TAG_TEXT}*`),
  webIdentityToken: text(4, 20_000),
  roleName: text(1, 64, NAME),
  rolePath: text(1, 512, String.raw`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`),
  policyPath: text(1, 512, String.raw`((/[A-Za-z0-9\.,\+@=_-]+)*)/`),
  policyName: text(1, 128, NAME),
  userName: text(1, 64, NAME),
  roleDescription: text(0, 1000, String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`),
  maxSessionDuration: { kind: 'number', min: 3600, max: 43_200 },
  policyDocument: text(1, 131_072, DOCUMENT_TEXT),
  maxItems: { kind: 'number', min: 1, max: 1000 },
  marker: text(1, 320, String.raw`[\u0020-\u00FF]+`),
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** Counts that no pattern can express. */
export const MAX_TAGS = 50;
export const MAX_POLICY_ARNS = 10;
/** Of an inline session policy, in characters. */
export const MAX_SESSION_POLICY_SIZE = 2048;
export const DEFAULT_SESSION_SECONDS = 3600;
/** Role chaining: a session made with session credentials lasts an hour at most. */
export const CHAINED_SESSION_SECONDS = 3600;

export interface LimitFault {
  readonly kind: 'length' | 'pattern' | 'range';
  /** AWS's words, such as `Member must have length greater than or equal to 2`. */
  readonly constraint: string;
  readonly value: string;
}

/** Length counts characters; where all of them could be halves of one and it would still fit, they need no counting. */
const measure = (limit: Limit, value: string | number): number => {
  if (limit.kind === 'number') return Number(value);
  if (typeof value === 'string' && value.length <= limit.max && value.length >= 2 * limit.min) return value.length;
  let length = 0;
  for (const _ of String(value)) length++;
  return length;
};

const outOfBounds = ({ kind }: Limit, bound: string, value: string | number): LimitFault =>
  kind === 'number'
    ? { kind: 'range', constraint: `Member must have value ${bound}`, value: String(value) }
    : { kind: 'length', constraint: `Member must have length ${bound}`, value: String(value) };

/** The first constraint that the value breaks. */
export const checkLimit = (name: LimitName, value: string | number): LimitFault | undefined => {
  const limit: Limit = LIMITS[name];
  const size = measure(limit, value);
  if (!(size >= limit.min)) return outOfBounds(limit, `greater than or equal to ${limit.min}`, value);
  if (size > limit.max) return outOfBounds(limit, `less than or equal to ${limit.max}`, value);
  if (limit.kind === 'number')
    return Number.isInteger(size) ? undefined : { kind: 'range', constraint: 'Member must be an integer', value: String(value) };
  if (limit.pattern === undefined || limit.pattern().test(String(value))) return undefined;
  const constraint = `Member must satisfy regular expression pattern: ${limit.patternText}`;
  return { kind: 'pattern', constraint, value: String(value) };
};

/** One clause of AWS's ValidationError; `place` is such as `roleSessionName` or `tags.1.member.key`. */
export const formatLimitFault = (place: string, fault: LimitFault): string =>
  `Value '${fault.value}' at '${place}' failed to satisfy constraint: ${fault.constraint}`;

export const formatMissing = (place: string): string =>
  `Value null at '${place}' failed to satisfy constraint: Member must not be null`;

export const formatValidationErrors = (clauses: readonly string[]): string =>
  `${clauses.length} validation error${clauses.length === 1 ? '' : 's'} detected: ${clauses.join('; ')}`;
