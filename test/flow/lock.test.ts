/** xacct lock and unlock, with sessions that live: they end at once, nobody gets in, and unlock leaves no trace. */
import {
  CreateOpenIDConnectProviderCommand,
  CreateUserCommand,
  DeleteUserCommand,
  GetRoleCommand,
  GetUserCommand,
  ListRolesCommand,
  AttachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { isTrustLocked, unlockTrust } from '#domain/role-lock.ts';
import type { Journal } from '#core/ports/journal.ts';
import { wholeStateOf } from '../support/account-state.ts';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy, clientsWith, keysOf, refusal } from '../support/sandbox-clients.ts';

const ROLE = 'xacct-terraform';
const ROLE_ARN = `arn:aws:iam::${TARGET}:role/${ROLE}`;

const nothing = async (): Promise<void> => undefined;
const SILENT: Journal = { begin: nothing, end: nothing, undo: nothing };

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('roles.json', allowPolicy('iam:ListRoles'));
  const args = ['init', ...BOTH, '--policy', 'roles=roles.json', '--external-id', 'none', '--yes'];
  expect(await product.run(args)).toMatchObject({ status: 0 });
});
afterEach(() => product.close());

const lock = (way: 'lock' | 'unlock', ...more: readonly string[]) =>
  product.run([way, '--target-profile', 'target', '--yes', ...more]);

const enter = () =>
  adminOf(product.sandbox, SOURCE).sts.send(new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'live' }));
const state = () => wholeStateOf(product.sandbox, TARGET);

const trust = async (): Promise<PolicyDocument> => {
  const { Role } = await adminOf(product.sandbox, TARGET).iam.send(new GetRoleCommand({ RoleName: ROLE }));
  return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as PolicyDocument;
};
const setTrust = (document: PolicyDocument) =>
  adminOf(product.sandbox, TARGET).iam.send(
    new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument: JSON.stringify(document) }),
  );

