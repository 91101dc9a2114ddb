/** Commands that are printed to be typed next: each is taken as it stands, and runs. */
import { UpdateRoleCommand } from '@aws-sdk/client-iam';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

const OTHER = '333333333333';

/** Two targets, and no word of whose credentials reach them. */
const CONFIG = `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"] }
permissions: { policies: { s3: ./s3.json } }
terraform: { region: eu-central-1 }
targets:
  dev: { account: "${TARGET}" }
  prod: { account: "${OTHER}" }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct({ accounts: [SOURCE, TARGET, OTHER] });
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', CONFIG);
});
afterEach(() => product.close());

const printed = ({ stderr }: Ran, before: RegExp): string => {
  const [, found = ''] = new RegExp(`${before.source}xacct ([^;\\n]*?)(?:;|\\n| > provider\\.tf)`).exec(stderr) ?? [];
  expect(found, stderr).not.toBe('');
  return found;
};

/** As a shell would, with nothing added but the yes that a person gives. */
const type = (line: string, ...more: readonly string[]): Promise<Ran> => product.run([...line.split(' '), ...more]);

const done = (ran: Ran): Ran => {
  expect({ status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, stderr: '' });
  return ran;
};

const faster = () =>
  adminOf(product.sandbox, TARGET).iam.send(new UpdateRoleCommand({ RoleName: 'xacct-terraform', Description: 'faster' }));

test('a plan is carried out with the credentials that made it, and what comes next names its target', async () => {
  const planned = done(await product.run(['plan', 'dev', ...BOTH, '--out', 'dev.plan']));
  const command = printed(planned, /wrote the plan to dev\.plan; this carries out exactly that: /);
  expect(command).toBe('init --target-profile target --source-profile source --plan dev.plan');
  const made = done(await type(command, '--yes'));
  expect(done(await type(printed(made, /next: /))).stdout).toContain(`arn:aws:iam::${TARGET}:role/xacct-terraform`);
});

test('a plan of every target, from profiles of the file', async () => {
  await product.put(
    'xacct.yaml',
    CONFIG.replace(`"${TARGET}"`, `"${TARGET}", profile: target`).replace(`"${OTHER}"`, `"${OTHER}", profile: "${OTHER}"`),
  );
  const planned = done(await product.run(['plan', '--all', '--source-profile', 'source', '--out', 'all.plan']));
  const made = done(await type(printed(planned, /wrote the plan to all\.plan; this carries out exactly that: /), '--yes'));
  expect(done(await type(printed(made, /next: /))).stdout).toContain(OTHER);
});

test('what was not saved is said again, or the provider would be of another set-up', async () => {
  await product.run(['init', 'dev', ...BOTH, '--external-id', 'old-1', '--save', '--yes']);
  const now = ['--external-id', 'new-1', '--session-name', 'ci run', '--role-name', 'second', '--duration', '30m'];
  const made = done(await product.run(['init', 'dev', ...BOTH, ...now.map((word) => word.replace(' ', '-')), '--yes']));
  const { stdout } = done(await type(printed(made, /next: /)));
  expect(stdout).toContain('external_id  = "new-1"');
  expect(stdout).toContain('session_name = "ci-run"');
  expect(stdout).toContain(`role_arn     = "arn:aws:iam::${TARGET}:role/second"`);
  expect(stdout).toContain('duration     = "30m"');
  const unproved = done(
    await product.run(['init', 'dev', '--target-profile', 'target', '--external-id', 'new-1', '--role-name', 'third', '--yes']),
  );
  expect(printed(unproved, /by: /)).toBe('verify dev --role-name third --external-id new-1 --source-profile PROFILE-OF-admin');
  const saved = done(
    await product.run(['init', 'dev', ...BOTH, '--external-id', 'old-1', '--role-name', 'second', '--save', '--yes', '--prune']),
  );
  expect(printed(saved, /next: /)).toBe('emit-tf dev');
});

/** The role loses its policy, which a plain yes does not cover. */
const withoutPolicy = async (): Promise<void> =>
  product.put('xacct.yaml', (await product.read('xacct.yaml')).replace('{ s3: ./s3.json }', '{}'));

test('a plan that may take access away is carried out with that leave', async () => {
  done(await product.run(['init', 'dev', ...BOTH, '--yes']));
  await withoutPolicy();
  const planned = done(await product.run(['plan', 'dev', ...BOTH, '--prune', '--out', 'dev.plan']));
  done(await type(printed(planned, /wrote the plan to dev\.plan; this carries out exactly that: /), '--yes'));
  expect(product.writes()).toContain('DetachRolePolicy');
});

test('a plan that was overtaken is made again, and says what has changed', async () => {
  done(await product.run(['init', 'dev', ...BOTH, '--yes']));
  done(await product.run(['plan', 'dev', ...BOTH, '--out', 'dev.plan']));
  await faster();
  const stale = await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes']);
  expect([stale.status, stale.stderr]).toEqual([
    5,
    expect.stringContaining(`account ${TARGET} has changed since the plan was made: role/xacct-terraform/settings [STALE]`),
  ]);
  const again = printed(stale, /make a new plan: /);
  expect(again).toBe('plan dev --target-profile target --source-profile source --out dev.plan');
  done(await type(again));
  done(await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes']));
});

test.for([
  ['was edited', async () => product.put('dev.plan', (await product.read('dev.plan')).replace('user/admin', 'user/other'))],
  ['is of another file', () => product.put('xacct.yaml', CONFIG.replace('eu-central-1', 'eu-west-1'))],
] as const)('a plan that %s is made again for its target', async ([, change]) => {
  done(await product.run(['plan', 'dev', ...BOTH, '--out', 'dev.plan']));
  await change();
  const refused = await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes']);
  expect(refused.status).toBe(5);
  done(await type(printed(refused, /make a new plan: /)));
});

test('a plan that is not there is made for all, where nobody said for which', async () => {
  const refused = await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes']);
  expect(printed(refused, /make it: /)).toBe('plan --all --target-profile target --source-profile source --out dev.plan');
});

test('a target that was overtaken while somebody thought is looked at again by its name', async () => {
  done(await product.run(['init', 'dev', ...BOTH, '--yes']));
  await product.put('s3.json', S3_POLICY.replaceAll('s3:', 's3:Get'));
  let elapsedMs = 0;
  const confirm = async (): Promise<boolean> => {
    elapsedMs = 60_000;
    await faster();
    return true;
  };
  const unasked = async (): Promise<never> => Promise.reject(new Error('nothing else is asked'));
  const stale = await product.run(['init', 'dev', ...BOTH], {
    clock: { now: () => Date.now() + elapsedMs, sleep: async () => undefined },
    context: { canAsk: true, prompter: async () => ({ confirm, input: unasked, select: unasked, step: unasked }) },
  });
  expect([stale.status, stale.stderr]).toEqual([5, expect.stringContaining(': role/xacct-terraform/settings [STALE]')]);
  const command = printed(stale, /look at the new plan: /);
  expect(command).toBe('init dev --target-profile target --source-profile source --dry-run');
  done(await type(command));
});

test('a locked role is opened, and what was held back pruned, by the name of its target', async () => {
  done(await product.run(['init', 'dev', ...BOTH, '--yes']));
  done(await product.run(['lock', 'dev', ...BOTH, '--yes']));
  const locked = await product.run(['init', 'dev', ...BOTH, '--yes']);
  done(await type(printed(locked, /let it be used again: /), '--yes'));
  await withoutPolicy();
  const held = await product.run(['init', 'dev', ...BOTH, '--yes']);
  expect(held.status).toBe(1);
  done(await type(printed(held, /next: /)));
});

test('lock and unlock name themselves where there is no such role', async () => {
  for (const way of ['lock', 'unlock'])
    expect((await product.run([way, 'dev', ...BOTH, '--yes'])).stderr).toContain(
      `name the one that is meant: xacct ${way} dev --target-profile target --source-profile source --yes --role-name NAME\n`,
    );
});

test('what comes next reads the file that was named', async () => {
  await mkdir(path.join(product.folder, 'infra'));
  await product.put('infra/s3.json', S3_POLICY);
  await product.put('infra/dev.yaml', CONFIG.replace(/ {2}prod: .*\n/, ''));
  const made = done(await product.run(['init', ...BOTH, '--config', 'infra/dev.yaml', '--yes']));
  const next = printed(made, /next: /);
  expect(next).toBe('emit-tf --config infra/dev.yaml');
  expect(done(await type(next)).stdout).toContain(TARGET);
});

test('a hand-off after a plan in a file is of the set-up, not of the plan', async () => {
  done(await product.run(['plan', 'dev', '--target-profile', 'target', '--out', 'p']));
  const made = done(await product.run(['init', '--target-profile', 'target', '--plan', 'p', '--yes']));
  expect(made.stderr).toContain('xacct init dev --target-profile target --handoff grant.json --yes');
});

test('a target is named before a flag whose value may be left out', async () => {
  const { stderr } = await product.run(['emit-tf', '--example']);
  expect(stderr).toContain('xacct emit-tf dev --example\n');
});

test('what proves a role that only flags know says which role', async () => {
  const role = `arn:aws:iam::${TARGET}:role/other`;
  const flags = ['--role-arn', role, '--external-id', 'abc', '--region', 'eu-central-1'];
  const { status, stderr } = await product.run(['emit-tf', ...flags, '--require-proof']);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(`xacct verify --region eu-central-1 --role-arn ${role} --external-id abc\n`),
  ]);
});
