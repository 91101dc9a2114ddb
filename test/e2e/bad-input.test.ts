/** What goes wrong at a person's hands: each gets the value, a next step and a status of its own, as text and as JSON, and changes nothing. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, ROOT, run, xacct, type Environment, type Finished } from '../support/child.ts';

const ROLE = 'arn:aws:iam::222222222222:role/xacct-terraform';
const BOTH = ['--target-profile', 'target', '--source-profile', 'source'];
const INIT = ['init', ...BOTH, '--trust', 'self', '--external-id', 'generate', '--region', 'us-east-1', '--yes'];
const VERIFY = ['verify', '--source-profile', 'source', '--role-arn', ROLE, '--timeout', '5s'];

interface Mistake {
  readonly title: string;
  readonly args: readonly string[];
  readonly status: number;
  readonly code: string;
  /** What the message must name. */
  readonly says: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: () => Environment;
  /** Profiles are in the environment unless a mistake is about having none. */
  readonly withoutProfiles?: boolean;
}

let sandbox: Sandbox;
let home = '';

const sessionEnv = (): Environment => {
  const keys = sandbox.sessionFor('arn:aws:iam::111111111111:role/expired');
  sandbox.advanceClock(7_200_000);
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_REGION: 'us-east-1',
  };
};

const mistakes: readonly Mistake[] = [
  {
    title: 'an account id of eleven digits in the ARN',
    args: ['verify', '--source-profile', 'source', '--role-arn', 'arn:aws:iam::22222222222:role/xacct-terraform'],
    status: 2,
    code: 'INVALID_VALUE',
    says: ['22222222222', '--role-arn'],
  },
  {
    title: 'something that is no ARN',
    args: ['emit-tf', '--role-arn', 'xacct-terraform', '--region', 'us-east-1'],
    status: 2,
    code: 'INVALID_VALUE',
    says: ['xacct-terraform', '--role-arn'],
  },
  {
    title: 'a wrong expected account id',
    args: [...INIT, '--permissions', 'none', '--target-account', '2222'],
    status: 2,
    code: 'INVALID_VALUE',
    says: ['2222'],
  },
  {
    title: 'an external id of one character',
    args: [...VERIFY, '--external-id', 'a'],
    status: 2,
    code: 'INVALID_VALUE',
    says: ['external'],
  },
  { title: 'a session of 13 hours', args: [...VERIFY, '--duration', '13h'], status: 2, code: 'INVALID_VALUE', says: ['13h'] },
  { title: 'a flag that does not exist', args: [...VERIFY, '--role-arm', 'x'], status: 2, code: 'USAGE', says: ['--role-arm'] },
  { title: 'a command that does not exist', args: ['verfy'], status: 2, code: 'USAGE', says: ['verfy'] },
  {
    title: 'permissions that nobody chose',
    args: INIT,
    status: 2,
    code: 'USAGE',
    says: ['--policy', '--policy-arn', '--permissions none'],
  },
  {
    title: 'a policy file that is not JSON',
    args: [...INIT, '--policy', 's3=./broken.json'],
    files: { 'broken.json': '{ "Version": "2012-10-17", "Statement": [ }' },
    status: 2,
    code: 'INVALID_POLICY',
    says: ['broken.json'],
  },
  {
    title: 'a policy file that is no policy',
    args: [...INIT, '--policy', 's3=./wrong.json'],
    files: { 'wrong.json': '{ "Version": "2012-10-17", "Statement": [{ "Efect": "Allow" }] }' },
    status: 2,
    code: 'INVALID_POLICY',
    says: ['wrong.json', 'Efect'],
  },
  {
    title: 'a policy file that is not there',
    args: [...INIT, '--policy', 's3=./absent.json'],
    status: 2,
    code: 'FILE_UNREADABLE',
    says: ['absent.json'],
  },
  {
    title: 'a xacct.yaml that is not YAML',
    args: ['emit-tf'],
    files: { 'xacct.yaml': 'version: 1\nrole: [\n' },
    status: 2,
    code: 'INVALID_CONFIG',
    says: ['xacct.yaml'],
  },
  {
    title: 'an unknown key in xacct.yaml',
    args: ['emit-tf'],
    files: { 'xacct.yaml': 'version: 1\nrole:\n  nmae: x\ntargets:\n  dev: { account: "222222222222" }\n' },
    status: 2,
    code: 'INVALID_CONFIG',
    says: ['nmae'],
  },
  {
    title: 'an account id that YAML takes for a number',
    args: ['emit-tf'],
    files: { 'xacct.yaml': 'version: 1\ntargets:\n  dev: { account: 222222222222 }\n' },
    status: 2,
    code: 'INVALID_CONFIG',
    says: ['"222222222222"'],
  },
  {
    title: 'no credentials at all',
    args: ['verify', '--role-arn', ROLE],
    withoutProfiles: true,
    env: () => ({ AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' }),
    status: 3,
    code: 'NO_CREDENTIALS',
    says: ['aws configure'],
  },
  {
    title: 'a key that AWS does not know',
    args: ['verify', '--role-arn', ROLE],
    withoutProfiles: true,
    env: () => ({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wrong', AWS_REGION: 'us-east-1' }),
    status: 3,
    code: 'BAD_CREDENTIALS',
    says: [],
  },
  {
    title: 'an expired session',
    args: ['verify', '--role-arn', ROLE],
    withoutProfiles: true,
    env: sessionEnv,
    status: 3,
    code: 'EXPIRED_CREDENTIALS',
    says: ['expired'],
  },
  {
    title: "the target's credentials as the source",
    args: ['verify', '--role-arn', ROLE, '--source-profile', 'target'],
    status: 3,
    code: 'TARGET_AS_SOURCE',
    says: ['--source-profile'],
  },
  {
    title: 'another account than the expected one',
    args: [...INIT, '--permissions', 'none', '--target-account', '333333333333'],
    status: 3,
    code: 'WRONG_ACCOUNT',
    says: ['333333333333', '222222222222'],
  },
  {
    title: 'an endpoint that is down',
    args: VERIFY,
    env: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    status: 7,
    code: 'UNREACHABLE',
    says: ['127.0.0.1:1'],
  },
  {
    title: 'a role of that name that is not ours',
    args: [...INIT, '--permissions', 'none', '--role-name', 'taken'],
    status: 5,
    code: 'NOT_OURS',
    says: ['taken'],
  },
  {
    title: 'a plan that nobody can approve',
    args: [...INIT.filter((word) => word !== '--yes'), '--permissions', 'none'],
    status: 9,
    code: 'QUESTION_WITHOUT_TERMINAL',
    says: ['--yes'],
  },
];

const make = async ({ args, files = {}, env, withoutProfiles = false }: Mistake, more: readonly string[] = []) => {
  const cwd = await mkdtemp(path.join(home, 'run-'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(cwd, name), text);
  const finished = await xacct([...args, ...more], {
    cwd,
    env: cleanEnvironment(cwd, {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      ...(withoutProfiles ? {} : { AWS_CONFIG_FILE: path.join(home, 'config') }),
      ...env?.(),
    }),
  });
  return { finished, left: (await readdir(cwd)).filter((name) => files[name] === undefined) };
};

const expectClean = ({ stderr }: Finished): void => {
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr).not.toMatch(/NodeDeprecationWarning|\(node:\d+\)/);
};

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'xacct-mistakes-'));
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' }],
  };
  const role = (name: string) => ({ RoleName: name, AssumeRolePolicyDocument: trust });
  sandbox = await openSandbox({
    seed: { accounts: { '111111111111': { roles: [role('expired')] }, '222222222222': { roles: [role('taken')] } } },
  });
  await mkdir(home, { recursive: true });
  // The endpoint comes from the environment here, so that one mistake can change it.
  await writeFile(path.join(home, 'config'), sandbox.awsConfigText().replaceAll(/^endpoint_url.*\n/gm, ''));
});

