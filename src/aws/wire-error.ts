/** AWS's answer inside an SDK error, as data. The SDK renames wire codes (`NoSuchEntity` → `NoSuchEntityException`): only `Code` is the wire's. */
import type { Refusal } from '#core/ports/sessions.ts';

interface SdkError {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly message?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
  readonly [UNANSWERED]?: number;
}

/** Where `countUnanswered` writes how many earlier attempts of the same call got no answer. */
const UNANSWERED: unique symbol = Symbol('xacct.unanswered');

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Undefined for everything that is not an answer of an AWS service: network, credentials, a page of a captive portal. */
export const answerOf = (error: unknown): Refusal | undefined => {
  if (!isObject(error)) return undefined;
  const { name, Code, message, $fault, $metadata, [UNANSWERED]: unanswered } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if ($fault === undefined || typeof status !== 'number') return undefined;
  const code = Code ?? name;
  if (typeof code !== 'string' || code === '' || UNPARSED.has(code)) return undefined;
  const requestId = $metadata?.requestId;
  return {
    kind: 'refused',
    code,
    status,
    message: typeof message === 'string' ? message : '',
    ...(typeof requestId === 'string' && { requestId }),
    ...(unanswered !== undefined && { attempts: unanswered + 1 }),
  };
};

/** What the SDK calls an answer without an AWS error document in it. */
const UNPARSED = new Set(['UnknownError', 'Error', 'NotFound', 'Unknown']);

/** The status of an answer that has no AWS error document; undefined when there was no HTTP answer at all. */
export const bareStatusOf = (error: unknown): number | undefined => {
  if (!isObject(error)) return undefined;
  const { $metadata, $response } = error as SdkError & { readonly $response?: { readonly statusCode?: unknown } };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  return typeof status === 'number' ? status : undefined;
};

/** AWS's names for `later`; what they answer was not done, whatever the status. */
export const THROTTLED =
  /^(Throttl\w*|TooManyRequests(Exception)?|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|PriorRequestNotComplete)$/;

/** Whatever AWS says below 500 it did not do; 5xx and silence leave open whether the work was done. */
const isOpen = (error: unknown): boolean => (answerOf(error)?.status ?? 500) >= 500 && !THROTTLED.test(wireCodeOf(error) ?? '');

/** For one call with all its attempts: each error learns how many attempts before it were left without an answer. */
export const countUnanswered = (): ((error: unknown) => void) => {
  let unanswered = 0;
  return (error) => {
    if (isObject(error)) Object.assign(error, { [UNANSWERED]: unanswered });
    if (isOpen(error)) unanswered += 1;
  };
};

export const wireCodeOf = (error: unknown): string | undefined => answerOf(error)?.code;

/** An answer that no AWS service gives: a page of a proxy or a captive portal, or an answer with its content missing. */
export class ForeignAnswer extends Error {
  readonly $metadata: { httpStatusCode: number };

  constructor(status: number, what: string) {
    super(what);
    this.name = 'ForeignAnswer';
    // Where the SDK looks to decide whether to try again.
    this.$metadata = { httpStatusCode: status };
  }
}
