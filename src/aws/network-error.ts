/** No answer: DNS, refused, timed out, TLS, proxy. Error chains in, one diagnostic out; says nothing about what AWS answers. */
import type { CauseCode } from '#domain/causes.ts';
import { problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { Route } from './http-handler.ts';

interface Failure {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const DEEPEST = 6;

/** The error, what it was made of (`AggregateError.errors`: one for each address tried) and its causes. */
const unwrap = (error: unknown, depth = 0): readonly Failure[] => {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return [];
  const failure = error as Failure;
  const parts = Array.isArray(failure.errors) ? (failure.errors as readonly unknown[]) : [];
  return [failure, ...[...parts, failure.cause].flatMap((part) => unwrap(part, depth + 1))];
};

const TLS =
  /^(ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|CERT_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/;
const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_(UNTRUSTED|CHAIN|REJECTED|SIGNATURE)|INVALID_CA)/;

/** What each code of Node's means, after the address it happened at. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known to DNS',
  EAI_AGAIN: 'DNS did not answer',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed before an answer came',
  EPIPE: 'the connection was closed before an answer came',
  ETIMEDOUT: 'no answer came in time',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
};

const codeOf = ({ code, name, message }: Failure): string | undefined => {
  if (typeof code === 'string' && (code in REASONS || TLS.test(code))) return code;
  if (name === 'TimeoutError') return 'ETIMEDOUT';
  if (typeof message !== 'string') return undefined;
  // A provider that wraps an error keeps only its text.
  return (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b/.exec(message)?.[1] ??
    (message.includes('Proxy connection ended') || message.includes('socket hang up') ? 'ECONNRESET' : undefined)
  );
};

const addressOf = (failures: readonly Failure[]): string | undefined => {
  for (const { hostname, address, port } of failures) {
    const host = typeof hostname === 'string' ? hostname : address;
    if (typeof host === 'string') return typeof port === 'number' ? `${host}:${port}` : host;
  }
  return undefined;
};

const PROXY_SAID = /proxy (connection ended|error)|CONNECT tunnel failed/i;

const causeOf = (code: string, failures: readonly Failure[]): CauseCode => {
  if (UNTRUSTED.test(code)) return 'CERTIFICATE_NOT_TRUSTED';
  if (TLS.test(code)) return 'TLS_FAILED';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'HOST_UNKNOWN';
  if (failures.some(({ message }) => typeof message === 'string' && PROXY_SAID.test(message))) return 'PROXY_REFUSED';
  return code === 'ECONNREFUSED' ? 'CONNECTION_REFUSED' : 'NO_ANSWER';
};

const hintsFor = (code: string, origin: string | undefined, proxy: string | undefined): readonly Hint[] => {
  const look: readonly Hint[] = [
    {
      text: 'see what answers there',
      ...(origin !== undefined && { command: `curl -sS -o /dev/null -D - ${shellWord(origin)}` }),
    },
  ];
  const via: readonly Hint[] =
    proxy === undefined
      ? []
      : [
          {
            text: `requests go through the proxy ${proxy}; NO_PROXY names hosts that need none`,
            command: 'env | grep -i _proxy',
          },
        ];
  if (UNTRUSTED.test(code))
    return [
      {
        text: 'name the certificates of the one who signs here (a company proxy?)',
        command: 'export AWS_CA_BUNDLE=/path/to/ca.pem',
      },
      ...via,
      ...look,
    ];
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return [{ text: "compare this machine's clock", command: 'date -u' }, ...via, ...look];
  if (code === 'ENOTFOUND')
    return [
      { text: 'a region or endpoint URL that does not exist looks like this too', command: 'env | grep ^AWS_' },
      ...via,
      ...look,
    ];
  return [...via, ...look];
};

/** Undefined when the error is not one of the network. `route` is where the request went, when the handler knows. */
export const networkProblem = (error: unknown, what: string, route?: Route): Diagnostic | undefined => {
  const failures = unwrap(error);
  const code = failures.map(codeOf).find((found) => found !== undefined);
  if (code === undefined) return undefined;
  const origin = route?.origin;
  const where = origin ?? addressOf(failures);
  const tls = TLS.test(code) ? failures.find((failure) => failure.code === code)?.message : undefined;
  const reason = REASONS[code] ?? `TLS failed: ${typeof tls === 'string' ? (tls.split('\n')[0] ?? code) : code}`;
  const addresses = failures.flatMap(({ message }) => (typeof message === 'string' && message !== '' ? [message] : []));
  return problem('UNREACHABLE', `${what} got no answer${where === undefined ? '' : ` from ${where}`}: ${reason} (${code})`, {
    detail: [...new Set(addresses)].join('\n'),
    hints: hintsFor(code, origin, route?.proxy),
    cause: causeOf(code, failures),
  });
};
