/** The adapters against accounts that enforce every policy: each port method once, and what a fault of the network does to it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { refusalOf } from '#core/ports/sessions.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { failure, headlineOf, sharedFiles, useEnvironment } from '../support/aws-stub.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const ROLE_ARN = `arn:aws:iam::${TARGET}:role/ops/ci`;
const POLICY_ARN = `arn:aws:iam::${TARGET}:policy/ops/extra`;

let sandbox: Sandbox;
let source: AwsSide;
let target: AwsSide;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox.close());

beforeEach(() => {
  sandbox.reset();
  const accounts = openAwsAccounts(useEnvironment(sharedFiles(sandbox.awsConfigText())));
  source = accounts.open({ source: { kind: 'profile', name: 'source' }, region: 'us-east-1' });
  target = accounts.open({ source: { kind: 'profile', name: 'target' }, region: 'eu-west-1' });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const trust = (principal: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'ü 100%' } },
    },
  ],
});
const allow = (action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
});
const ROLE = {
  name: 'ci',
  path: '/ops/',
  description: 'for tests',
  maxSessionSeconds: 7200,
  trustPolicy: trust(`arn:aws:iam::${SOURCE}:root`),
  tags: { 'xacct:managed': '1', empty: '' },
};
const POLICY = { name: 'extra', path: '/ops/', description: 'more', document: allow('s3:GetObject'), tags: { a: 'b' } };

/** The actions that were asked of IAM since the last reset. */
const asked = (): readonly string[] => sandbox.log().map(({ action }) => action);

describe('roles', () => {
  test('what was made is what is read, documents decoded', async () => {
    expect(await target.iam.readRole('ci')).toBeUndefined();
    await target.iam.createRole(ROLE);
    expect(await target.iam.readRole('ci')).toEqual({ ...ROLE, arn: ROLE_ARN, createdAt: expect.any(Number) as unknown });
  });

  test('each setting is changed', async () => {
    await target.iam.createRole({ ...ROLE, description: '' });
    const changed = trust(`arn:aws:iam::${SOURCE}:user/admin`);
    await target.iam.updateTrust('ci', changed);
    await target.iam.updateRole('ci', { description: 'new', maxSessionSeconds: 3600 });
    await target.iam.tag({ kind: 'role', name: 'ci' }, { more: '2' });
    await target.iam.untag({ kind: 'role', name: 'ci' }, ['empty', 'never there']);
    await target.iam.tag({ kind: 'role', name: 'ci' }, {});
    await target.iam.untag({ kind: 'role', name: 'ci' }, []);
    expect(await target.iam.readRole('ci')).toMatchObject({
      description: 'new',
      maxSessionSeconds: 3600,
      tags: { 'xacct:managed': '1', more: '2' },
      trustPolicy: changed,
    });
    expect(asked().filter((action) => /TagRole|UntagRole/.test(action))).toHaveLength(2);
  });

  test('a role that exists is refused in the wire code', async () => {
    await target.iam.createRole(ROLE);
    const error = await failure(target.iam.createRole(ROLE));
    expect(error.code).toBe('AWS_REFUSED');
    expect(refusalOf(error)?.code).toBe('EntityAlreadyExists');
  });

  test('a principal that does not exist is named, with the command that shows it', async () => {
    const ghost = `arn:aws:iam::${SOURCE}:role/ghost`;
    const error = await failure(target.iam.createRole({ ...ROLE, trustPolicy: trust(ghost) }));
    expect(error.code).toBe('AWS_REFUSED');
    expect(headlineOf(error).hints[0]).toMatchObject({ command: 'aws iam get-role --role-name ghost' });
    expect(headlineOf(error).hints[0]?.text).toContain(ghost);
  });

  test('attaching twice, detaching twice and deleting twice are all well', async () => {
    await target.iam.createRole(ROLE);
    await target.iam.createPolicy(POLICY);
    await target.iam.attachPolicy('ci', POLICY_ARN);
    await target.iam.attachPolicy('ci', POLICY_ARN);
    expect(await target.iam.listAttachedPolicies('ci')).toEqual([POLICY_ARN]);
    expect(refusalOf(await failure(target.iam.deleteRole('ci')))?.code).toBe('DeleteConflict');
    for (let time = 0; time < 2; time += 1) {
      await target.iam.detachPolicy('ci', POLICY_ARN);
      await target.iam.deleteRole('ci');
      await target.iam.deletePolicy(POLICY_ARN);
    }
    expect(await target.iam.readRole('ci')).toBeUndefined();
    expect(await target.iam.listAttachedPolicies('ci')).toEqual([]);
  });

  test('a reply that is lost does not make a deletion fail', async () => {
    await target.iam.createRole(ROLE);
    sandbox.setFaults({ rules: [{ kind: 'lost-reply', action: 'DeleteRole' }] });
    await target.iam.deleteRole('ci');
    expect(asked().filter((action) => action.includes('DeleteRole'))).toHaveLength(2);
  });

  test('a reply that is lost on the way from CreateRole shows in the wire code and the number of attempts', async () => {
    sandbox.setFaults({ rules: [{ kind: 'lost-reply', action: 'CreateRole' }] });
    expect(refusalOf(await failure(target.iam.createRole(ROLE)))).toMatchObject({ code: 'EntityAlreadyExists', attempts: 2 });
    expect(refusalOf(await failure(target.iam.createRole(ROLE)))).toMatchObject({ code: 'EntityAlreadyExists', attempts: 1 });
  });

  test.each(['throttle', 'server-error', 'drop'] as const)('%s is overcome', async (kind) => {
    sandbox.setFaults({ rules: [{ kind, times: 2 }] });
    await target.iam.createRole(ROLE);
    expect(await target.iam.readRole('ci')).toBeDefined();
  });
});

