/** Two administrators who do not share credentials: one writes a file, the other carries out exactly the step in it. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran, type RunOptions } from '../support/product.ts';

const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const GRANT = `xacct-${TARGET}-xacct-terraform`;

let product: Product;

/** Of the source: may do everything but give leave. */
const CLERK = {
  UserName: 'clerk',
  Policies: [
    {
      PolicyName: 'most',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'iam:PutUserPolicy', Resource: '*' },
        ],
      },
    },
  ],
};

beforeEach(async () => {
  const users = [{ UserName: 'jane' }, { UserName: 'bob' }, CLERK];
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users } } } });
  await product.put('s3.json', S3_POLICY);
});

afterEach(() => product.close());

const ended = ({ status, stderr }: Ran, wanted = 0) =>
  expect({ status, stderr: status === wanted ? '' : stderr }).toEqual({ status: wanted, stderr: '' });

const init = (...args: readonly string[]): Promise<Ran> => product.run(['init', '--policy', 's3.json', '--yes', ...args]);
const toGrant = (...args: readonly string[]) => init('--target-profile', 'target', '--handoff', 'grant.json', ...args);
const toMake = (...args: readonly string[]) =>
  product.run(['init', '--source-profile', 'source', '--target-account', TARGET, '--handoff', 'role.json', '--yes', ...args]);
const accept = (...args: readonly string[]): Promise<Ran> => product.run(['accept', ...args]);

const hashOf = async (name: string): Promise<string> =>
  createHash('sha256')
    .update(await product.read(name))
    .digest('hex');

