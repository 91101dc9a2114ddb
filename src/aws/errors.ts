/** Every way a call to AWS can fail, as one XacctError: whose fault it is (the code), AWS's own words, and the next command. */
import type { Refusal } from '#core/ports/sessions.ts';
import { problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import { networkProblem } from './network-error.ts';
import { refusalHints } from './refusal-hints.ts';
import type { Redactor } from './redact.ts';
import { answerOf, bareStatusOf, THROTTLED } from './wire-error.ts';

/** What an error is about. */
export interface CallContext {
  /** `iam:CreateRole` */
  readonly action: string;
  /** ` --profile NAME` for a profile, empty otherwise: the end of every hint's AWS command. */
  readonly profileFlag: string;
  /** How to get fresh credentials of this source. */
  readonly renew: Hint;
  readonly region: string;
  readonly redact: Redactor;
  readonly handler: SharedHttpHandler;
  /** More for a refusal, said by the one who knows the request. */
  readonly hints?: (refusal: Refusal) => readonly Hint[];
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const UNKNOWN_KEY = new Set(['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'AuthFailure']);
const UNSIGNED = new Set(['MissingAuthenticationToken', 'MissingAuthenticationTokenException', 'IncompleteSignature']);
const BAD_SIGNATURE = new Set([
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'RequestTimeTooSkewed',
  'RequestInTheFuture',
]);
const CLOCK = /signature (expired|not yet current)|RequestTimeTooSkewed|RequestInTheFuture/i;

/** Answers that are about the credentials or the moment, and so say nothing about the request. */
export const isAboutCaller = ({ code, status }: Refusal): boolean =>
  EXPIRED.has(code) ||
  UNKNOWN_KEY.has(code) ||
  UNSIGNED.has(code) ||
  BAD_SIGNATURE.has(code) ||
  THROTTLED.test(code) ||
  status === 429 ||
  status >= 500;

const detailOf = ({ requestId, status }: Refusal): string =>
  `HTTP ${status}${requestId === undefined ? '' : `, request id ${requestId}`}`;

const sentence = (text: string): string => (text.split('\n')[0] ?? '').trim().replace(/\.$/, '');

const callerProblem = (refusal: Refusal, context: CallContext): Diagnostic | undefined => {
  const { code, status } = refusal;
  const detail = detailOf(refusal);
  const said = `${context.action}: ${sentence(refusal.message)} (${code})`;
  if (EXPIRED.has(code))
    return problem('EXPIRED_CREDENTIALS', `the credentials have expired: ${said}`, {
      detail,
      hints: [context.renew],
      cause: 'EXPIRED_TOKEN',
    });
  if (BAD_SIGNATURE.has(code) && CLOCK.test(`${code} ${refusal.message}`))
    return problem('BAD_CREDENTIALS', `this machine's clock differs too much from AWS's: ${said}`, {
      detail,
      hints: [{ text: 'compare it with the right time and set it', command: 'date -u' }],
      cause: 'CLOCK_SKEWED',
    });
  if (BAD_SIGNATURE.has(code) || UNSIGNED.has(code))
    return problem('BAD_CREDENTIALS', `the secret key does not fit the access key: ${said}`, {
      detail,
      hints: [context.renew, { text: 'a proxy that changes requests has the same effect', command: 'env | grep -i _proxy' }],
      cause: 'WRONG_SIGNATURE',
    });
  if (UNKNOWN_KEY.has(code))
    return problem('BAD_CREDENTIALS', `AWS does not know the access key: ${said}`, {
      detail,
      hints: [
        context.renew,
        {
          text: `the region ${context.region} may also be switched off in the account of these credentials`,
          command: `aws sts get-caller-identity --region us-east-1${context.profileFlag}`,
        },
      ],
      cause: 'UNKNOWN_ACCESS_KEY',
    });
  // Who asks is not asked of a policy: only the region's STS can say no.
  if (code.startsWith('RegionDisabled') && context.action === 'sts:GetCallerIdentity')
    return problem('BAD_CREDENTIALS', `STS of ${context.region} is switched off for the account of the credentials: ${said}`, {
      detail,
      hints: [
        {
          text: 'ask STS of another region, or activate it there (IAM console, account settings)',
          command: 'xacct verify --region us-east-1',
        },
      ],
      cause: 'STS_REGION_DISABLED',
    });
  if (THROTTLED.test(code) || status === 429)
    return problem(
      'UNREACHABLE',
      `AWS throttled ${context.action} until the attempts were spent: ${sentence(refusal.message)} (${code})`,
      {
        detail,
        hints: [{ text: 'wait a minute, then run the same command again', command: 'export AWS_MAX_ATTEMPTS=10' }],
        cause: 'THROTTLED',
      },
    );
  if (status >= 500)
    return problem('UNREACHABLE', `AWS failed to serve ${said}`, {
      detail,
      hints: [{ text: 'run the same command again in a minute' }],
      cause: 'AWS_FAILED',
    });
  return undefined;
};

const refusedProblem = (refusal: Refusal, context: CallContext): Diagnostic =>
  problem('AWS_REFUSED', `${context.action} was refused (${refusal.code}): ${sentence(refusal.message)}`, {
    detail: detailOf(refusal),
    hints: [...(context.hints?.(refusal) ?? []), ...refusalHints(refusal, context.action, context.profileFlag)],
  });

/** A page of a proxy or a captive portal, or an endpoint that is not AWS. */
const foreignProblem = (error: unknown, context: CallContext): Diagnostic | undefined => {
  const status = bareStatusOf(error);
  if (status === undefined) return undefined;
  const hints: readonly Hint[] =
    status === 407
      ? [{ text: 'give the proxy its user and password', command: 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT' }]
      : [
          {
            text: 'see whether the endpoint URL or a proxy leads elsewhere',
            command: 'env | grep -i -e ^AWS_ENDPOINT -e _proxy',
          },
        ];
  return problem('UNREACHABLE', `${context.action} got HTTP ${status} and no answer of AWS's`, {
    hints,
    cause: status === 407 ? 'PROXY_REFUSED' : 'NOT_AWS',
  });
};

/** The SDK's own refusals to send: a region or an endpoint of a wrong form. */
const settingProblem = (error: unknown, context: CallContext): Diagnostic | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { message, name } = error;
  if (!/invalid url|region not accepted|region is missing|invalid configuration|endpoint/i.test(`${name} ${message}`))
    return undefined;
  return problem('INVALID_VALUE', `the region or the endpoint URL of ${context.action} is not usable: ${sentence(message)}`, {
    hints: [{ text: `the region is ${context.region}; an endpoint may be set too`, command: 'env | grep ^AWS_' }],
  });
};

const cleaned = (diagnostic: Diagnostic, redact: Redactor): Diagnostic => ({
  ...diagnostic,
  message: redact.clean(diagnostic.message),
  ...(diagnostic.detail !== undefined && { detail: redact.clean(diagnostic.detail) }),
  hints: diagnostic.hints.map((hint) => ({ ...hint, text: redact.clean(hint.text) })),
});

/** An answer of AWS's with nothing in it that must not be seen. */
export const cleanRefusal = (refusal: Refusal, redact: Redactor): Refusal => ({
  ...refusal,
  message: redact.clean((refusal.message.split('\n')[0] ?? '').trim()),
});

const asError = (diagnostic: Diagnostic, redact: Redactor, refusal?: Refusal): XacctError => {
  const error = new XacctError(cleaned(diagnostic, redact));
  // The raw error is not kept: it holds headers and, for a signature, the session token.
  if (refusal !== undefined) error.cause = cleanRefusal(refusal, redact);
  return error;
};

/** Never throws, never returns anything but an XacctError; AWS's own answer, when there was one, is its `cause` as a Refusal. */
export const translateError = (error: unknown, context: CallContext): XacctError => {
  if (isXacctError(error)) return error;
  const { redact } = context;
  const refusal = answerOf(error);
  if (refusal !== undefined) return asError(callerProblem(refusal, context) ?? refusedProblem(refusal, context), redact, refusal);
  const diagnostic =
    networkProblem(error, context.action, context.handler.routeOf(error)) ??
    foreignProblem(error, context) ??
    settingProblem(error, context);
  if (diagnostic !== undefined) return asError(diagnostic, redact);
  const text = error instanceof Error ? `${error.name}: ${sentence(error.message)}` : 'something that is not an error';
  return asError(problem('BUG', `${context.action} failed in a way xacct does not know: ${text}`), redact);
};
