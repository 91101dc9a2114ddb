/** verify walks the way that Terraform will: through a hub, with a token, after a code of an MFA device, under session policies. */
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { openProduct, SOURCE, TARGET, type Product, type RunOptions } from '../support/product.ts';
import { mfaCodeOf } from '../support/totp.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const HUB = `arn:aws:iam::${SOURCE}:role/xacct-hub`;
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const SUB = 'repo:acme/infra:environment:prod';
const SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const DEVICE = `arn:aws:iam::${SOURCE}:mfa/jane`;

const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
const trusting = (Principal: object, Action: string, Condition: object = {}) =>
  document({ Effect: 'Allow', Principal, Action, Condition });

const provider = (account: string) => `arn:aws:iam::${account}:oidc-provider/${GITHUB}`;
const byToken = (account: string, sub = SUB) =>
  trusting({ Federated: provider(account) }, 'sts:AssumeRoleWithWebIdentity', {
    StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: sub },
  });
const WITH_ID = { StringEquals: { 'sts:ExternalId': 'dev-1' } };

const inline = (name: string, ...statements: readonly object[]) => [
  { PolicyName: name, PolicyDocument: document(...statements) },
];
const providers = [{ Url: `https://${GITHUB}`, ClientIDList: ['sts.amazonaws.com'] }];

interface World {
  readonly hubTrust?: object;
  readonly hubMay?: string;
  readonly roleTrust?: object;
}

const seedOf = ({
  hubTrust = byToken(SOURCE),
  hubMay = ROLE,
  roleTrust = trusting({ AWS: HUB }, 'sts:AssumeRole', WITH_ID),
}: World) => ({
  accounts: {
    [SOURCE]: {
      oidcProviders: providers,
      users: [
        {
          UserName: 'jane',
          Policies: inline('all', allow(['sts:AssumeRole', 'iam:Get*', 'iam:List*'], '*')),
          MFADevices: [{ Name: 'jane', Base32StringSeed: SEED }],
        },
      ],
      roles: [
        {
          RoleName: 'xacct-hub',
          AssumeRolePolicyDocument: hubTrust,
          Policies: inline('targets', allow('sts:AssumeRole', hubMay)),
        },
      ],
    },
    [TARGET]: { oidcProviders: providers, roles: [{ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: roleTrust }] },
  },
});

let product: Product;
afterEach(() => product.close());

const fileOf = (layout: 'hub' | 'direct', trust = 'github:acme/infra:environment=prod', more = 'externalId: dev-1'): string =>
  [
    'version: 1',
    `source: { account: "${SOURCE}"${layout === 'hub' ? `, trust: ["${trust}"]` : ''} }`,
    `role: { trust: ["${layout === 'hub' ? HUB : trust}"] }`,
    `targets: { dev: { account: "${TARGET}", role: { ${more} } } }`,
    '',
  ].join('\n');

const open = async (world: World, file: string): Promise<void> => {
  product = await openProduct({ seed: seedOf(world) });
  await product.put('xacct.yaml', file);
};

