/** What was once found by attacking: each must stay refused, held back or told apart. */
import { lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHolds } from '#host/journal.ts';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';

const CHANGED = S3_POLICY.replace('s3:ListBucket', 's3:GetBucketLocation');
const ROLE = `arn:aws:iam::${TARGET}:role/named-sessions`;
const INIT = ['init', ...BOTH, '--policy', 's3=./s3.json', '--yes', '--external-id', 'abcd'];

let product: Product;
beforeEach(async () => {
  const named = trustPolicy({ AWS: SOURCE }, { StringEquals: { 'sts:RoleSessionName': 'terraform' } });
  product = await openProduct({
    seed: { accounts: { [TARGET]: { roles: [{ RoleName: 'named-sessions', AssumeRolePolicyDocument: named }] } } },
  });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

describe('verify', () => {
  test('does not take a refusal of the session name for a proof of the external ID', async () => {
    const ran = await product.run(['verify', '--role-arn', ROLE, '--external-id', 'any', '--source-profile', 'source', '--json']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('"code":"EXTERNAL_ID_NOT_ENFORCED"');
  });

  test('does not let --target-account be another account than the role', async () => {
    const ran = await product.run([
      'verify',
      '--role-arn',
      ROLE,
      '--target-account',
      '333333333333',
      '--source-profile',
      'source',
    ]);
    expect({ status: ran.status, wrong: ran.stderr.includes('[WRONG_ACCOUNT]') }).toEqual({ status: 3, wrong: true });
  });

  test('puts its proof through no link that came with a repository', async () => {
    expect(await product.run(INIT)).toMatchObject({ status: 0 });
    const proof = path.join(product.folder, '.xacct/proofs/target.json');
    await product.put('bashrc', 'kept');
    await rm(proof);
    await symlink('../../bashrc', proof);
    expect(await product.run(['verify'])).toMatchObject({ status: 0 });
    expect(await product.read('bashrc')).toBe('kept');
    expect(await readFile(proof, 'utf8')).toContain('accessDigest');
    expect((await lstat(proof)).isSymbolicLink()).toBe(false);
  });

  test('shows no control characters of a file', async () => {
    await product.put('xacct.yaml', 'version: 1\n"\\e]0;pwned\\a\\e[31mred": 1\ntargets: { a: { account: "222222222222" } }\n');
    const ran = await product.runRaw(['verify']);
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(ran.stderr)).toBe(false);
    expect(ran.status).toBe(2);
  });
});

describe('destroy', () => {
  test('takes no role of the source for its own because of tags that somebody put on it', async () => {
    await product.run([...INIT, '--grant-source']);
    const [source, target] = [adminOf(product.sandbox, SOURCE).iam, adminOf(product.sandbox, TARGET).iam];
    const tags = { 'xacct:managed': '1', 'xacct:id': `${SOURCE}/${TARGET}/xacct-terraform` };
    const victim = { RoleName: 'victim', AssumeRolePolicyDocument: trustPolicy({ Service: 'ec2.amazonaws.com' }) };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await source.send(new CreateRoleCommand({ ...victim, Tags }));
    await source.send(new PutRolePolicyCommand({ RoleName: 'victim', PolicyName: 'work', PolicyDocument: S3_POLICY }));
    const PolicyDocument = trustPolicy({ AWS: [`arn:aws:iam::${SOURCE}:role/victim`, `arn:aws:iam::${SOURCE}:user/admin`] });
    await target.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument }));
    expect(await product.run(['destroy', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
    const { PolicyNames } = await source.send(new ListRolePoliciesCommand({ RoleName: 'victim' }));
    expect(PolicyNames).toEqual(['work']);
  });
});

describe('plan', () => {
  test('writes its plan over no file of another kind', async () => {
    await product.run(INIT);
    const before = await product.read('xacct.yaml');
    expect(await product.run(['plan', '--out', 'xacct.yaml'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('xacct.yaml is there, and is no plan of xacct') as unknown,
    });
    expect(await product.read('xacct.yaml')).toBe(before);
    expect(await product.run(['plan', '--out', "p'.json"])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(String.raw`xacct init --plan 'p'\''.json'`) as unknown,
    });
    expect(await product.run(['plan', '--out', "p'.json"])).toMatchObject({ status: 0 });
  });
});

describe('init', () => {
  test('a second external ID only widens, and needs no more than a yes', async () => {
    await product.run(INIT);
    const file = await product.read('xacct.yaml');
    await product.put(
      'xacct.yaml',
      file.replace('externalId: abcd', 'externalId: [abcd, efgh]').replace('"abcd"', '[abcd, efgh]'),
    );
    const ran = await product.run(['init', '--yes']);
    expect(ran.stderr).toContain('(widens access)');
    expect(ran.stderr).toContain('made 1 change');
  });

  test('to drop the external ID is marked, and not covered by a plain yes', async () => {
    await product.run(INIT);
    const file = await product.read('xacct.yaml');
    await product.put('xacct.yaml', file.replace('externalId: abcd', 'externalId: none').replace('"abcd"', 'none'));
    const ran = await product.run(['init', '--yes', '--timeout', '0']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('(drops a condition)');
    expect(ran.stderr).toContain('[HELD_BACK]');
    // What was not made is not proved either.
    expect(ran.stderr).toContain('not finished, left as it is, and so not proved: role/xacct-terraform/trust');
    expect(ran.stderr).not.toContain('✗');
    expect(product.writes().filter((action) => action === 'UpdateAssumeRolePolicy')).toEqual([]);
  });

  test('a run that made nothing leaves no file behind, so that the next one is not bound by it', async () => {
    const ran = await product.run([...INIT, '--trust', `arn:aws:iam::${SOURCE}:user/nobody`]);
    expect(ran.status).toBe(4);
    expect(await product.list()).not.toContain('xacct.yaml');
    expect(await product.run([...INIT, '--trust', `arn:aws:iam::${SOURCE}:user/admin`])).toMatchObject({ status: 0 });
  });

  test('a role that appeared after the plan is not taken for our own, and stays when this run fails', async () => {
    const other = ['init', ...BOTH, '--policy', 's3=./s3.json', '--external-id', 'abcd'];
    const elsewhere = path.join(product.folder, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 's3.json'), S3_POLICY);
    const answer = async (): Promise<void> => {
      // While the question is on the screen, somebody else makes the same.
      expect(await product.run([...other, '--yes'], { context: { cwd: elsewhere } })).toMatchObject({ status: 0 });
    };
    const ran = await product.run([...other, '--yes'], {
      context: {
        hold: async (_folder, work) => {
          await answer();
          return work({ begin: nothing, end: nothing, undo: nothing });
        },
      },
    });
    expect({ status: ran.status, told: ran.stderr.includes('[STALE]') }).toEqual({ status: 5, told: true });
    expect(await product.run(['verify', '--source-profile', 'source'], { context: { cwd: elsewhere } })).toMatchObject({
      status: 0,
    });
  });

  test('a role that appeared after the plan stays where nobody knows whether ours was made, because no answer came', async () => {
    let isThere = false;
    const ran = await product.run(INIT, {
      context: {
        hold: async (_folder, work) => {
          if (!isThere)
            await adminOf(product.sandbox, TARGET).iam.send(
              new CreateRoleCommand({ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) }),
            );
          isThere = true;
          product.sandbox.setFaults({ rules: [{ kind: 'drop', action: 'CreateRole', times: 30 }] });
          return work({ begin: nothing, end: nothing, undo: nothing });
        },
      },
    });
    expect([ran.status, ran.stderr]).toEqual([7, expect.stringContaining('taken back')]);
    const { roles, policies } = await stateOf(product.sandbox, TARGET);
    expect([roles.map(({ name }) => name), policies]).toEqual([['named-sessions', 'xacct-terraform'], []]);
  });

  test('an xacct.yaml that appeared after the plan is not overwritten', async () => {
    const ran = await product.run(INIT, {
      context: {
        hold: async (_folder, work) => {
          await product.put('xacct.yaml', 'mine');
          return work({ begin: nothing, end: nothing, undo: nothing });
        },
      },
    });
    expect({ status: ran.status, told: ran.stderr.includes('[STALE]') }).toEqual({ status: 5, told: true });
    expect(await readFile(path.join(product.folder, 'xacct.yaml'), 'utf8')).toBe('mine');
    expect(product.writes()).toEqual([]);
  });

  test('an external ID that another run wrote meanwhile stays: the role asks for it', async () => {
    const file = [
      'version: 1',
      `source: { account: "${SOURCE}" }`,
      `role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"] }`,
      'permissions: { policies: { s3: s3.json } }',
      `targets: { dev: { account: "${TARGET}" } }`,
      '',
    ];
    await product.put('xacct.yaml', file.join('\n'));
    const hold = createHolds('this');
    let isFaster = true;
    const ran = await product.run(['init', ...BOTH, '--yes'], {
      context: {
        hold: async (folder, work) => {
          if (isFaster) {
            isFaster = false;
            expect(await product.run(['init', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
          }
          return hold(folder, work);
        },
      },
    });
    expect({ status: ran.status, told: ran.stderr.includes('[STALE]') }).toEqual({ status: 5, told: true });
    const again = await product.run(['init', ...BOTH, '--yes']);
    expect([again.status, again.stderr]).toEqual([0, expect.stringContaining('nothing to do')]);
  });

  test('an xacct.yaml is left alone while another run works in the folder, even where it is all that would change', async () => {
    expect(await product.run(INIT)).toMatchObject({ status: 0 });
    const before = await product.read('xacct.yaml');
    const saving = ['init', ...BOTH, '--yes', '--region', 'eu-west-1', '--save'];
    const ran = await createHolds('another')(product.folder, () => product.run(saving));
    expect({ status: ran.status, told: ran.stderr.includes('[LOCKED]') }).toEqual({ status: 5, told: true });
    expect(await product.read('xacct.yaml')).toBe(before);
    expect(await product.run(saving)).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).toContain('region: eu-west-1');
  });

  test('a journal that cannot be written stops the run, and what was made is taken back', async () => {
    let lines = 0;
    const full = async (): Promise<void> => {
      lines += 1;
      if (lines > 3) throw new Error('ENOSPC: no space left on device');
    };
    const ran = await product.run(INIT, {
      context: { hold: (_folder, work) => work({ begin: full, end: full, undo: full }) },
    });
    expect(ran.status).not.toBe(0);
    expect(await product.run(['init', ...BOTH, '--policy', 's3=./s3.json', '--external-id', 'abcd', '--dry-run'])).toMatchObject({
      stderr: expect.stringContaining('3 to change') as unknown,
    });
  });

  test('a plan that somebody looked at for long, and that was overtaken, is not carried out', async () => {
    await product.run(INIT);
    await product.put('s3.json', CHANGED);
    let elapsedMs = 0;
    const confirm = async (): Promise<boolean> => {
      elapsedMs = 60_000;
      const faster = new UpdateRoleCommand({ RoleName: 'xacct-terraform', Description: 'somebody else was faster' });
      await adminOf(product.sandbox, TARGET).iam.send(faster);
      return true;
    };
    const ran = await product.run(['init', ...BOTH], {
      clock: { now: () => Date.now() + elapsedMs, sleep: nothing },
      context: { canAsk: true, prompter: async () => ({ confirm, input: unasked, select: unasked, step: unasked }) },
    });
    expect({ status: ran.status, told: ran.stderr.includes('[STALE]') }).toEqual({ status: 5, told: true });
    expect(product.writes()).not.toContain('CreatePolicyVersion');
  });

  test('a policy of our prefix that carries no tags of ours is detached at most, never deleted', async () => {
    await product.run(INIT);
    const { iam } = adminOf(product.sandbox, TARGET);
    const foreign = { PolicyName: 'xacct-terraform-of-somebody', PolicyDocument: S3_POLICY };
    const { Policy } = await iam.send(new CreatePolicyCommand(foreign));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn: Policy?.Arn }));
    expect(await product.run(['init', '--yes', '--prune'])).toMatchObject({ status: 0 });
    expect(product.writes()).toContain('DetachRolePolicy');
    expect(product.writes()).not.toContain('DeletePolicy');
  });

  test('a role with our id but without the mark of being managed is not ours', async () => {
    const tags = [{ Key: 'xacct:id', Value: `${SOURCE}/${TARGET}/xacct-terraform` }];
    const role = { RoleName: 'xacct-terraform', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }), Tags: tags };
    await adminOf(product.sandbox, TARGET).iam.send(new CreateRoleCommand(role));
    expect(await product.run(INIT)).toMatchObject({ status: 5, stderr: expect.stringContaining('[NOT_OURS]') as unknown });
  });

  test('a policy that could not be deleted brings back the one that was', async () => {
    await product.put('other.json', CHANGED);
    await product.run([...INIT, '--policy', 'other=./other.json']);
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new CreateRoleCommand({ RoleName: 'user-of-it', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }));
    const used = `arn:aws:iam::${TARGET}:policy/xacct-terraform-other`;
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'user-of-it', PolicyArn: used }));
    const ran = await product.run(['init', ...BOTH, '--permissions', 'none', '--yes', '--prune']);
    expect(ran.status).toBe(4);
    expect(await product.run(['init', '--dry-run'])).toMatchObject({
      stderr: expect.stringContaining('nothing to do') as unknown,
    });
  });

  test('shows no line that a description or a policy of somebody else brings along', async () => {
    const forged = 'x\n  + role/fake\n  who may assume the role then:\n      nobody';
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${forged}` }],
    });
    await product.run(INIT);
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new UpdateRoleCommand({ RoleName: 'xacct-terraform', Description: forged }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyName: 'p', PolicyDocument: policy }));
    for (const argv of [['plan'], ['plan', '--format', 'md'], ['init', '--dry-run']]) {
      const { stdout, stderr } = await product.run(argv);
      expect(`${stdout}${stderr}`).toContain(String.raw`x\u000a`);
      expect(`${stdout}${stderr}`).not.toMatch(/^\s*\+ role\/fake/m);
    }
  });

  test('a word among external IDs is no external ID', async () => {
    const ran = await product.run([...INIT, '--external-id', 'generate']);
    expect({ status: ran.status, writes: product.writes() }).toEqual({ status: 2, writes: [] });
  });

  test.each([
    ['--permissions', 'none', '--policy', 's3=./s3.json'],
    ['--tag', 'a=b', '--tag', 'a=c', '--policy', 's3=./s3.json'],
  ])('refuses what contradicts itself: %s %s %s %s', async (...flags) => {
    const ran = await product.run(['init', ...BOTH, ...flags, '--yes']);
    expect({ status: ran.status, writes: product.writes() }).toEqual({ status: 2, writes: [] });
  });
});

const nothing = async (): Promise<void> => undefined;

const unasked = (): Promise<never> => Promise.reject(new Error('nobody expected this question'));