describe('managed policies', () => {
  test('what was made is what is read', async () => {
    expect(await target.iam.readPolicy(POLICY_ARN)).toBeUndefined();
    await target.iam.createPolicy(POLICY);
    expect(await target.iam.readPolicy(POLICY_ARN)).toEqual({
      arn: POLICY_ARN,
      document: POLICY.document,
      versionId: 'v1',
      tags: POLICY.tags,
    });
  });

  test('more updates than versions fit, and the newest counts', async () => {
    await target.iam.createPolicy(POLICY);
    for (let version = 2; version <= 8; version += 1) await target.iam.updatePolicy(POLICY_ARN, allow(`s3:Get${version}`));
    expect(await target.iam.readPolicy(POLICY_ARN)).toMatchObject({ versionId: 'v8', document: allow('s3:Get8') });
    await target.iam.deletePolicy(POLICY_ARN);
    expect(await target.iam.readPolicy(POLICY_ARN)).toBeUndefined();
  });

  describe('whose update got no reply', () => {
    const lose = (kind: 'lost-reply' | 'drop', times = 1): void =>
      sandbox.setFaults({ rules: [{ kind, action: 'CreatePolicyVersion', times }] });
    const deletions = () => asked().filter((action) => action.includes('DeletePolicyVersion'));
    const updated = async (versions: number): Promise<void> => {
      await target.iam.createPolicy(POLICY);
      for (let version = 2; version <= versions; version += 1)
        await target.iam.updatePolicy(POLICY_ARN, allow(`s3:Get${version}`));
    };

    test.each([
      [1, 0],
      [4, 0],
      [5, 1],
      [7, 3],
    ])('was carried out all the same, at %d updates, with %d versions deleted', async (versions, deleted) => {
      await updated(versions);
      lose('lost-reply');
      await target.iam.updatePolicy(POLICY_ARN, allow('s3:PutObject'));
      expect(await target.iam.readPolicy(POLICY_ARN)).toMatchObject({ document: allow('s3:PutObject') });
      expect(deletions()).toHaveLength(deleted);
    });

    test('and does it again where it was not carried out', async () => {
      await updated(5);
      lose('drop', 2);
      await target.iam.updatePolicy(POLICY_ARN, allow('s3:PutObject'));
      expect(await target.iam.readPolicy(POLICY_ARN)).toMatchObject({ document: allow('s3:PutObject'), versionId: 'v6' });
    });
  });

  test('one at its first version is read in two calls', async () => {
    await target.iam.createPolicy(POLICY);
    const before = asked().length;
    await target.iam.readPolicy(POLICY_ARN);
    expect(asked().slice(before).toSorted()).toEqual(
      ['GetPolicy', 'GetPolicyVersion'].map((name) => expect.stringContaining(name)),
    );
  });

  test('a document that is too long deletes no version', async () => {
    await target.iam.createPolicy(POLICY);
    for (let version = 2; version <= 4; version += 1) await target.iam.updatePolicy(POLICY_ARN, allow(`s3:Get${version}`));
    const error = await failure(target.iam.updatePolicy(POLICY_ARN, allow(`s3:${'x'.repeat(7_000)}`)));
    expect(error.code).toBe('AWS_REFUSED');
    expect(asked().filter((action) => action.includes('DeletePolicyVersion'))).toEqual([]);
  });
});