const tokenEnv = async (claims: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> => {
  const token = product.sandbox.webIdentityToken({ iss: `https://${GITHUB}`, sub: SUB, aud: 'sts.amazonaws.com', ...claims });
  await product.put('token', token);
  return { AWS_WEB_IDENTITY_TOKEN_FILE: path.join(product.folder, 'token') };
};

const janeEnv = (): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const verify = async (argv: readonly string[], options: RunOptions) => {
  const ran = await product.run(['verify', 'dev', '--timeout', '0', '--json', ...argv], options);
  const { result, error } = JSON.parse(ran.stdout) as { result?: { targets: [VerifyReport] }; error?: { code: string } };
  const report = result?.targets[0];
  const checks = report?.checks.map(({ id, status }) => `${id} ${status}`);
  return { ...ran, report, checks, cause: report?.cause?.code, error: error?.code };
};

const calls = (): readonly string[] => product.sandbox.log().map(({ action, decision }) => `${action} ${decision}`);

const WAY_IN = ['source-identity pass', 'way-in pass', 'assume-role pass', 'target-identity pass', 'no-external-id pass'];

test('a hub is entered with the token, and the target from there', async () => {
  await open({}, fileOf('hub'));
  const ran = await verify([], { env: await tokenEnv() });
  expect(ran).toMatchObject({ status: 0, checks: WAY_IN });
  expect(ran.report?.source).toEqual({
    account: null,
    arn: `https://${GITHUB}`,
    credentialSource: 'web identity token',
    through: [`arn:aws:sts::${SOURCE}:assumed-role/xacct-hub/terraform`],
  });
  expect(calls().toSorted()).toEqual([
    'AssumeRole allowed',
    'AssumeRole denied',
    'AssumeRoleWithWebIdentity allowed',
    'GetCallerIdentity allowed',
  ]);
  expect(await product.read('.xacct/proofs/dev.json')).toContain(`"sourceArn": "https://${GITHUB}"`);
});

test('a hub is entered with credentials whom it trusts', async () => {
  await open({ hubTrust: trusting({ AWS: JANE }, 'sts:AssumeRole') }, fileOf('hub', JANE));
  const ran = await verify(['--thorough'], { env: janeEnv() });
  expect(ran.status).toBe(0);
  expect(ran.checks?.slice(0, 4)).toEqual(WAY_IN.slice(0, 4));
  // Made by a session, the session lasts an hour whatever the role says.
  expect(ran.report?.checks.find(({ id }) => id === 'too-long-duration')).toMatchObject({ status: 'skip' });
  expect(ran.report?.longestRun.reason).toBe('long-term keys do not expire');
});

test('a job that has entered the hub already goes on from there', async () => {
  await open({}, fileOf('hub'));
  const { accessKeyId, secretAccessKey, sessionToken } = product.sandbox.sessionFor(HUB);
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  const ran = await verify([], { env });
  expect(ran).toMatchObject({ status: 0, checks: WAY_IN });
  expect(ran.report?.source.through).toEqual([]);
  expect(product.sandbox.log().filter(({ action }) => action === 'AssumeRole')).toHaveLength(2);
});

test.each<readonly [world: string, World, cause: string, actor: string]>([
  [
    'the hub trusts another workflow',
    { hubTrust: byToken(SOURCE, 'repo:acme/other:ref:refs/heads/main') },
    'TOKEN_NOT_TRUSTED',
    SOURCE,
  ],
  ['the hub may enter other roles only', { hubMay: `arn:aws:iam::${TARGET}:role/other` }, 'SOURCE_GRANT_MISSING', SOURCE],
  ['the target trusts another hub', { roleTrust: trusting({ AWS: JANE }, 'sts:AssumeRole', WITH_ID) }, 'TRUST_REFUSES', TARGET],
])('where %s, the cause and the account are its own', async (_, world, cause, account) => {
  await open(world, fileOf('hub'));
  const ran = await verify([], { env: await tokenEnv() });
  expect({ status: ran.status, cause: ran.cause, account: ran.report?.cause?.account }).toEqual({ status: 1, cause, account });
});

test('what a role asks of a token is read with the credentials of its account, and named', async () => {
  await open({ roleTrust: byToken(TARGET, 'repo:acme/other:ref:refs/heads/main') }, fileOf('direct'));
  const ran = await verify(['--target-profile', 'target'], { env: await tokenEnv() });
  expect({ cause: ran.cause, account: ran.report?.cause?.account }).toEqual({ cause: 'TOKEN_NOT_TRUSTED', account: TARGET });
});

test.each([
  ['another run', 'repo:acme/infra:environment:prod'],
  ['another run, with ids in its subject', 'repo:acme@1/infra@2:environment:prod'],
])('a token of %s than the file trusts is refused rightly: no patch opens the role to it', async (_, sub) => {
  const trusted = 'repo:acme/infra:pull_request';
  await open({ roleTrust: byToken(TARGET, trusted) }, fileOf('direct', 'github:acme/infra:pull_request'));
  const ran = await verify(['--target-profile', 'target'], { env: await tokenEnv({ sub }) });
  expect(ran.report?.cause).toMatchObject({ code: 'SOURCE_NOT_DECLARED', actor: 'you', patch: { change: null, command: null } });
  expect(ran.report?.cause?.explanation).toContain(`this token is of ${sub}`);
  expect(ran.report?.cause?.patch).not.toHaveProperty('xacct');
  expect((await verify([], { env: await tokenEnv({ sub: trusted }) })).status).toBe(0);
  const withIds = await verify([], { env: await tokenEnv({ sub: 'repo:acme@1/infra@2:pull_request' }) });
  expect(withIds.cause).toBe('TOKEN_NOT_TRUSTED');
});

test('a job that has signed in to the role already is told how to prove the way in by its token, which works', async () => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  const { accessKeyId, secretAccessKey, sessionToken } = product.sandbox.sessionFor(ROLE);
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  const ran = await verify([], { env });
  expect({ status: ran.status, error: ran.error }).toEqual({ status: 3, error: 'TARGET_AS_SOURCE' });
  const said = (JSON.parse(ran.stdout) as { error: { hints: readonly { command?: string }[] } }).error.hints[0]?.command;
  expect(said).toContain('ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com');
  expect(said).toContain('AWS_WEB_IDENTITY_TOKEN_FILE=');
  expect((await verify([], { env: { ...env, ...(await tokenEnv()) } })).status).toBe(0);
});

test("to whoever else has the target's credentials that is no way: it names the source", async () => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  const ran = await verify(['--source-profile', 'target'], {});
  const { error } = JSON.parse(ran.stdout) as { error: { message: string; hints: readonly { command?: string }[] } };
  expect(error.message).toContain(
    `these are the target's credentials (arn:aws:iam::${TARGET}:user/admin); name the source: --source-profile`,
  );
  expect(error.hints.map(({ command }) => command)).toEqual([
    'xacct verify --source-profile NAME',
    'xacct verify --same-account',
  ]);
});

