import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, test } from 'vitest';
import { assertSignature, assertTimely, readClaim, type SignedRequest } from '#sandbox/signature/sigv4.ts';
import { Sha256 } from '../../support/sha256.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60_000;

const signer = (applyChecksum: boolean, service = 'sts') =>
  new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: SECRET },
    sha256: Sha256,
    applyChecksum,
  });

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

const signed = async ({ applyChecksum = false, service = 'sts', signedAt = NOW } = {}): Promise<SignedRequest> => {
  const request = {
    protocol: 'http:',
    hostname: '127.0.0.1',
    method: 'POST',
    path: '/',
    query: {},
    headers: { host: '127.0.0.1:4566', 'content-type': 'application/x-www-form-urlencoded' },
    body: BODY,
  };
  const { headers } = await signer(applyChecksum, service).sign(request, { signingDate: new Date(signedAt) });
  return { method: 'POST', path: '/', query: '', headers, body: Buffer.from(BODY) };
};

const presigned = async (expiresIn = 60): Promise<SignedRequest> => {
  const request = {
    protocol: 'http:',
    hostname: '127.0.0.1',
    method: 'GET',
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: '127.0.0.1:4566' },
  };
  const { query } = await signer(false).presign(request, { signingDate: new Date(NOW), expiresIn });
  return {
    method: 'GET',
    path: '/',
    query: new URLSearchParams(query as Record<string, string>).toString(),
    headers: { host: '127.0.0.1:4566' },
    body: Buffer.alloc(0),
  };
};

const refused = (code: string, status: number, message: RegExp | string = /./) =>
  expect.objectContaining({ code, status, message: expect.stringMatching(message) });
const mismatch = (message?: RegExp | string) => refused('SignatureDoesNotMatch', 403, message);

const verify = async (request: SignedRequest, { secret = SECRET, service = 'sts', now = NOW } = {}): Promise<void> => {
  const claim = readClaim(request);
  assertTimely(claim, service, now);
  await assertSignature(request, claim, secret);
};

describe('a signature in the headers', () => {
  test.each([true, false])('is accepted (body hash in a header: %s)', async (applyChecksum) => {
    await expect(verify(await signed({ applyChecksum }))).resolves.toBeUndefined();
  });

  test('claims who signed, where and when', async () => {
    expect(readClaim(await signed())).toEqual({
      accessKeyId: 'AKIAEXAMPLE',
      shortDate: '20260102',
      region: 'eu-west-1',
      service: 'sts',
      signedHeaders: ['content-type', 'host', 'x-amz-date'],
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
      longDate: '20260102T030405Z',
      sessionToken: undefined,
      expiresIn: undefined,
    });
  });

  test('does not cover headers that were added later', async () => {
    const request = await signed();
    await expect(
      verify({ ...request, headers: { ...request.headers, 'amz-sdk-request': 'attempt=2' } }),
    ).resolves.toBeUndefined();
  });

  test('by another secret is refused', async () => {
    await expect(verify(await signed(), { secret: `${SECRET}x` })).rejects.toEqual(
      mismatch(/^The request signature we calculated/),
    );
  });

  test.each([true, false])('of another body is refused (body hash in a header: %s)', async (applyChecksum) => {
    const request = await signed({ applyChecksum });
    await expect(verify({ ...request, body: Buffer.from(`${BODY}&More=1`) })).rejects.toEqual(mismatch());
  });

  test.each(['host', 'content-type'])('is refused when %s is changed', async (name) => {
    const request = await signed();
    await expect(verify({ ...request, headers: { ...request.headers, [name]: 'other' } })).rejects.toEqual(mismatch());
  });

  test('is refused when the query is changed', async () => {
    await expect(verify({ ...(await signed()), query: 'Action=DeleteRole' })).rejects.toEqual(mismatch());
  });

  test('that leaves the host out is refused', async () => {
    const request = await signed();
    const authorization = request.headers['authorization']?.replace('host;', '') ?? '';
    await expect(verify({ ...request, headers: { ...request.headers, authorization } })).rejects.toEqual(mismatch(/Host/));
  });

  test('for another service is refused', async () => {
    await expect(verify(await signed({ service: 'iam' }))).rejects.toEqual(
      mismatch("^Credential should be scoped to correct service: 'sts'"),
    );
  });

  test.each([
    [
      '16 minutes old',
      -16 * MINUTE,
      'Signature expired: 20260102T024805Z is now earlier than 20260102T024905Z \\(20260102T030405Z - 15 min.\\)',
    ],
    ['16 minutes ahead', 16 * MINUTE, 'Signature not yet current: 20260102T032005Z is still later than 20260102T031905Z'],
  ])('that is %s is refused', async (_title, offset, message) => {
    await expect(verify(await signed({ signedAt: NOW + offset }))).rejects.toEqual(mismatch(message));
  });

  test.each([-14 * MINUTE, 14 * MINUTE])('may be %d ms off', async (offset) => {
    await expect(verify(await signed({ signedAt: NOW + offset }))).resolves.toBeUndefined();
  });

  test('whose scope is of another day is refused', async () => {
    const request = await signed();
    const authorization = request.headers['authorization']?.replace('/20260102/', '/20260101/') ?? '';
    await expect(verify({ ...request, headers: { ...request.headers, authorization } })).rejects.toEqual(
      mismatch(/^Date in Credential scope/),
    );
  });
});

describe('a presigned request', () => {
  test('is accepted until it expires', async () => {
    const request = await presigned(60);
    await expect(verify(request, { now: NOW + 59_000 })).resolves.toBeUndefined();
    await expect(verify(request, { now: NOW + 61_000 })).rejects.toEqual(mismatch(/^Signature expired/));
  });

  test('is refused when a parameter is changed', async () => {
    const request = await presigned();
    await expect(verify({ ...request, query: request.query.replace('GetCallerIdentity', 'AssumeRole') })).rejects.toEqual(
      mismatch(),
    );
  });

  test('cannot live longer than it was signed for', async () => {
    const request = await presigned(60);
    await expect(verify({ ...request, query: request.query.replace('Expires=60', 'Expires=600') })).rejects.toEqual(mismatch());
  });

  test('needs a lifetime in seconds', async () => {
    const request = await presigned(60);
    expect(() => readClaim({ ...request, query: request.query.replace('Expires=60', 'Expires=forever') })).toThrow(
      refused('IncompleteSignature', 400),
    );
  });
});

describe('a request without a whole signature', () => {
  const bare: SignedRequest = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.alloc(0) };
  const withHeader = (authorization: string) => ({ ...bare, headers: { authorization, 'x-amz-date': '20260102T030405Z' } });

  test('with none at all is MissingAuthenticationToken', () => {
    expect(() => readClaim(bare)).toThrow(
      refused('MissingAuthenticationToken', 403, '^Request is missing Authentication Token$'),
    );
  });

  test.each([
    ['Bearer xyz'],
    ['AWS4-HMAC-SHA256 Credential=AKIA/20260102/us-east-1/sts/aws4_request, SignedHeaders=host'],
    ['AWS4-HMAC-SHA256 Credential=AKIA/20260102/sts/aws4_request, SignedHeaders=host, Signature=0'],
    ['AWS4-HMAC-SHA256 nonsense'],
  ])('%s is IncompleteSignature', (header) => {
    expect(() => readClaim(withHeader(header))).toThrow(refused('IncompleteSignature', 400));
  });
});