describe('lock', () => {
  test('ends sessions that live, and lets nobody in; unlock takes exactly that back', async () => {
    const session = clientsWith(product.sandbox, keysOf(await enter()));
    await session.iam.send(new ListRolesCommand({}));
    const before = await state();

    expect(await lock('lock')).toMatchObject({ status: 0 });
    expect(await refusal(session.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });

    expect(await lock('unlock')).toMatchObject({ status: 0 });
    expect(await state()).toEqual(before);
    await session.iam.send(new ListRolesCommand({}));
    await enter();
  });

  test('ends every session, those that slip in while IAM spreads the change and by a slow clock of this machine too', async () => {
    const session = clientsWith(product.sandbox, keysOf(await enter()));
    const slow = { now: () => Date.now() - 3_600_000, sleep: async () => undefined };
    const ran = await product.run(['lock', '--target-profile', 'target', '--yes'], { clock: slow });
    expect(ran).toMatchObject({ status: 0 });
    expect(await refusal(session.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
    await setTrust(unlockTrust(await trust()));
    product.sandbox.advanceClock(600_000);
    const late = clientsWith(product.sandbox, keysOf(await enter()));
    expect(await refusal(late.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
  });

  describe('of a role whose trust policy has no room left for it', () => {
    const long = { Sid: 'x'.repeat(1500), Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' } as const;
    const dropping = (action: string) => ({ rules: [{ kind: 'drop', action, times: 30 } as const] });
    const makeLong = async () => {
      const open = await trust();
      await setTrust({ ...open, Statement: [...statementsOf(open), long] });
      product.sandbox.advanceClock(600_000);
    };

    test('puts the trust policy away, and unlock brings exactly that back', async () => {
      await makeLong();
      const session = clientsWith(product.sandbox, keysOf(await enter()));
      const before = await state();

      expect(await lock('lock')).toMatchObject({ status: 0 });
      product.sandbox.advanceClock(600_000);
      expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
      expect(await refusal(session.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
      const locked = await state();
      const again = await lock('lock');
      expect({ status: again.status, said: again.stderr.includes('is locked already') }).toEqual({ status: 0, said: true });
      expect(await state()).toEqual(locked);

      expect(await lock('unlock')).toMatchObject({ status: 0 });
      expect(await state()).toEqual(before);
      product.sandbox.advanceClock(600_000);
      await enter();
    });

    test.each([
      ['before the trust policy was kept', 'PutRolePolicy'],
      ['after it was kept', 'UpdateAssumeRolePolicy'],
    ])('and was cut off %s, is locked by the next run', async (_, action) => {
      await makeLong();
      const before = await state();
      product.sandbox.setFaults(dropping(action));
      expect((await lock('lock')).status).toBeGreaterThan(0);
      product.sandbox.setFaults({});
      expect(await lock('lock')).toMatchObject({ status: 0 });
      product.sandbox.advanceClock(600_000);
      expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
      expect(await lock('unlock')).toMatchObject({ status: 0 });
      expect(await state()).toEqual(before);
    });

    test.each([
      ['before the trust policy was back', 'UpdateAssumeRolePolicy'],
      ['after it was back', 'DeleteRolePolicy'],
    ])('is unlocked by the next run where unlock was cut off %s', async (_, action) => {
      await makeLong();
      const before = await state();
      await lock('lock');
      product.sandbox.setFaults(dropping(action));
      expect((await lock('unlock')).status).toBe(6);
      product.sandbox.setFaults({});
      expect(await lock('unlock')).toMatchObject({ status: 0 });
      expect(await state()).toEqual(before);
    });

    test('leaves alone what plan says, and what init changes is in force after unlock', async () => {
      const many = Array.from({ length: 12 }, (_, i) => `203.0.113.${i}/32`).flatMap((cidr) => ['--source-ip', cidr]);
      const long = ['--session-name-prefix', 'p'.repeat(60), '--trust', SOURCE, ...many];
      const wide = [
        ...BOTH,
        ...long,
        '--require-session-tag',
        `k=${'v'.repeat(250)}`,
        '--require-session-tag',
        `l=${'w'.repeat(180)}`,
      ];
      expect((await product.run(['init', ...wide, '--yes', '--prune', '--skip', 'negative'])).stderr).not.toContain(
        'LimitExceeded',
      );
      await lock('lock');
      const ran = await product.run(['plan', ...wide, '--json']);
      expect(JSON.parse(ran.stdout)).toMatchObject({ result: { targets: [{ locked: true, lockLacks: null }] } });
      expect(ran.stdout).not.toMatch(/"action": ?"(?:update|create|delete)"/);
      await product.run(['init', ...wide, '--source-ip', '198.51.100.7/32', '--yes', '--prune']);
      await lock('unlock');
      expect(JSON.stringify(await trust())).toContain('198.51.100.7/32');
      expect(Object.keys((await state()).roles[ROLE]?.inline ?? {})).toEqual([]);
    });

    test('and nowhere to keep it says that people get in, and what shuts them out', async () => {
      await makeLong();
      const Resource = Array.from({ length: 90 }, (_, i) => `arn:aws:s3:::${'b'.repeat(80)}-${i}`);
      const PolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource }],
      });
      const { iam } = adminOf(product.sandbox, TARGET);
      await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'long', PolicyDocument }));
      const ran = await lock('lock');
      expect(ran.status).toBe(6);
      expect(ran.stderr).toContain(`people still get into role ${ROLE}`);
      expect(ran.stderr).toContain(`aws iam update-assume-role-policy --role-name ${ROLE} --policy-document '{`);
      expect(ran.stderr).not.toContain('sessions that are open go on');
      const plan = await product.run(['plan', ...BOTH, '--external-id', 'none', '--json']);
      expect(JSON.parse(plan.stdout)).toMatchObject({ result: { targets: [{ locked: false, lockLacks: 'trust' }] } });
    });
  });

  test('shuts a role that trusts somebody who was deleted since; init then makes the trust policy good', async () => {
    const source = adminOf(product.sandbox, SOURCE).iam;
    const { User } = await source.send(new CreateUserCommand({ UserName: 'gone' }));
    const open = await trust();
    const gone = { Effect: 'Allow', Principal: { AWS: User?.Arn ?? '' }, Action: 'sts:AssumeRole' } as const;
    await setTrust({ ...open, Statement: [...statementsOf(open), gone] });
    await source.send(new DeleteUserCommand({ UserName: 'gone' }));
    product.sandbox.advanceClock(600_000);
    expect(await lock('lock')).toMatchObject({ status: 0 });
    product.sandbox.advanceClock(600_000);
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
    const locked = await state();
    const refused = await lock('unlock');
    expect({ status: refused.status, after: await state() }).toEqual({ status: 5, after: locked });
    expect(refused.stderr).toMatch(/trusts AIDA\w+, which was deleted: .* so the lock stays \[ROLE_LOCKED\]/);
    expect(refused.stderr).toContain('and unlock it then: xacct init --target-profile target\n');
    await product.run(['init', ...BOTH, '--external-id', 'none', '--yes', '--prune']);
    expect(await lock('unlock')).toMatchObject({ status: 0 });
    product.sandbox.advanceClock(600_000);
    await enter();
  });

  test('again shuts out an identity provider that the trust policy got since', async () => {
    await lock('lock');
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: 'https://idp.example.com', ClientIDList: ['a'] }));
    const Federated = `arn:aws:iam::${TARGET}:oidc-provider/idp.example.com`;
    const locked = await trust();
    const added = { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' } as const;
    await setTrust({ ...locked, Statement: [...statementsOf(locked), added] });
    expect(await lock('lock')).toMatchObject({ status: 0 });
    expect(statementsOf(await trust()).at(-1)).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*', Federated: [Federated] } });
  });

  test('is not taken in by a statement or a policy of its name that says less', async () => {
    const open = await trust();
    const less = { Sid: 'XacctLock', Effect: 'Deny', Principal: { AWS: SOURCE }, Action: 'sts:TagSession' } as const;
    await setTrust({ ...open, Statement: [...statementsOf(open), less] });
    const put = { RoleName: ROLE, PolicyName: 'xacct-lock', PolicyDocument: allowPolicy('s3:ListAllMyBuckets') };
    await adminOf(product.sandbox, TARGET).iam.send(new PutRolePolicyCommand(put));
    const session = clientsWith(product.sandbox, keysOf(await enter()));
    expect(await lock('lock')).toMatchObject({ status: 0 });
    expect(await refusal(session.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
    const again = await lock('lock');
    expect({ status: again.status, said: again.stderr.includes('is locked already') }).toEqual({ status: 0, said: true });
  });

  test('again is no change, and says so; so is unlock of what is not locked', async () => {
    await lock('lock');
    const before = await state();
    const again = await lock('lock');
    expect({ status: again.status, said: again.stderr.includes('is locked already') }).toEqual({ status: 0, said: true });
    expect(await state()).toEqual(before);
    await lock('unlock');
    const unlocked = await lock('unlock');
    expect({ status: unlocked.status, said: unlocked.stderr.includes('is not locked') }).toEqual({ status: 0, said: true });
  });

  test('in JSON is what it did', async () => {
    expect(JSON.parse((await lock('lock', '--json')).stdout)).toMatchObject({
      command: 'lock',
      ok: true,
      result: {
        targets: [
          {
            name: 'target',
            role: { arn: ROLE_ARN },
            locked: true,
            changed: [`role/${ROLE}/inline/xacct-lock`, `role/${ROLE}/trust`],
          },
        ],
      },
    });
  });

  const opening = (times: number) => {
    let left = times;
    return {
      context: {
        hold: async <T>(_: string, work: (journal: Journal) => Promise<T>): Promise<T> => {
          const done = await work(SILENT);
          if (left-- > 0) await setTrust(unlockTrust(await trust()));
          return done;
        },
      },
    };
  };

  test('looks again: a trust policy that somebody opens at the same time is shut again', async () => {
    const ran = await product.run(['lock', '--target-profile', 'target', '--yes'], opening(2));
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('nobody gets in') as unknown });
    expect(isTrustLocked(await trust())).toBe(true);
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
  });

  test('says of a role that somebody opens again and again that it is not locked', async () => {
    const ran = await product.run(['lock', '--target-profile', 'target', '--yes'], opening(100));
    expect(ran).toMatchObject({ status: 5, stdout: '' });
    expect(ran.stderr).toContain(`role ${ROLE} of account ${TARGET} is opened again as soon as it is locked`);
    expect(ran.stderr).not.toContain('nobody gets in');
  });

  test('stays where an init that was planned before would open the trust policy', async () => {
    const hold = async <T>(_: string, work: (journal: Journal) => Promise<T>): Promise<T> => {
      expect(await lock('lock')).toMatchObject({ status: 0 });
      return work(SILENT);
    };
    const trusting = ['init', ...BOTH, '--yes', '--trust', SOURCE, '--save'];
    const ran = await product.run(trusting, { context: { hold } });
    expect(ran).toMatchObject({ status: 5, stderr: expect.stringContaining('[STALE]') as unknown });
    expect(ran.stderr).toContain(`role/${ROLE}/trust`);
    expect(isTrustLocked(await trust())).toBe(true);
  });

  test('needs a yes', async () => {
    const before = await state();
    expect(await product.run(['lock', '--target-profile', 'target'])).toMatchObject({ status: 9 });
    const answers = [{ asked: `Lock role ${ROLE} of account ${TARGET} now?`, answer: false }];
    expect(await product.run(['lock', '--target-profile', 'target'], { answers })).toMatchObject({ status: 9 });
    expect(await state()).toEqual(before);
  });

  test('half done, because a call was lost, is done by the next run; nothing is taken back', async () => {
    product.sandbox.setFaults({ rules: [{ kind: 'drop', action: 'UpdateAssumeRolePolicy', times: 30 }] });
    expect((await lock('lock')).status).toBe(6);
    expect(Object.keys((await state()).roles[ROLE]?.inline ?? {})).toEqual(['xacct-lock']);
    product.sandbox.setFaults({});
    expect(await lock('lock')).toMatchObject({ status: 0 });
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
    expect(await lock('unlock')).toMatchObject({ status: 0 });
    await enter();
  });

  test('without room for its policy shuts the role, and says what ends the sessions that are open', async () => {
    const session = clientsWith(product.sandbox, keysOf(await enter()));
    const { iam } = adminOf(product.sandbox, TARGET);
    const Resource = Array.from({ length: 101 }, (_, i) => `arn:aws:s3:::${'b'.repeat(80)}-${i}`);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:ListBucket', 'iam:ListRoles'], Resource: [...Resource, '*'] }],
    });
    await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'long', PolicyDocument }));
    const ran = await lock('lock');
    expect(ran.status).toBe(6);
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSDenyAll';
    expect(ran.stderr).toContain(`aws iam attach-role-policy --role-name ${ROLE} --policy-arn ${PolicyArn}`);
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
    await session.iam.send(new ListRolesCommand({}));
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
    expect(await refusal(session.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
  });

  test('of a role that is not there, or not ours, is refused', async () => {
    expect(await lock('lock', '--role-name', 'nobody')).toMatchObject({ status: 2 });
    expect(await lock('lock', '--role-name', 'admin-of-others')).toMatchObject({ status: 2 });
    await adminOf(product.sandbox, SOURCE).iam.send(new GetUserCommand({ UserName: 'admin' }));
  });
});