test('a role that takes the token itself', async () => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  const ran = await verify(['--thorough'], { env: await tokenEnv() });
  expect(ran.status).toBe(0);
  expect(ran.checks).toEqual([
    'source-identity pass',
    'assume-role pass',
    'target-identity pass',
    'permissions skip',
    'every-external-id skip',
    'no-external-id skip',
    'wrong-external-id skip',
    'too-long-duration pass',
    'no-mfa skip',
    'wrong-audience skip',
    'outsider skip',
  ]);
  expect(calls()).not.toContain('AssumeRole allowed');
  const token = await product.read('token');
  expect(ran.stdout + ran.stderr).not.toContain(token.trim());
});

test.each([
  ['for another audience', { aud: 'https://acme.example' }, 'TOKEN_AUDIENCE'],
  ['of another issuer', { iss: 'https://gitlab.com' }, 'NO_OIDC_PROVIDER'],
  ['of yesterday', { exp: 1 }, 'TOKEN_EXPIRED'],
])('a token %s is named as such', async (_, claims, cause) => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  expect(await verify([], { env: await tokenEnv(claims as never) })).toMatchObject({ status: 1, cause });
});

test('without a token nothing is asked of a role that takes nothing else', async () => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  const ran = await verify([], { env: janeEnv() });
  expect(ran).toMatchObject({ status: 3, error: 'NO_CREDENTIALS' });
  expect(calls()).toEqual(['GetCallerIdentity allowed']);
  const { stderr } = await product.run(['verify', 'dev'], { env: janeEnv() });
  expect(stderr).toMatch(/cause \[NO_CREDENTIALS\], for you: run it where the token is, and\s+name its file/);
});

test.each([
  ['is not there', undefined],
  ['holds something else', 'hello'],
])('a token file that %s is an error of the credentials', async (_, text) => {
  await open({ roleTrust: byToken(TARGET) }, fileOf('direct'));
  if (text !== undefined) await product.put('token', text);
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: path.join(product.folder, 'token') };
  expect(await verify([], { env })).toMatchObject({ status: 3, error: 'NO_CREDENTIALS' });
});

const GUARDED = trusting({ AWS: JANE }, 'sts:AssumeRole', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
const MFA_FILE = fileOf('direct', JANE, 'externalId: none, conditions: { mfa: true }');
const code = () => ({ asked: `Code of the MFA device ${DEVICE}`, answer: mfaCodeOf(SEED) });

test('long-term keys show a code where MFA is declared, and are refused without', async () => {
  await open({ roleTrust: GUARDED }, MFA_FILE);
  const ran = await verify(['--thorough', '--mfa-serial', DEVICE], { env: janeEnv(), answers: [code()] });
  expect(ran.status).toBe(0);
  expect(ran.checks).toContain('no-mfa pass');
  // What the code gave is what Terraform will find, and it ends.
  expect(ran.report?.longestRun).toMatchObject({ isKnown: true, seconds: expect.any(Number) });
  expect(ran.stdout + ran.stderr).not.toMatch(/ASIA[A-Z0-9]{12}/);
});

test('the code that is refused is an error of the credentials', async () => {
  await open({ roleTrust: GUARDED }, MFA_FILE);
  const ran = await verify(['--mfa-serial', DEVICE], { env: janeEnv(), answers: [{ ...code(), answer: '000000' }] });
  expect(ran.status).toBe(3);
});

test('a trust policy that does not ask for the declared MFA fails', async () => {
  await open({ roleTrust: trusting({ AWS: JANE }, 'sts:AssumeRole') }, MFA_FILE);
  const ran = await verify(['--thorough', '--mfa-serial', DEVICE], { env: janeEnv(), answers: [code()] });
  expect(ran).toMatchObject({ status: 1, cause: 'MFA_NOT_ENFORCED' });
});

test.each([
  ['human', []],
  ['human', ['-v', '--debug']],
  ['json', ['-v', '--debug']],
  ['junit', ['-v', '--debug']],
  ['github', ['-v', '--debug']],
])('says neither the token nor a key of a session: --format %s %j', async (format, flags) => {
  for (const world of [{}, { hubMay: `${ROLE}-other` }]) {
    await open(world, fileOf('hub'));
    const env = { ...(await tokenEnv()), GITHUB_STEP_SUMMARY: path.join(product.folder, 'summary.md') };
    const argv = ['verify', 'dev', '--thorough', '--timeout', '0', '--format', format, ...flags];
    const { stdout, stderr } = await product.run(argv, { env });
    const files = await Promise.all(
      ['.xacct/proofs/dev.json', ...(format === 'github' ? ['summary.md'] : [])].map((name) => product.read(name)),
    );
    const said = [stdout, stderr, ...files].join('');
    expect(said).not.toContain(await product.read('token'));
    expect(said).not.toMatch(/ASIA[A-Z0-9]{12}|SecretAccessKey|SessionToken/);
    expect(product.writes()).toEqual([]);
    if (world.hubMay === undefined) await product.close();
  }
});
