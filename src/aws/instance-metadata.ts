/**
 * The credentials of the instance this runs on, by IMDSv2 alone. Written out because the SDK's provider reads the endpoint of AWS_PROFILE
 * only, falls back to version 1, and hides why an instance's role gave nothing.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
import type { CauseCode } from '#domain/causes.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Keys } from './clients.ts';
import type { Settings } from './shared-config.ts';

type Env = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = { ipv4: 'http://169.254.169.254', ipv6: 'http://[fd00:ec2::254]' } as const;
const CREDENTIALS = '/latest/meta-data/iam/security-credentials/';
const TOKEN_SECONDS = '21600';
const TIMEOUT_MS = 1_000;
const NOT_FOUND = 404;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html; the environment comes before the profile. */
export const metadataEndpointOf = (env: Env, settings: Settings | undefined): string => {
  const url = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || settings?.['ec2_metadata_service_endpoint'];
  if (url) return url.replace(/\/+$/, '');
  const mode = env['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'] || settings?.['ec2_metadata_service_endpoint_mode'];
  return mode?.toLowerCase() === 'ipv6' ? ENDPOINTS.ipv6 : ENDPOINTS.ipv4;
};

const noCredentials = (cause: CauseCode, reason: string, hints: readonly Hint[]): XacctError =>
  new XacctError(problem('NO_CREDENTIALS', `EC2 instance metadata gave no credentials: ${reason}`, { hints, cause }));

const INSTANCE_PROFILE: Hint = {
  text: 'see what the instance has, with credentials that may',
  command: 'aws ec2 describe-iam-instance-profile-associations',
};

/** What AWS puts into `Code` when the instance has a role that gives nothing. */
const CODES: Readonly<Record<string, readonly [cause: CauseCode, said: string]>> = {
  AssumeRoleUnauthorizedAccess: [
    'INSTANCE_ROLE_WITHOUT_TRUST',
    'the role of the instance does not trust ec2.amazonaws.com (AssumeRoleUnauthorizedAccess)',
  ],
  InstanceProfileNotFound: ['INSTANCE_PROFILE_GONE', 'the instance profile has been deleted (InstanceProfileNotFound)'],
};

interface Answer {
  readonly Code?: unknown;
  readonly AccessKeyId?: unknown;
  readonly SecretAccessKey?: unknown;
  readonly Token?: unknown;
  readonly Expiration?: unknown;
}

const parseAnswer = (text: string): Answer => {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
};

const keysOf = (text: string, role: string): Keys => {
  const { Code, AccessKeyId, SecretAccessKey, Token, Expiration } = parseAnswer(text);
  if (typeof AccessKeyId === 'string' && typeof SecretAccessKey === 'string' && typeof Token === 'string') {
    const expiration = new Date(String(Expiration));
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
    return Number.isNaN(expiration.getTime()) ? keys : { ...keys, expiration };
  }
  const code = typeof Code === 'string' ? Code : 'an answer without keys';
  const [cause, said] = CODES[code] ?? (['METADATA_REFUSED', `the role ${role} answered ${code}`] as const);
  throw noCredentials(cause, said, [INSTANCE_PROFILE]);
};

const unreachable = (url: string, error: unknown): XacctError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.name : 'no answer');
  return noCredentials('METADATA_UNREACHABLE', `nothing answers at ${url} (${code})`, [
    {
      text: 'is this the instance?',
      command: `curl -sS -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${shellWord(`${url}/latest/api/token`)}`,
    },
  ]);
};

/** The limit counts the hops of the answer to the PUT alone, so a plain GET that is answered, if only by 401, tells it from a dead end. */
const hopLimit = (url: string, status: number): XacctError =>
  noCredentials(
    'METADATA_HOP_LIMIT',
    `${url} answers (HTTP ${status} without a token, so version 1 is ${status === UNAUTHORIZED ? 'off' : 'on'}), and its token never arrives`,
    [
      {
        text: 'this looks like a container behind a bridge: its hop limit must be 2',
        command: 'aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-put-response-hop-limit 2',
      },
    ],
  );

const causeOfStatus = (status: number): CauseCode => (status === FORBIDDEN ? 'METADATA_SWITCHED_OFF' : 'METADATA_REFUSED');

/** Throws NO_CREDENTIALS only. `attempts` counts the tries to get a token: an instance that just started may be slow. */
export const readInstanceCredentials = async (url: string, attempts: number): Promise<Keys> => {
  const send = (path: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<Response> =>
    fetch(`${url}${path}`, { method, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  const ask = async (...request: Parameters<typeof send>): Promise<Response> => {
    try {
      return await send(...request);
    } catch (error) {
      throw unreachable(url, error);
    }
  };
  const text = async (answer: Response, what: string): Promise<string> => {
    if (answer.ok) return (await answer.text()).trim();
    throw noCredentials(causeOfStatus(answer.status), `${what} answered HTTP ${answer.status}`, []);
  };
  const askToken = async (left: number): Promise<Response> => {
    try {
      return await send('/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS }, 'PUT');
    } catch (error) {
      if (left > 1) return askToken(left - 1);
      const plain = await send('/latest/meta-data/', {}).catch(() => undefined);
      throw plain === undefined ? unreachable(url, error) : hopLimit(url, plain.status);
    }
  };
  const headers = { 'x-aws-ec2-metadata-token': await text(await askToken(attempts), 'the request for a token') };
  const listing = await ask(CREDENTIALS, headers);
  const role = listing.status === NOT_FOUND ? '' : (await text(listing, 'the list of roles')).split('\n')[0];
  if (!role)
    throw noCredentials('INSTANCE_WITHOUT_ROLE', 'the instance has no role: give it an instance profile', [INSTANCE_PROFILE]);
  return keysOf(await text(await ask(`${CREDENTIALS}${role}`, headers), `the role ${role}`), role);
};
