/** Profiles that sign in by SSO: the cached token, the portal on loopback, and the way back when nobody is signed in. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { FILES, keyOf, open, profile, standard, stubs } from '../../support/aws-profiles.ts';
import { failure, headlineOf, openStub, sharedFiles, useEnvironment, type Canned } from '../../support/aws-stub.ts';

describe('SSO', () => {
  const cached = (files: Readonly<Record<string, string>>, id: string, token: object): void => {
    const cache = path.join(files['HOME'] ?? '', '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(path.join(cache, `${createHash('sha1').update(id).digest('hex')}.json`), JSON.stringify(token));
  };
  const signedIn = { accessToken: 'sso-access-token', expiresAt: '2099-01-01T00:00:00Z' };
  const roleCredentials: Canned = {
    type: 'application/json',
    body: JSON.stringify({
      roleCredentials: {
        accessKeyId: 'ASIASSO',
        secretAccessKey: 'sso-secret-key',
        sessionToken: 'sso-session-token',
        expiration: 4_070_908_800_000,
      },
    }),
  };

  test.each([
    ['sso', 'corp'],
    ['sso-legacy', 'https://example.awsapps.com/start'],
  ])('profile %s is signed in', async (name, id) => {
    const files = sharedFiles(FILES);
    cached(files, id, signedIn);
    const { sessions, stub } = await open(files, profile(name), (asked) =>
      asked.path.startsWith('/federation') ? roleCredentials : standard(asked),
    );
    await sessions.identity();
    expect(sessions.credentialSource()).toBe(`profile ${name} (SSO)`);
    expect(stub.asked.map(keyOf)).toEqual(['unsigned', 'ASIASSO']);
  });

  test.each([
    ['sso', 'sso', undefined],
    ['sso', 'sso', '2020-01-01T00:00:00Z'],
    ['sso-legacy', 'sso-legacy', undefined],
    ['sso-legacy', 'sso-legacy', '2020-01-01T00:00:00Z'],
    ['over-sso', 'sso', undefined],
  ])('profile %s: the way back is aws sso login --profile %s (token: %s)', async (name, login, expiresAt) => {
    const files = sharedFiles(FILES);
    if (expiresAt !== undefined)
      for (const id of ['corp', 'https://example.awsapps.com/start']) cached(files, id, { ...signedIn, expiresAt });
    const { sessions } = await open(files, profile(name));
    const error = await failure(sessions.identity());
    expect(error.code).toBe('EXPIRED_CREDENTIALS');
    expect(error.message).toContain('nobody is signed in, or the sign-in has expired');
    expect(headlineOf(error).hints[0]?.command).toBe(`aws sso login --profile ${login}`);
  });

  test.each([
    [401, 'UnauthorizedException', 'Session token not found or invalid', 'EXPIRED_CREDENTIALS'],
    [403, 'ForbiddenException', 'No access', 'NO_CREDENTIALS'],
  ])('SSO answers %d %s', async (status, type, message, code) => {
    const files = sharedFiles(FILES);
    cached(files, 'corp', signedIn);
    const { sessions } = await open(files, profile('sso'), () => ({
      status,
      type: 'application/json',
      headers: { 'x-amzn-errortype': type },
      body: JSON.stringify({ message }),
    }));
    const error = await failure(sessions.identity());
    expect(error.code).toBe(code);
    expect(JSON.stringify(error.diagnostics)).toContain(message);
  });

  test('the portal is asked through the proxy too', async () => {
    const files = sharedFiles(FILES);
    cached(files, 'corp', signedIn);
    const proxy = await openStub((asked) => (asked.path.includes('/federation') ? roleCredentials : standard(asked)));
    stubs.push(proxy);
    const endpoint = 'http://everything.xacct-test.example';
    const env = useEnvironment({ ...files, AWS_ENDPOINT_URL: endpoint, HTTP_PROXY: proxy.url });
    const { sessions } = openAwsAccounts(env).open({ source: profile('sso'), region: 'eu-west-1' });
    await sessions.identity();
    expect(proxy.asked.map(({ path: asked }) => asked.startsWith(endpoint))).toEqual([true, true]);
  });
});