describe('the instance', () => {
  test.each([
    ['--source ec2', { kind: 'ec2' }],
    ['a profile without credentials', { kind: 'profile', name: 'ec2' }],
  ] as const)('%s takes its role from the metadata', async (_title, from) => {
    const env = useEnvironment({
      ...sharedFiles(sandbox.awsConfigText()),
      AWS_PROFILE: 'ec2',
      AWS_ACCESS_KEY_ID: 'AKIANOBODY',
      AWS_SECRET_ACCESS_KEY: 'nobody-secret-key',
    });
    const { sessions } = openAwsAccounts(env).open({ source: from, region: 'us-east-1', endpointUrl: sandbox.endpoint });
    expect((await sessions.identity()).arn).toMatch(new RegExp(`^arn:aws:sts::${SOURCE}:assumed-role/[^/]+/i-`));
    expect(sessions.credentialSource()).toBe('EC2 instance metadata');
  });
});

describe('sessions', () => {
  const request = { roleArn: ROLE_ARN, sessionName: 'flow', externalId: 'ü 100%' };

  test('who the credentials are', async () => {
    expect(await source.sessions.identity()).toMatchObject({ account: SOURCE, arn: expect.stringContaining(`:${SOURCE}:user/`) });
    expect(source.sessions.credentialSource()).toBe('profile source');
  });

  test('a role that may be assumed gives a session that knows who it is', async () => {
    const plain = { ...request, externalId: 'plain-id' };
    const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${SOURCE}:root` }, Action: 'sts:AssumeRole' } as const;
    await target.iam.createRole({ ...ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } });
    const session = await source.sessions.assumeRole({ ...plain, sessionSeconds: 900 });
    if (session.kind !== 'assumed') throw new Error(session.message);
    expect(session.arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/ci/flow`);
    expect(Math.abs(Date.parse(session.expiresAt) - Date.now() - 900_000)).toBeLessThan(60_000);
    expect(await session.identity()).toMatchObject({ account: TARGET, arn: session.arn });
  });

  test('a role that may not comes back as AWS said it', async () => {
    await target.iam.createRole(ROLE);
    const answer = await source.sessions.assumeRole({ roleArn: ROLE_ARN, sessionName: 'flow' });
    expect(answer).toMatchObject({ kind: 'refused', code: 'AccessDenied', status: 403, requestId: expect.any(String) });
    expect(asked().filter((action) => action.includes('AssumeRole'))).toHaveLength(1);
  });

  test('a wrong parameter comes back as ValidationError', async () => {
    const answer = await source.sessions.assumeRole({ roleArn: ROLE_ARN, sessionName: 'no spaces', sessionSeconds: 60 });
    expect(answer).toMatchObject({ kind: 'refused', code: 'ValidationError', status: 400 });
  });

  test('a secret that does not fit is about the credentials', async () => {
    const keys = sandbox.credentials(SOURCE);
    const env = useEnvironment({ AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: 'not-the-secret-of-this-key' });
    const side = openAwsAccounts(env).open({ source: { kind: 'default' }, region: 'us-east-1', endpointUrl: sandbox.endpoint });
    const error = await failure(side.sessions.assumeRole(request));
    expect(error.code).toBe('BAD_CREDENTIALS');
    expect(JSON.stringify([error.message, error.diagnostics, error.cause])).not.toContain('not-the-secret-of-this-key');
  });

  test('a session that has run out is expired', async () => {
    await target.iam.createRole(ROLE);
    const keys = sandbox.sessionFor(ROLE_ARN);
    const env = useEnvironment({
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
    });
    const side = openAwsAccounts(env).open({ source: { kind: 'default' }, region: 'us-east-1', endpointUrl: sandbox.endpoint });
    expect((await side.sessions.identity()).account).toBe(TARGET);
    sandbox.advanceClock(2 * 3_600_000);
    const error = await failure(side.sessions.identity());
    expect(error.code).toBe('EXPIRED_CREDENTIALS');
    expect(JSON.stringify([error.message, error.diagnostics, error.cause])).not.toContain(keys.sessionToken);
  });
});
