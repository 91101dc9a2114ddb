/** What each failure of a call becomes. The errors are real ones of the SDK, made by a loopback server; no client is replaced. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import { isXacctError, type XacctError } from '#domain/xacct-error.ts';
import {
  KEYS,
  failure,
  headlineOf,
  identityOf,
  openStub,
  refusal,
  useEnvironment,
  type Asked,
  type Canned,
  type Stub,
} from '../../support/aws-stub.ts';

const stubs: Stub[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const open = async (answer: (request: Asked) => Canned, settings: Readonly<Record<string, string>> = KEYS) => {
  const stub = await openStub(answer);
  stubs.push(stub);
  const env = useEnvironment(settings);
  const side = openAwsAccounts(env).open({ source: { kind: 'default' }, region: 'eu-west-1', endpointUrl: stub.url });
  return { side, stub };
};

const identity = (side: AwsSide) => side.sessions.identity();

describe('answers about the credentials', () => {
  test.each([
    ['ExpiredToken', 403, 'The security token included in the request is expired', 'EXPIRED_CREDENTIALS'],
    ['ExpiredTokenException', 400, 'The security token included in the request is expired', 'EXPIRED_CREDENTIALS'],
    ['RequestExpired', 400, 'Request has expired.', 'EXPIRED_CREDENTIALS'],
    ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.', 'BAD_CREDENTIALS'],
    ['UnrecognizedClientException', 403, 'The security token included in the request is invalid.', 'BAD_CREDENTIALS'],
    [
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided.',
      'BAD_CREDENTIALS',
    ],
    ['IncompleteSignature', 400, 'Authorization header requires x', 'BAD_CREDENTIALS'],
    ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token', 'BAD_CREDENTIALS'],
  ])('%s (%d, %s) is %s, from either service', async (code, status, message, expected) => {
    const { side } = await open(() => refusal(code, message, status));
    for (const call of [
      () => identity(side),
      () => side.iam.readRole('ci'),
      () => side.sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' }),
    ]) {
      const error = await failure(call());
      expect(error.code).toBe(expected);
      expect(error.message).toContain(code);
      expect(headlineOf(error).detail).toContain('request-1');
      expect(headlineOf(error).hints[0]?.command).toBeTruthy();
    }
  });

  test('a wrong clock is named as what it is', async () => {
    const { side } = await open(() =>
      refusal(
        'SignatureDoesNotMatch',
        'Signature expired: 20210502T144040Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)',
        403,
      ),
    );
    const error = await failure(identity(side));
    expect(error.code).toBe('BAD_CREDENTIALS');
    expect(error.message).toMatch(/^this machine's clock/);
    expect(headlineOf(error).hints[0]?.command).toBe('date -u');
  });

  test('an unknown key may be a region that is switched off', async () => {
    const { side } = await open(() =>
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
    );
    const error = await failure(identity(side));
    expect(
      headlineOf(error)
        .hints.map(({ text }) => text)
        .join(),
    ).toContain('eu-west-1');
  });
});

describe('a refusal', () => {
  const denied =
    'User: arn:aws:iam::222222222222:user/admin is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::222222222222:role/ci because no identity-based policy allows the iam:CreateRole action';
  const role = { name: 'ci', path: '/', description: '', maxSessionSeconds: 3600, trustPolicy: { Statement: [] }, tags: {} };

  test('names the permission that is missing, who lacks it and how to look', async () => {
    const { side, stub } = await open(() => refusal('AccessDenied', denied, 403));
    const error = await failure(side.iam.createRole(role));
    expect(error.code).toBe('AWS_REFUSED');
    expect(error.message).toBe(`iam:CreateRole was refused (AccessDenied): ${denied}`);
    expect(headlineOf(error).hints).toEqual([
      {
        text: 'allow iam:CreateRole on arn:aws:iam::222222222222:role/ci to arn:aws:iam::222222222222:user/admin, or use credentials that may',
        command:
          'aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::222222222222:user/admin --action-names iam:CreateRole',
      },
    ]);
    expect(error.cause).toEqual({
      kind: 'refused',
      code: 'AccessDenied',
      status: 403,
      message: denied,
      requestId: 'request-1',
      attempts: 1,
    });
    expect(stub.asked).toHaveLength(1);
  });

  test('says that no allow outweighs an explicit deny', async () => {
    const { side } = await open(() =>
      refusal('AccessDenied', denied.replace(/because.*/, 'with an explicit deny in a service control policy'), 403),
    );
    const error = await failure(side.iam.createRole(role));
    expect(headlineOf(error).hints[0]?.text).toMatch(/^service control policy denies iam:CreateRole: no allow outweighs it/);
  });

  test('of a principal that does not exist names it, and the command that shows it', async () => {
    const { side } = await open(() =>
      refusal('MalformedPolicyDocument', 'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/ops/ghost"'),
    );
    const error = await failure(side.iam.createRole(role));
    expect(error.code).toBe('AWS_REFUSED');
    const [hint] = headlineOf(error).hints;
    expect(hint?.text).toContain('does not find arn:aws:iam::111111111111:role/ops/ghost');
    expect(hint?.text).toContain('the source account 111111111111');
    expect(hint?.command).toBe('aws iam get-role --role-name ghost');
  });

  test('of AssumeRole is data, in the wire code and words of AWS', async () => {
    const { side, stub } = await open(() => refusal('PackedPolicyTooLarge', 'Packed policy consumes 157% of allotted space'));
    const answer = await side.sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' });
    expect(answer).toEqual({
      kind: 'refused',
      code: 'PackedPolicyTooLarge',
      status: 400,
      message: 'Packed policy consumes 157% of allotted space',
      requestId: 'request-1',
      attempts: 1,
    });
    expect(stub.asked).toHaveLength(1);
  });

  test.each([
    ['InternalFailure', 500, 2],
    ['Throttling', 400, 1],
    ['SlowDown', 503, 1],
    ['ConcurrentModification', 409, 1],
  ])('after %s (%d) tells whether the first attempt may have been carried out', async (code, status, attempts) => {
    let asked = 0;
    const { side } = await open(() =>
      ++asked === 1 ? refusal(code, 'no', status) : refusal('EntityAlreadyExists', 'Role with name ci already exists.', 409),
    );
    expect((await failure(side.iam.createRole(role))).cause).toMatchObject({ code: 'EntityAlreadyExists', attempts });
    expect((await failure(side.iam.createRole(role))).cause).toMatchObject({ attempts: 1 });
  });

  test('of a role that exists keeps the wire code for the journal', async () => {
    const { side } = await open(() => refusal('EntityAlreadyExists', 'Role with name ci already exists.', 409));
    expect((await failure(side.iam.createRole(role))).cause).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
  });
});

