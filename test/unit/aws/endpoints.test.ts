/** Which endpoint each service is called at. Asked of the servers: the one that is reached is the answer. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import {
  failure,
  headlineOf,
  identityOf,
  openStub,
  refusal,
  sharedFiles,
  useEnvironment,
  type Stub,
} from '../../support/aws-stub.ts';

const NAMES = ['flag', 'service', 'general', 'profile', 'other'] as const;
type Name = (typeof NAMES)[number];
let stubs: Readonly<Record<Name, Stub>>;

beforeEach(async () => {
  const opened = await Promise.all(
    NAMES.map((name, index) =>
      openStub(({ action }) =>
        action === 'GetRole' ? refusal('NoSuchEntity', 'none', 404) : identityOf(String(index).repeat(12), name),
      ),
    ),
  );
  stubs = Object.fromEntries(NAMES.map((name, index) => [name, opened[index]])) as Record<Name, Stub>;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(Object.values(stubs).map((stub) => stub.close()));
});

const KEY_LINES = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile-secret-key\n';

const config = () =>
  `[profile plain]\n${KEY_LINES}endpoint_url = ${stubs.profile.url}\n` +
  `[profile by-service]\n${KEY_LINES}endpoint_url = ${stubs.other.url}\nservices = local\n` +
  `[services local]\nsts =\n  endpoint_url = ${stubs.profile.url}\niam =\n  endpoint_url = ${stubs.profile.url}\n` +
  `[profile broken]\n${KEY_LINES}endpoint_url = localhost\n` +
  `[profile secret]\n${KEY_LINES}endpoint_url = ftp://u:hunter2@h/\n`;

const side = (profile: string, settings: Readonly<Record<string, string>> = {}, endpointUrl?: string) =>
  openAwsAccounts(useEnvironment({ ...sharedFiles(config()), AWS_MAX_ATTEMPTS: '1', ...settings })).open({
    source: { kind: 'profile', name: profile },
    region: 'eu-west-1',
    ...(endpointUrl !== undefined && { endpointUrl }),
  });

/** Both services must have reached exactly this one. */
const expectReached = async (name: Name, opened: ReturnType<typeof side>): Promise<void> => {
  expect((await opened.sessions.identity()).arn).toContain(`:user/${name}`);
  await opened.iam.readRole('ci');
  expect(NAMES.filter((stub) => stubs[stub].asked.length > 0)).toEqual([name]);
  expect(stubs[name].asked.map(({ action }) => action)).toEqual(['GetCallerIdentity', 'GetRole']);
};

describe('the endpoint is that of', () => {
  const variables = () => ({
    AWS_ENDPOINT_URL: stubs.general.url,
    AWS_ENDPOINT_URL_IAM: stubs.service.url,
    AWS_ENDPOINT_URL_STS: stubs.service.url,
  });

  test('--endpoint-url, before all', () => expectReached('flag', side('plain', variables(), stubs.flag.url)));

  test('the variable of the service', () => expectReached('service', side('plain', variables())));

  test('AWS_ENDPOINT_URL', () => expectReached('general', side('plain', { AWS_ENDPOINT_URL: stubs.general.url })));

  test('the profile that was named, whatever AWS_PROFILE says', () =>
    expectReached('profile', side('plain', { AWS_PROFILE: 'by-service' })));

  test('the services section of the profile', () => expectReached('profile', side('by-service')));
});

test('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leads to AWS itself', async () => {
  const proxied = {
    HTTPS_PROXY: 'http://127.0.0.1:1',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_ENDPOINT_URL: 'not used',
  };
  const error = await failure(side('plain', proxied).sessions.identity());
  expect(error.message).toContain('from https://sts.eu-west-1.amazonaws.com:');
});

test('IAM is signed for the home region of its partition, STS for its own', async () => {
  await expectReached('profile', side('plain'));
  const scopes = stubs.profile.asked.map(({ headers }) =>
    /Credential=[^/]+\/\d+\/([^/]+)\/(\w+)\//.exec(headers.authorization ?? '')?.slice(1, 3),
  );
  expect(scopes).toEqual([
    ['eu-west-1', 'sts'],
    ['us-east-1', 'iam'],
  ]);
});

test('an endpoint of a profile that is no URL is named', async () => {
  const error = await failure(side('broken').sessions.identity());
  expect(error.code).toBe('INVALID_VALUE');
  expect(headlineOf(error)).toMatchObject({
    path: 'endpoint_url of profile broken',
    message: expect.stringMatching(/: localhost$/),
  });
});

test.each([
  ['of a flag', () => side('plain', {}, 'ftp://u:hunter2@h/')],
  ['of a variable', () => side('plain', { AWS_ENDPOINT_URL: 'ftp://u:hunter2@h/' })],
  ['without a scheme', () => side('plain', { AWS_ENDPOINT_URL_STS: 'u:hunter2@h' })],
  ['of a profile', () => side('secret')],
])('the password %s is not repeated', async (_, open) => {
  const error = await failure(Promise.resolve().then(() => open().sessions.identity()));
  expect(error.code).toBe('INVALID_VALUE');
  expect(JSON.stringify(error.diagnostics)).not.toContain('hunter2');
  expect(error.message).toContain('***@h');
});
