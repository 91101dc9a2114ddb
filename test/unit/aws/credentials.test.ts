/** Which credentials a side uses, where they are said to come from, and what is said when they cannot be had. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { DEFAULT, FILES, keyOf, open, profile, standard, stubs } from '../../support/aws-profiles.ts';
import {
  KEYS,
  closedPort,
  failure,
  headlineOf,
  openStub,
  refusal,
  sharedFiles,
  useEnvironment,
  type Canned,
} from '../../support/aws-stub.ts';

describe('the source', () => {
  test('environment', async () => {
    const { sessions, stub } = await open({ ...KEYS, AWS_SESSION_TOKEN: 'environment-session-token' }, DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('environment');
    expect(stub.asked.map(keyOf)).toEqual(['AKIAENVIRONMENT']);
    expect(stub.asked[0]?.headers['x-amz-security-token']).toBe('environment-session-token');
  });

  test('a profile that was named does not give way to keys of the environment', async () => {
    const { sessions, stub } = await open({ ...KEYS, ...sharedFiles(FILES) }, profile('base'));
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('profile base');
    expect(stub.asked.map(keyOf)).toEqual(['AKIABASE']);
  });

  test('keys of the environment come before AWS_PROFILE, as in the AWS CLI and Terraform, and nothing is printed', async () => {
    const print = vi.spyOn(console, 'warn');
    const { sessions, stub } = await open({ ...KEYS, ...sharedFiles(FILES), AWS_PROFILE: 'base' }, DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('environment');
    expect(stub.asked.map(keyOf)).toEqual(['AKIAENVIRONMENT']);
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  test('AWS_PROFILE', async () => {
    const { sessions, stub } = await open({ ...sharedFiles(FILES), AWS_PROFILE: 'base' }, DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('profile base');
    expect(stub.asked.map(keyOf)).toEqual(['AKIABASE']);
  });

  test('the default profile of the credentials file', async () => {
    const files = sharedFiles('', '[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = default-secret-key\n');
    const { sessions, stub } = await open(files, DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('profile default');
    expect(stub.asked.map(keyOf)).toEqual(['AKIADEFAULT']);
  });

  test('a role profile assumes with its source profile, at the same endpoint, once for both services', async () => {
    const { sessions, iam, stub } = await open({ ...KEYS, ...sharedFiles(FILES) }, profile('assumed'), (asked) =>
      asked.action === 'GetRole' ? refusal('NoSuchEntity', 'none', 404) : standard(asked),
    );
    await Promise.all([sessions.identity(), iam.readRole('ci')]);
    expect(sessions.credentialSource()).toBe('profile assumed (role)');
    expect(stub.asked.map((asked) => [asked.action, keyOf(asked)])).toEqual(
      expect.arrayContaining([
        ['AssumeRole', 'AKIABASE'],
        ['GetCallerIdentity', 'ASIASESSION'],
        ['GetRole', 'ASIASESSION'],
      ]),
    );
    expect(stub.asked).toHaveLength(3);
    expect(stub.asked[0]?.params.get('ExternalId')).toBe('its-external-id');
  });

  test('--endpoint-url holds for the AssumeRole of a profile too', async () => {
    const stub = await openStub(standard);
    stubs.push(stub);
    const env = useEnvironment(sharedFiles(FILES));
    const { sessions } = openAwsAccounts(env).open({ source: profile('assumed'), region: 'eu-west-1', endpointUrl: stub.url });
    await sessions.identity();
    expect(stub.asked.map(({ action }) => action)).toEqual(['AssumeRole', 'GetCallerIdentity']);
  });

  test.each([
    ['twice', ['AKIABASE', 'ASIASESSION', 'ASIASESSION']],
    ['from-env', ['AKIAENVIRONMENT', 'ASIASESSION']],
    ['own', ['AKIAOWN', 'ASIASESSION']],
  ])('role profile %s', async (name, keys) => {
    const { sessions, stub } = await open({ ...KEYS, ...sharedFiles(FILES) }, profile(name));
    await sessions.identity();
    expect(stub.asked.map(keyOf)).toEqual(keys);
  });

  test('a process', async () => {
    const answer = JSON.stringify({ Version: 1, AccessKeyId: 'AKIAPROCESS', SecretAccessKey: 'process-secret-key' });
    const { sessions, stub } = await open(sharedFiles(`[profile p]\ncredential_process = echo '${answer}'\n`), profile('p'));
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('profile p (process)');
    expect(stub.asked.map(keyOf)).toEqual(['AKIAPROCESS']);
  });

  test('web identity of the environment', async () => {
    const files = sharedFiles('');
    const token = path.join(files['HOME'] ?? '', 'token');
    writeFileSync(token, 'header.payload.signature');
    const { sessions, stub } = await open(
      { ...files, AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/pod' },
      DEFAULT,
    );
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('web identity');
    expect(stub.asked.map((asked) => [asked.action, keyOf(asked)])).toEqual([
      ['AssumeRoleWithWebIdentity', 'unsigned'],
      ['GetCallerIdentity', 'ASIASESSION'],
    ]);
  });

  test('the container endpoint', async () => {
    const container = await openStub(() => ({
      type: 'application/json',
      body: JSON.stringify({
        AccessKeyId: 'ASIACONTAINER',
        SecretAccessKey: 'container-secret',
        Token: 'container-token',
        Expiration: '2099-01-01T00:00:00Z',
      }),
    }));
    stubs.push(container);
    const { sessions, stub } = await open({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/role` }, DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('container credentials endpoint');
    expect(stub.asked.map(keyOf)).toEqual(['ASIACONTAINER']);
  });
});

describe('EC2 instance metadata', () => {
  const metadata = async (role: Canned | undefined, failing?: string) => {
    const served = await openStub((asked) => {
      if (asked.method === 'PUT') return { type: 'text/plain', body: 'metadata-token' };
      if (asked.headers['x-aws-ec2-metadata-token'] !== 'metadata-token') return { status: 401, body: '' };
      if (asked.path.endsWith('/security-credentials/')) return role ?? { type: 'text/plain', body: 'instance-role' };
      if (failing !== undefined) return { type: 'application/json', body: JSON.stringify({ Code: failing }) };
      return {
        type: 'application/json',
        body: JSON.stringify({
          Code: 'Success',
          AccessKeyId: 'ASIAINSTANCE',
          SecretAccessKey: 'instance-secret',
          Token: 'instance-token',
          Expiration: '2099-01-01T00:00:00Z',
        }),
      };
    });
    stubs.push(served);
    return { AWS_EC2_METADATA_SERVICE_ENDPOINT: served.url, AWS_EC2_METADATA_DISABLED: 'false' };
  };

  test('gives the credentials and nothing else does', async () => {
    const { sessions, stub } = await open({ ...KEYS, ...sharedFiles(FILES), ...(await metadata(undefined)) }, { kind: 'ec2' });
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('EC2 instance metadata');
    expect(stub.asked.map(keyOf)).toEqual(['ASIAINSTANCE']);
  });

  test('is the last of the default chain', async () => {
    const { sessions, stub } = await open(await metadata(undefined), DEFAULT);
    await sessions.identity();
    expect(sessions.credentialSource()).toBe('EC2 instance metadata');
    expect(stub.asked.map(keyOf)).toEqual(['ASIAINSTANCE']);
  });

  test('without a role on the instance', async () => {
    const { sessions } = await open(await metadata({ status: 404, body: '' }), { kind: 'ec2' });
    const error = await failure(sessions.identity());
    expect(error.code).toBe('NO_CREDENTIALS');
    expect(error.message).toBe(
      'EC2 instance metadata gave no credentials: the instance has no role: give it an instance profile',
    );
  });

  test.each([
    ['InstanceProfileNotFound', 'INSTANCE_PROFILE_GONE'],
    ['AssumeRoleUnauthorizedAccess', 'INSTANCE_ROLE_WITHOUT_TRUST'],
    ['SomethingNew', 'METADATA_REFUSED'],
  ])('whose role answers %s', async (code, cause) => {
    const asked = await open(await metadata(undefined, code), { kind: 'ec2' });
    expect(headlineOf(await failure(asked.sessions.identity()))).toMatchObject({ code: 'NO_CREDENTIALS', cause });
    const unasked = await open(await metadata(undefined, code), DEFAULT);
    expect(headlineOf(await failure(unasked.sessions.identity()))).toMatchObject({ code: 'NO_CREDENTIALS', cause });
  });

  test('off an instance', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const { sessions } = await open(
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url}/`, AWS_EC2_METADATA_DISABLED: 'false' },
      { kind: 'ec2' },
    );
    const error = await failure(sessions.identity());
    expect(error.code).toBe('NO_CREDENTIALS');
    expect(headlineOf(error).hints[0]?.command).toContain(`${url}/latest/api/token`);
  });

  test('switched off', async () => {
    const { sessions } = await open(KEYS, { kind: 'ec2' });
    const error = await failure(sessions.identity());
    expect(error).toMatchObject({ code: 'NO_CREDENTIALS', message: expect.stringContaining('AWS_EC2_METADATA_DISABLED') });
    expect(headlineOf(error).hints[0]?.command).toBe('unset AWS_EC2_METADATA_DISABLED');
  });
});

describe('no credentials', () => {
  test.each([
    ['nobody', /^there is no profile nobody$/, 'profiles there are: default, base, assumed'],
    ['mfa', /^profile mfa needs a code of the MFA device arn:aws:iam::111111111111:mfa\/alice/, 'let the AWS CLI ask'],
    ['over-mfa', /^profile mfa needs a code of the MFA device/, 'let the AWS CLI ask'],
    ['lost', /^profile lost has source_profile nowhere, and there is no profile of that name$/, 'profiles there are'],
    ['round', /^profiles go in a circle: round → trip → round$/, ''],
    ['sourceless', /^profile sourceless has role_arn, but neither source_profile nor credential_source/, 'see what it has'],
    ['empty', /^profile empty holds no credentials$/, 'see what it has'],
    ['sso-lost', /^profile sso-lost has sso_session gone, and .*config has no section \[sso-session gone\]$/, 'write it'],
  ])('profile %s', async (name, message, hint) => {
    const { sessions, iam, stub } = await open({ ...KEYS, ...sharedFiles(FILES) }, profile(name));
    const error = await failure(sessions.identity());
    expect(error.code).toBe('NO_CREDENTIALS');
    expect(error.message).toMatch(message);
    expect(
      headlineOf(error)
        .hints.map(({ text }) => text)
        .join('\n'),
    ).toContain(hint);
    expect((await failure(iam.readRole('ci'))).message).toBe(error.message);
    expect(stub.asked).toEqual([]);
  });

  test('a name that a shell would read is quoted in the command', async () => {
    const { sessions } = await open(sharedFiles('[profile a; rm -rf $HOME]\nrole_arn = x\n'), profile('a; rm -rf $HOME'));
    const commands = headlineOf(await failure(sessions.identity())).hints.map(({ command }) => command);
    expect(commands[0]).toBe("aws configure list --profile 'a; rm -rf $HOME'");
  });

  test('AWS_PROFILE that names none is an error, not the next source', async () => {
    const { sessions } = await open(
      { ...sharedFiles(FILES), AWS_PROFILE: 'nobody', AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: 'y' },
      DEFAULT,
    );
    expect((await failure(sessions.identity())).message).toBe('there is no profile nobody');
  });

  test('anywhere', async () => {
    const { sessions } = await open(sharedFiles(''), DEFAULT);
    const error = await failure(sessions.identity());
    expect(error).toMatchObject({ code: 'NO_CREDENTIALS', message: 'no credentials were found' });
    expect(headlineOf(error).hints[0]?.command).toBe('aws configure sso');
    expect(sessions.credentialSource()).toBe('default chain');
  });

  test('a section written as in the other file is pointed out', async () => {
    const { sessions } = await open(sharedFiles('[ci]\naws_access_key_id = A\n[profile broken\n'), profile('ci'));
    const hints = headlineOf(await failure(sessions.identity()))
      .hints.map(({ text }) => text)
      .join('\n');
    expect(hints).toMatch(/in this file \[ci\] must be written \[profile ci\]/);
    expect(hints).toMatch(/config:3: a section is written \[name\]/);
  });

  test('a file that cannot be read is named', async () => {
    const files = sharedFiles(FILES);
    const folder = path.join(files['HOME'] ?? '', 'a-folder');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const { sessions } = await open({ ...files, AWS_CONFIG_FILE: folder }, profile('base'));
    const error = await failure(sessions.identity());
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: `the shared AWS file ${folder} cannot be read (EISDIR)` });
  });

  test('a process that fails tells its last word, never its command line', async () => {
    const script = "sh -c 'echo token=hunter2hunter2 >/dev/null; echo starting >&2; echo not signed in >&2; exit 3'";
    const { sessions } = await open(sharedFiles(`[profile p]\ncredential_process = ${script}\n`), profile('p'));
    const error = await failure(sessions.identity());
    expect(error.code).toBe('NO_CREDENTIALS');
    expect(error.message).toBe('profile p (process) gave no credentials: not signed in');
    expect(JSON.stringify(error.diagnostics)).not.toContain('hunter2');
  });

  test('a process that answers no JSON is not quoted', async () => {
    const { sessions } = await open(sharedFiles('[profile p]\ncredential_process = echo AKIASECRETTEXT\n'), profile('p'));
    const error = await failure(sessions.identity());
    expect(error.message).toContain('invalid JSON');
    expect(JSON.stringify(error.diagnostics)).not.toContain('AKIASECRETTEXT');
  });

  test('the role of a profile refuses', async () => {
    const denied =
      'User: arn:aws:iam::111111111111:user/base is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/ops/deploy';
    const { sessions } = await open(sharedFiles(FILES), profile('assumed'), () => refusal('AccessDenied', denied, 403));
    const error = await failure(sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' }));
    expect(error.code).toBe('NO_CREDENTIALS');
    expect(error.message).toBe(
      `profile assumed (role) gave no credentials: sts:AssumeRole was refused (AccessDenied): ${denied}`,
    );
  });

  test('the endpoint of the role of a profile does not answer', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const { sessions } = await open({ ...sharedFiles(FILES), AWS_ENDPOINT_URL: url, AWS_MAX_ATTEMPTS: '1' }, profile('assumed'));
    const error = await failure(sessions.identity());
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain(url);
  });
});