describe('what is tried again', () => {
  test.each([
    ['LimitExceeded', 409, 1],
    ['AccessDenied', 403, 1],
    ['MalformedPolicyDocument', 400, 1],
    ['ConcurrentModification', 409, 3],
    ['ServiceFailure', 500, 3],
  ])('IAM answers %s (%d): %d requests', async (code, status, requests) => {
    const { side, stub } = await open(() => refusal(code, 'no', status), { ...KEYS, AWS_MAX_ATTEMPTS: '3' });
    await failure(side.iam.attachPolicy('ci', 'arn:aws:iam::aws:policy/ReadOnlyAccess'));
    expect(stub.asked).toHaveLength(requests);
  });

  test('throttling is waited out', async () => {
    let calls = 0;
    const { side } = await open(() => (++calls < 3 ? refusal('Throttling', 'Rate exceeded') : identityOf('111111111111')));
    expect((await identity(side)).account).toBe('111111111111');
  });

  test('a fault of the service is no refusal', async () => {
    const { side } = await open(() => refusal('InternalFailure', 'try later', 500), { ...KEYS, AWS_MAX_ATTEMPTS: '1' });
    const error = await failure(side.sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' }));
    expect(error.code).toBe('UNREACHABLE');
  });

  test('throttled until the attempts are spent is UNREACHABLE', async () => {
    const { side } = await open(() => refusal('Throttling', 'Rate exceeded'), { ...KEYS, AWS_MAX_ATTEMPTS: '2' });
    const error = await failure(side.sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' }));
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain('throttled');
  });
});

describe('answers that are not of AWS', () => {
  const page = (status: number): Canned => ({
    status,
    type: 'text/html; charset=utf-8',
    body: '<html><body>Sign in</body></html>',
  });

  test.each([200, 403, 407])('a web page with status %d is no answer', async (status) => {
    const { side } = await open(() => page(status));
    for (const call of [
      () => identity(side),
      () => side.iam.readRole('ci'),
      () => side.iam.attachPolicy('ci', 'arn:x'),
      () => side.iam.readPolicy('arn:x'),
    ]) {
      const error = await failure(call());
      expect(error.code).toBe('UNREACHABLE');
      expect(error.message).toContain(`HTTP ${status} and no answer of AWS's`);
    }
  });

  test('a success without content does not make a role absent', async () => {
    const { side } = await open(() => ({ body: '<ok/>' }));
    expect((await failure(side.iam.readRole('ci'))).code).toBe('UNREACHABLE');
    expect((await failure(side.iam.readPolicy('arn:x'))).code).toBe('UNREACHABLE');
    expect((await failure(identity(side))).code).toBe('UNREACHABLE');
  });
});

describe('settings that cannot work', () => {
  const openWith = (settings: Readonly<Record<string, string>>, endpointUrl?: string) =>
    openAwsAccounts(useEnvironment({ ...KEYS, ...settings })).open({
      source: { kind: 'default' },
      region: 'eu-west-1',
      ...(endpointUrl !== undefined && { endpointUrl }),
    });

  test.each([
    ['--endpoint-url', {}, 'localhost:4566'],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'not a url' }, undefined],
    ['AWS_ENDPOINT_URL_STS', { AWS_ENDPOINT_URL_STS: 'ftp://x' }, undefined],
  ])('a malformed %s is named', (path, settings, endpointUrl) => {
    let error: unknown;
    try {
      openWith(settings, endpointUrl);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'INVALID_VALUE', diagnostics: [{ path }] });
  });

  test('a certificate file that is not there is named', () => {
    expect(() => openWith({ AWS_CA_BUNDLE: '/nonexistent/ca.pem' })).toThrow(
      /AWS_CA_BUNDLE names cannot be read: \/nonexistent\/ca\.pem \(ENOENT\)/,
    );
  });

  test('a region of a wrong form is a value, not a bug', async () => {
    const side = openAwsAccounts(useEnvironment(KEYS)).open({ source: { kind: 'default' }, region: 'eu west/1' });
    expect((await failure(side.sessions.identity())).code).toBe('INVALID_VALUE');
  });
});

describe('secrets', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const token = 'IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJHMEUC';
  const everything = (error: XacctError): string =>
    [error.message, error.stack, JSON.stringify(error.diagnostics), JSON.stringify(error.cause), String(error.cause)].join('\n');

  test.each([
    ['AccessDenied', 403, `no: ${secret} ${token}`],
    ['InvalidClientTokenId', 403, `bad token ${token}`],
    [
      'SignatureDoesNotMatch',
      403,
      `The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${token}\n'`,
    ],
    ['Whatever', 400, `x-amz-security-token:SOMEOTHERTOKEN aws_secret_access_key=${secret}`],
  ])('that %s repeats are not repeated', async (code, status, message) => {
    const { side } = await open(() => refusal(code, message, status), {
      AWS_ACCESS_KEY_ID: 'ASIAX',
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: token,
    });
    const texts = [everything(await failure(side.iam.readRole('ci')))];
    const answer = await side.sessions
      .assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' })
      .catch((error: unknown) => error);
    texts.push(isXacctError(answer) ? everything(answer) : JSON.stringify(answer));
    for (const text of texts) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(token);
      expect(text).not.toContain('SOMEOTHERTOKEN');
    }
  });
});