describe('a role that is locked', () => {
  test('is said to be by plan, and is not as it should be', async () => {
    await lock('lock');
    const ran = await product.run(['plan', ...BOTH, '--check']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('nothing to do');
    expect((await product.run(['plan', ...BOTH])).status).toBe(0);
    expect(ran.stdout).toContain('the role is locked: nobody gets in until xacct unlock');
    expect(JSON.parse((await product.run(['plan', ...BOTH, '--json'])).stdout)).toMatchObject({
      result: { targets: [{ locked: true }] },
    });
  });

  test('stays locked by init, which changes what else is to be changed and does not prove it', async () => {
    await lock('lock');
    const ran = await product.run(['init', ...BOTH, '--description', 'new', '--trust', SOURCE, '--yes', '--prune']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('[ROLE_LOCKED]');
    expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied' });
    await lock('unlock');
    await enter();
    expect((await product.run(['plan', ...BOTH, '--description', 'new', '--trust', SOURCE, '--check'])).status).toBe(0);
  });

  test.each([
    ['verify', 'ROLE_LOCKED'],
    ['explain', 'EXPLICIT_DENY'],
  ])('is said to be by %s, which leads to unlock and never around the lock', async (command, code) => {
    await lock('lock');
    const { status, stdout } = await product.run([command, '--role-arn', ROLE_ARN, ...BOTH]);
    expect({ status, stdout }).toMatchObject({ status: 1 });
    expect(stdout).toContain(`[${code}]`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('"XacctLock" of the trust policy is the lock that xacct lock put there');
    expect(stdout).toContain(`  xacct    xacct unlock --role-arn ${ROLE_ARN} --target-profile target\n`);
    expect(stdout).not.toMatch(/update-assume-role-policy|except/);
  });

  test('can be destroyed', async () => {
    await lock('lock');
    expect(await product.run(['destroy', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
    expect((await state()).roles).toEqual({});
  });
});