const as = async (name: string): Promise<RunOptions> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, name);
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`;
  await product.put('aws-config', `[profile ${name}]\n${keys}\nregion = us-east-1\n`);
  return { env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') } };
};
const asJane = () => as('jane');

const inlineOfJane = async () => (await wholeStateOf(product.sandbox, SOURCE)).users['jane'];

describe('from the target: the grant', () => {
  test('is written, accepted under the same number, and proved by the user who got it', async () => {
    const made = await toGrant('--trust', JANE);
    ended(made);
    expect(made.stderr).toContain(`SHA-256 ${await hashOf('grant.json')}`);
    expect(made.stderr).toContain('xacct accept grant.json');
    expect(await inlineOfJane()).toEqual({});
    const accepted = await accept('grant.json', '--source-profile', 'source', '--yes');
    ended(accepted);
    expect(accepted.stderr).toContain(`SHA-256 ${await hashOf('grant.json')}`);
    // A grant knows neither who else is trusted nor the external ID, and claims neither.
    expect(accepted.stderr).not.toContain('who may assume the role then');
    expect(accepted.stderr).toContain(`xacct verify --role-arn ${ROLE} --external-id ID --source-profile PROFILE-OF-jane\n`);
    expect(await inlineOfJane()).toMatchObject({ [GRANT]: { Statement: [{ Resource: ROLE }] } });
    ended(await product.run(['verify', '--source-profile', 'jane'], await asJane()));
    const writes = product.writes().length;
    ended(await accept('grant.json', '--source-profile', 'source', '--yes'));
    expect(product.writes()).toHaveLength(writes);
  });

  test('is told in JSON, too', async () => {
    const made = await toGrant('--trust', JANE, '--json');
    const sha256 = await hashOf('grant.json');
    const { result } = JSON.parse(made.stdout) as { result: { targets: readonly object[] } };
    expect(result.targets).toMatchObject([{ proved: false, handoff: { file: 'grant.json', sha256 } }]);
    const accepted = await accept('grant.json', '--source-profile', 'source', '--yes', '--json');
    expect(JSON.parse(accepted.stdout)).toMatchObject({
      ok: true,
      command: 'accept',
      result: { targets: [{ name: 'grant.json', step: 'grant', sha256, applied: [`source/user/jane/inline/${GRANT}`] }] },
    });
  });

  test('is asked about with the number, and a no changes nothing', async () => {
    ended(await toGrant('--trust', JANE));
    const answers = [{ asked: `Make this change in account ${SOURCE}?`, answer: false }];
    ended(await product.run(['accept', 'grant.json', '--source-profile', 'source'], { answers }), 9);
    expect(await inlineOfJane()).toEqual({});
    ended(await accept('grant.json', '--source-profile', 'source'), 9);
    const dry = await accept('grant.json', '--source-profile', 'source', '--dry-run');
    ended(dry);
    expect(dry.stderr).toMatch(/a dry run: nothing was changed\n$/);
    expect(dry.stderr).not.toContain('proves it');
    expect(await inlineOfJane()).toEqual({});
  });

  test('that nobody compared is told with its number, where a yes was said beforehand', async () => {
    ended(await toGrant('--trust', JANE));
    const { stderr } = await accept('grant.json', '--source-profile', 'source', '--yes', '--json');
    const sha256 = await hashOf('grant.json');
    expect(stderr).toContain(
      `warning nobody compared the SHA-256 of grant.json with the one that was printed where it was written: ${sha256} [NOT_COMPARED]`,
    );
    // There is nothing left to do with it.
    expect((await accept('grant.json', '--source-profile', 'source', '--yes')).stderr).not.toContain('NOT_COMPARED');
  });

  test('is the file that was meant where its number is named, and any other is refused before AWS is asked', async () => {
    ended(await toGrant('--trust', JANE));
    const accepting = ['grant.json', '--source-profile', 'source', '--yes', '--sha256'];
    const calls = product.sandbox.log().length;
    const other = await accept(...accepting, '0'.repeat(64));
    expect([other.status, other.stderr]).toEqual([
      5,
      expect.stringContaining(`its SHA-256 is ${await hashOf('grant.json')} [WRONG_HANDOFF]`),
    ]);
    const none = await accept(...accepting, 'abc');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('[INVALID_VALUE]')]);
    expect(product.sandbox.log()).toHaveLength(calls);
    const meant = await accept(...accepting, (await hashOf('grant.json')).toUpperCase());
    ended(meant);
    expect(meant.stderr).not.toContain('NOT_COMPARED');
    expect(await inlineOfJane()).toMatchObject({ [GRANT]: {} });
  });

  test('is one: of several, of a whole account, of tokens and of permission sets it is not written', async () => {
    const refused = async (says: string, ...trust: readonly string[]) => {
      const { status, stderr } = await toGrant(...trust.flatMap((name) => ['--trust', name]));
      expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
    };
    await refused('and 2 are trusted', JANE, `arn:aws:iam::${SOURCE}:user/bob`);
    await refused('is a whole account', SOURCE);
    await refused('tokens need no leave', 'github:acme/infra:environment=prod');
    await refused('in IAM Identity Center', `sso:${SOURCE}/Admin`);
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual(['s3.json']);
    ended(await toGrant('--trust', SOURCE, '--grant-to', JANE));
  });

  test('is for the source alone', async () => {
    ended(await toGrant('--trust', JANE));
    const wrong = await accept('grant.json', '--source-profile', 'target', '--yes');
    expect([wrong.status, wrong.stderr]).toEqual([3, expect.stringContaining(`the source should be account ${SOURCE}`)]);
    ended(await accept('grant.json', '--target-profile', 'target', '--yes'), 2);
  });

  test('to a user who is not there is refused', async () => {
    ended(await toGrant('--trust', SOURCE, '--grant-to', `arn:aws:iam::${SOURCE}:user/ops/jane`));
    const refused = await accept('grant.json', '--source-profile', 'source', '--yes');
    expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining(`it is ${JANE}`)]);
    expect(await inlineOfJane()).toEqual({});
  });

  test('is not written over a file that is something else', async () => {
    await product.put('grant.json', '{"mine": true}');
    ended(await toGrant('--trust', JANE), 2);
    expect(await product.read('grant.json')).toBe('{"mine": true}');
    expect(product.writes()).toEqual([]);
  });

  test('that was tampered with is refused with what is too much, before AWS is asked for anything', async () => {
    ended(await toGrant('--trust', JANE));
    const text = await product.read('grant.json');
    const calls = product.sandbox.log().length;
    for (const hostile of [
      text.replace('"sts:TagSession"', '"sts:TagSession",\n      "iam:PassRole"'),
      text.replace(ROLE, ROLE.replace('xacct-terraform', '*')),
      text.replace('"schema": 1,', '"schema": 1,\n  "also": "x",'),
    ]) {
      await product.put('hostile.json', hostile);
      const { status, stderr } = await accept('hostile.json', '--source-profile', 'source', '--yes');
      expect([status, stderr]).toEqual([2, expect.stringContaining('[INVALID_HANDOFF]')]);
    }
    expect(product.sandbox.log()).toHaveLength(calls);
  });
});

describe('from the source: the role', () => {
  test('is written with leave given here, made with permissions of the other, and proved', async () => {
    const made = await toMake('--trust', JANE, '--grant-source');
    ended(made);
    expect(made.stderr).toContain(`SHA-256 ${await hashOf('role.json')}`);
    expect(await inlineOfJane()).toMatchObject({ [GRANT]: { Statement: [{ Resource: ROLE }] } });
    expect((await wholeStateOf(product.sandbox, TARGET)).roles).toEqual({});
    ended(await accept('role.json', '--target-profile', 'target', '--policy', 's3.json', '--yes'));
    const { roles, policies } = await wholeStateOf(product.sandbox, TARGET);
    expect(Object.keys(roles)).toEqual(['xacct-terraform']);
    expect(Object.keys(policies)).toEqual(['xacct-terraform-s3']);
    ended(await product.run(['verify', '--source-profile', 'jane'], await asJane()));
    const writes = product.writes().length;
    ended(await accept('role.json', '--target-profile', 'target', '--policy', 's3.json', '--yes'));
    expect(product.writes()).toHaveLength(writes);
  });

  test('of a role that we made before shows what changes of its trust, and takes nobody out of it by a plain yes', async () => {
    ended(await toMake('--trust', JANE));
    const target = ['--target-profile', 'target', '--policy', 's3.json'];
    ended(await accept('role.json', ...target, '--yes'));
    const trustOf = async () => JSON.stringify((await wholeStateOf(product.sandbox, TARGET)).roles['xacct-terraform']?.trust);
    const before = await trustOf();
    const bob = `arn:aws:iam::${SOURCE}:user/bob`;
    for (const name of ['role.json', 'xacct.yaml']) await rm(path.join(product.folder, name));
    ended(await toMake('--trust', bob));
    const declined = await accept('role.json', ...target);
    ended(declined, 9);
    expect(declined.stderr).toContain('~ role/xacct-terraform/trust');
    expect(declined.stderr).toContain('removes access');
    expect(await trustOf()).toBe(before);
    const accepted = await accept('role.json', ...target, '--yes', '--json');
    expect({ status: accepted.status, applied: JSON.parse(accepted.stdout).result.targets[0].applied }).toEqual({
      status: 1,
      applied: [],
    });
    expect(accepted.stderr).toContain('role/xacct-terraform/trust stays as it is');
    expect(accepted.stderr).not.toContain('made arn:');
    expect(accepted.stderr).not.toContain('proves it');
    expect(await trustOf()).toBe(before);
    const [, next = ''] = /^next: xacct (.*)$/m.exec(accepted.stderr) ?? [];
    expect(next).toBe('accept role.json --target-profile target --policy s3.json --json --yes --prune');
    ended(await product.run(next.split(' ')));
    expect([(await trustOf()).includes(bob), (await trustOf()).includes(JANE)]).toEqual([true, false]);
    const answers = [{ asked: `Make this change in account ${TARGET}?`, answer: 'yes-prune' }];
    for (const name of ['role.json', 'xacct.yaml']) await rm(path.join(product.folder, name));
    ended(await toMake('--trust', JANE));
    ended(await product.run(['accept', 'role.json', ...target], { answers }));
    expect([(await trustOf()).includes(bob), (await trustOf()).includes(JANE)]).toEqual([false, true]);
  });

  test('of a role that we made before lets somebody more in by a plain yes, and nobody out', async () => {
    ended(await toMake('--trust', JANE));
    const target = ['--target-profile', 'target', '--policy', 's3.json'];
    ended(await accept('role.json', ...target, '--yes'));
    const before = (await wholeStateOf(product.sandbox, TARGET)).roles['xacct-terraform']?.trust;
    // As it was when the role was handed over, from the folder that did it.
    ended(await toMake('--trust', `arn:aws:iam::${SOURCE}:user/bob`, '--save'));
    const accepted = await accept('role.json', ...target, '--yes', '--json');
    expect(accepted.stderr).not.toContain('stays as it is');
    expect({ status: accepted.status, applied: JSON.parse(accepted.stdout).result.targets[0].applied }).toEqual({
      status: 0,
      applied: ['role/xacct-terraform/trust'],
    });
    const after = (await wholeStateOf(product.sandbox, TARGET)).roles['xacct-terraform']?.trust;
    const widened = JSON.stringify(before).replaceAll(`"${JANE}"`, `["${JANE}","arn:aws:iam::${SOURCE}:user/bob"]`);
    expect(JSON.stringify(after)).toBe(widened);
    ended(await product.run(['verify', '--source-profile', 'source']), 1);
    const writes = product.writes().length;
    ended(await accept('role.json', ...target, '--yes'));
    expect(product.writes()).toHaveLength(writes);
  });

  test('leaves neither a file nor a hand-off where the leave is refused', async () => {
    const clerk = await as('clerk');
    const argv = ['init', '--source-profile', 'clerk', '--target-account', TARGET, '--trust', JANE];
    const refused = await product.run([...argv, '--grant-source', '--handoff', 'role.json', '--yes'], clerk);
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('removed ./xacct.yaml again')]);
    expect(refused.stderr).toContain('iam:PutUserPolicy');
    expect(await product.list()).toEqual(['.xacct', 'aws-config', 's3.json']);
  });

  test('has its journal beside the file, wherever that is', async () => {
    await mkdir(path.join(product.folder, 'sub'));
    ended(await toMake('--trust', JANE, '--grant-source', '--config', 'sub/xacct.yaml'));
    expect(await product.list()).toEqual(['role.json', 's3.json', 'sub']);
    expect((await readdir(path.join(product.folder, 'sub'))).toSorted()).toEqual(['.xacct', 'xacct.yaml']);
    expect(await readdir(product.folder)).not.toContain('.xacct');
    await rm(path.join(product.folder, 'sub/.xacct'), { recursive: true });
    ended(await accept('role.json', '--target-profile', 'target', '--policy', 's3.json', '--config', 'sub/xacct.yaml', '--yes'));
    expect(await readdir(path.join(product.folder, 'sub'))).toContain('.xacct');
    expect(await readdir(product.folder)).not.toContain('.xacct');
  });

  test('needs the accepting administrator to say what the role may do', async () => {
    ended(await toMake('--trust', JANE));
    const refused = await accept('role.json', '--target-profile', 'target', '--yes');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('the role needs permissions')]);
    const [, named = ''] =
      /: xacct (accept role\.json --target-profile target --yes --preset) s3-bucket:NAME$/m.exec(refused.stderr) ?? [];
    expect(refused.stderr).not.toContain('xacct init');
    expect(product.writes()).toEqual([]);
    ended(await product.run([...named.split(' '), 'read-only']));
  });

  test('is for the target alone', async () => {
    ended(await toMake('--trust', JANE));
    ended(await accept('role.json', '--target-profile', 'source', '--permissions', 'none', '--yes'), 3);
    ended(await accept('role.json', '--source-profile', 'source', '--permissions', 'none', '--yes'), 2);
    expect(product.writes()).toEqual([]);
  });

  test.each([
    ['tokens', ['--trust', 'github:acme/infra:environment=prod'], 'tokens enter by a provider'],
    ['a role of instances that is to be made', ['--trust', 'ec2'], 'takes the credentials of both sides'],
    ['the target itself', ['--trust', JANE, '--target-account', SOURCE], 'are of the target account'],
  ])('is not handed over for %s', async (_, args, says) => {
    const { status, stderr } = await toMake(...args);
    expect([status === 2 || status === 3, stderr]).toEqual([true, expect.stringContaining(says)]);
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual(['s3.json']);
  });
});

test('with the credentials of both sides there is nothing to hand over', async () => {
  const both = ['--target-profile', 'target', '--source-profile', 'source', '--handoff', 'x.json', '--trust', JANE];
  const refused = await init(...both);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('there is nothing to hand over')]);
});

test('accept needs a file', async () => {
  ended(await accept(), 2);
  ended(await accept('missing.json'), 2);
});