afterAll(async () => {
  await sandbox?.close();
  await rm(home, { recursive: true, force: true });
});

describe.each(mistakes)('$title', (mistake) => {
  test('is said to a person, and nothing is changed', async () => {
    const before = sandbox.log().filter(({ write }) => write).length;
    const { finished, left } = await make(mistake);
    expectClean(finished);
    expect({ status: finished.status, stdout: finished.stdout }, finished.stderr).toEqual({ status: mistake.status, stdout: '' });
    for (const word of mistake.says) expect(finished.stderr).toContain(word);
    expect(sandbox.log().filter(({ write }) => write)).toHaveLength(before);
    expect(left.filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('is one object with --json', async () => {
    const { finished } = await make(mistake, ['--json']);
    expect(finished.status, finished.stderr).toBe(mistake.status);
    const envelope = JSON.parse(finished.stdout) as unknown;
    expect(envelope).toMatchObject({ schema: 1, ok: false, error: { code: mistake.code } });
    for (const word of mistake.says) expect(JSON.stringify(envelope).replaceAll('\\"', '"')).toContain(word);
  });
});

test('a result that finds no room on the disk is an error, and a reader that has gone is none', async () => {
  const shell = (line: string) => {
    const command = `"$0" "$1" emit-tf --role-arn ${ROLE} --region us-east-1 ${line}`;
    const program = [process.execPath, path.join(ROOT, 'bin/xacct.js')];
    return run('bash', ['-o', 'pipefail', '-c', command, ...program], { cwd: home, env: cleanEnvironment(home) });
  };
  for (const line of ['>/dev/full', '--json >/dev/full']) {
    const { status, stderr } = await shell(line);
    expect({ status, isSaid: stderr.includes('stdout cannot be written: ENOSPC') }).toEqual({ status: 2, isSaid: true });
  }
  expect(await shell('| true')).toMatchObject({ status: 0 });
});
