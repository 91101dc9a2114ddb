/** Checks Signature Version 4 on a request, by header or presigned: what it claims, its date, and the signature that the secret would give. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsError } from '#sandbox/errors.ts';

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a request says of its signature, unproved. */
export interface Claim {
  readonly accessKeyId: string;
  readonly shortDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly longDate: string;
  readonly sessionToken: string | undefined;
  /** Seconds that a presigned request is good for; undefined where the headers are signed. */
  readonly expiresIn: number | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW_MS = 15 * 60_000;
const CONTENT_HASH = 'x-amz-content-sha256';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const mismatch = (message: string = MISMATCH): AwsError => new AwsError('SignatureDoesNotMatch', message);
const incomplete = (message: string): AwsError => new AwsError('IncompleteSignature', message);
const missing = (): AwsError => new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token');

/** Reads the claim; refuses a request with none (MissingAuthenticationToken) or with half of one (IncompleteSignature). */
export const readClaim = (request: SignedRequest): Claim => {
  const query = new URLSearchParams(request.query);
  if (query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature')) return readPresigned(query);
  const header = request.headers['authorization'];
  if (header === undefined || header === '') throw missing();
  return readHeader(header, request.headers);
};

const readHeader = (header: string, headers: SignedRequest['headers']): Claim => {
  const space = header.indexOf(' ');
  if (space === -1 || header.slice(0, space) !== ALGORITHM)
    throw incomplete(`Unsupported ${ALGORITHM} 'algorithm': '${header}'.`);
  const parts = new Map(
    header
      .slice(space + 1)
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]),
  );
  const absent = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  const longDate = headers['x-amz-date'];
  const faults = absent.map((name) => `Authorization header requires '${name}' parameter.`);
  if (longDate === undefined) faults.push(`Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`);
  if (longDate === undefined || faults.length > 0) throw incomplete(`${faults.join(' ')} Authorization=${header}`);
  return {
    ...readScope(parts.get('Credential') ?? ''),
    signedHeaders: (parts.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: parts.get('Signature') ?? '',
    longDate,
    sessionToken: headers['x-amz-security-token'],
    expiresIn: undefined,
  };
};

const readPresigned = (query: URLSearchParams): Claim => {
  const read = (name: string): string => {
    const value = query.get(name);
    if (value === null || value === '')
      throw incomplete(`AWS query-string parameters must include '${name}'. Re-examine the query-string parameters.`);
    return value;
  };
  if (read('X-Amz-Algorithm') !== ALGORITHM)
    throw incomplete(`Unsupported ${ALGORITHM} 'algorithm': '${read('X-Amz-Algorithm')}'.`);
  return {
    ...readScope(read('X-Amz-Credential')),
    signedHeaders: read('X-Amz-SignedHeaders').toLowerCase().split(';'),
    signature: read('X-Amz-Signature'),
    longDate: read('X-Amz-Date'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    expiresIn: readExpiry(read('X-Amz-Expires')),
  };
};

const MAX_EXPIRY_SECONDS = 7 * 24 * 3600;

const readExpiry = (text: string): number => {
  if (!/^\d{1,6}$/.test(text) || Number(text) > MAX_EXPIRY_SECONDS)
    throw incomplete('X-Amz-Expires must be a number of seconds, at most a week (604800)');
  return Number(text);
};

const readScope = (credential: string) => {
  const [accessKeyId, shortDate, region, service, terminator, ...rest] = credential.split('/');
  if (!accessKeyId || !shortDate || !region || !service || terminator !== 'aws4_request' || rest.length > 0)
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  return { accessKeyId, shortDate, region, service };
};

const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

const parseLongDate = (text: string): number => {
  const match = DATE.exec(text);
  if (match === null)
    throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  return Date.parse(text.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
};

const formatLongDate = (epochMs: number): string => new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** Refuses a date outside AWS's 15 minutes, a presigned request past its time, and a scope that contradicts the date or the service. */
export const assertTimely = (claim: Claim, service: string, nowMs: number): void => {
  const signedAt = parseLongDate(claim.longDate);
  if (claim.shortDate !== claim.longDate.slice(0, 8))
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.shortDate}' != '${claim.longDate.slice(0, 8)}', from '${claim.longDate}'.`,
    );
  if (claim.service !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'. `);
  const now = formatLongDate(nowMs);
  const allowedMs = claim.expiresIn === undefined ? SKEW_MS : claim.expiresIn * 1000;
  const earliest = nowMs - allowedMs;
  const allowance = claim.expiresIn === undefined ? '15 min.' : `${claim.expiresIn} sec.`;
  if (signedAt < earliest)
    throw mismatch(
      `Signature expired: ${claim.longDate} is now earlier than ${formatLongDate(earliest)} (${now} - ${allowance})`,
    );
  if (signedAt > nowMs + SKEW_MS)
    throw mismatch(
      `Signature not yet current: ${claim.longDate} is still later than ${formatLongDate(nowMs + SKEW_MS)} (${now} + 15 min.)`,
    );
};

/** Computes the signature that the secret gives, by AWS's own signer, and compares; refuses with SignatureDoesNotMatch. */
export const assertSignature = async (request: SignedRequest, claim: Claim, secretAccessKey: string): Promise<void> => {
  if (!claim.signedHeaders.includes('host'))
    throw mismatch(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`);
  const declaredHash = request.headers[CONTENT_HASH];
  // The signer takes this header at its word, so that a changed body would pass. S3 lets a client leave its body, or chunks of it, unsigned.
  const isOpenBody = claim.service === 's3' && /^(?:UNSIGNED-PAYLOAD|STREAMING-[\w-]+)$/.test(declaredHash ?? '');
  if (declaredHash !== undefined && !isOpenBody && declaredHash !== createHash('sha256').update(request.body).digest('hex'))
    throw mismatch();
  const expected = await expectedSignature(request, claim, secretAccessKey);
  const given = Buffer.from(claim.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) throw mismatch();
};

const expectedSignature = async (request: SignedRequest, claim: Claim, secretAccessKey: string): Promise<Buffer> => {
  const signer = new SignatureV4({
    service: claim.service,
    region: claim.region,
    credentials: {
      accessKeyId: claim.accessKeyId,
      secretAccessKey,
      ...(claim.expiresIn !== undefined && claim.sessionToken !== undefined && { sessionToken: claim.sessionToken }),
    },
    sha256: NodeSha256,
    applyChecksum: false,
    // S3 signs the path as it is sent; the others encode it once more.
    uriEscapePath: claim.service !== 's3',
  });
  const isOpenPresigned = claim.service === 's3' && claim.expiresIn !== undefined;
  const toSign = {
    protocol: 'http:',
    hostname: request.headers['host'] ?? '',
    method: request.method,
    path: request.path,
    query: unsignedQuery(request.query),
    headers: {
      ...Object.fromEntries(claim.signedHeaders.map((name) => [name, request.headers[name] ?? ''])),
      ...(isOpenPresigned && { [CONTENT_HASH]: 'UNSIGNED-PAYLOAD' }),
    },
    body: request.body,
  };
  const signingDate = new Date(parseLongDate(claim.longDate));
  const signableHeaders = new Set(claim.signedHeaders);
  if (claim.expiresIn !== undefined) {
    const { query } = await signer.presign(toSign, {
      signingDate,
      signableHeaders,
      expiresIn: claim.expiresIn,
      unhoistableHeaders: new Set([...signableHeaders, CONTENT_HASH]),
      ...(isOpenPresigned && { unsignableHeaders: new Set([CONTENT_HASH]) }),
    });
    return Buffer.from(String(query?.['X-Amz-Signature']));
  }
  const { headers } = await signer.sign(toSign, { signingDate, signableHeaders });
  return Buffer.from(/Signature=([0-9a-f]+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '');
};

const SIGNATURE_PARAMETERS = new Set(
  ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature', 'Security-Token'].map((name) => `X-Amz-${name}`),
);

const unsignedQuery = (text: string): Record<string, string[]> => {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) if (!SIGNATURE_PARAMETERS.has(name)) (query[name] ??= []).push(value);
  return query;
};

type HashKey = string | ArrayBuffer | ArrayBufferView;

/** The signer's hash, by Node's own crypto. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: HashKey) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

const bytesOf = (data: HashKey): Uint8Array => {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
};
