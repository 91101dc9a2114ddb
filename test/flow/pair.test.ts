/** `--pair`: one target as two roles, one that plans and one that applies. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOf, wholeStateOf } from '../support/account-state.ts';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { INTERRUPT } from '../support/script.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const STATE = ['--preset', 'tf-state:acme-state/app.tfstate'];
const USER = `arn:aws:iam::${SOURCE}:user/admin`;

const rolesOf = async () => {
  const { roles } = await stateOf(product.sandbox, TARGET);
  return Object.fromEntries(roles.map((role) => [role.name, role]));
};

const trustOf = async (name: string): Promise<string> => JSON.stringify((await rolesOf())[name]?.trust);

describe('a pair from flags', () => {
  const argv = ['init', ...BOTH, '--pair', ...STATE, '--policy-arn', 'arn:aws:iam::aws:policy/AmazonS3FullAccess', '--yes'];

  test('that is stopped at the question about one half is not asked about the other', async () => {
    const answers = [{ asked: 'Make these changes', answer: INTERRUPT }];
    const ran = await product.run([...argv.slice(0, -1), '--trust', 'self', '--json'], { answers });
    expect(ran.status, ran.stderr).toBe(130);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      result: { targets: [{ name: 'target-apply', error: { message: 'stopped' } }, { error: { message: 'not begun' } }] },
    });
    expect(await rolesOf()).toEqual({});
  });

  test('is two roles that are proved, with one external ID; the file says it of both, and a second run writes nothing', async () => {
    const ran = await product.run([...argv, '--json']);
    expect(ran.status, ran.stderr).toBe(0);
    const { targets } = (
      JSON.parse(ran.stdout) as { result: { targets: { name: string; proved: boolean; role: { externalId: string } }[] } }
    ).result;
    expect(targets).toMatchObject([
      { name: 'target-apply', proved: true, role: { arn: `arn:aws:iam::${TARGET}:role/xacct-terraform-apply` } },
      { name: 'target-plan', proved: true, role: { arn: `arn:aws:iam::${TARGET}:role/xacct-terraform-plan` } },
    ]);
    expect(targets[0]?.role.externalId).toBe(targets[1]?.role.externalId);
    const roles = await rolesOf();
    expect(roles['xacct-terraform-apply']?.attached).toEqual([
      `arn:aws:iam::${TARGET}:policy/xacct-terraform-apply-tf-state`,
      'arn:aws:iam::aws:policy/AmazonS3FullAccess',
    ]);
    expect(roles['xacct-terraform-plan']?.attached).toEqual([
      `arn:aws:iam::${TARGET}:policy/xacct-terraform-plan-read-only`,
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
    ]);
    const file = await product.read('xacct.yaml');
    expect(file).toContain('name: xacct-terraform\n');
    expect(file).toContain('pair: true');
    expect(file).toContain(`trust: ["${USER}"]`);
    expect(file).toContain('presets: ["tf-state:acme-state/app.tfstate"]');
    expect(file).toContain(`target:\n    account: "${TARGET}"`);
    expect(file).toContain(targets[0]?.role.externalId);
    const writes = product.writes().length;
    const again = await product.run(['init', '--yes', ...BOTH]);
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr.match(/^Plan for .*nothing to do/gm)).toEqual(
      ['apply', 'plan'].map((half) => `Plan for target-${half}, account ${TARGET}: nothing to do`),
    );
    expect((await product.run(['plan', ...BOTH])).stdout.match(/^Plan for [\w-]+/gm)).toEqual([
      'Plan for target-apply',
      'Plan for target-plan',
    ]);
    expect(product.writes()).toHaveLength(writes);
    expect(await product.read('xacct.yaml')).toBe(file);
  });

  test('says that nothing keeps who plans from applying, where nobody was named for it; a named one gets into the one role only', async () => {
    expect((await product.run([...argv, '--dry-run'])).stderr).toContain(
      'whoever may assume xacct-terraform-plan may assume xacct-terraform-apply, too',
    );
    const reader = `arn:aws:iam::${SOURCE}:role/runner`;
    const ran = await product.run([...argv, '--plan-trust', reader, '--trust', 'self', '--keep']);
    expect(ran.status).toBe(0);
    expect(ran.stderr).not.toContain('may assume xacct-terraform-apply, too');
    expect(ran.stderr).toContain('made, not proved');
    expect(await trustOf('xacct-terraform-plan')).toContain(reader);
    expect(await trustOf('xacct-terraform-plan')).not.toContain(USER);
    expect(await trustOf('xacct-terraform-apply')).toContain(USER);
    expect(await trustOf('xacct-terraform-apply')).not.toContain(reader);
    expect(await product.read('xacct.yaml')).toContain(`planTrust: ["${reader}"]`);
  });

  test('is made as a plan file says it, and the file that is written says it of both', async () => {
    const plan = ['plan', ...BOTH, '--pair', ...STATE, '--out', 'pair.plan'];
    expect(await product.run(plan)).toMatchObject({ status: 0 });
    const ran = await product.run(['init', ...BOTH, '--plan', 'pair.plan', '--yes']);
    expect(ran.status, ran.stderr).toBe(0);
    expect(Object.keys(await rolesOf())).toEqual(['xacct-terraform-apply', 'xacct-terraform-plan']);
    expect(await product.read('xacct.yaml')).toContain('pair: true');
    expect(await product.run(['plan', '--check', ...BOTH])).toMatchObject({ status: 0 });
  });

  test('is refused whole where one half is wrong, where a hand-off holds one step, and where one role is there to be adopted', async () => {
    const long = await product.run([...argv, '--role-name', 'x'.repeat(60)]);
    expect(long.status).toBe(2);
    const handoff = await product.run([...argv, '--handoff', 'grant.json']);
    expect(handoff).toMatchObject({ status: 2 });
    expect(handoff.stderr).toContain('these are several: target-apply, target-plan');
    const adopted = await product.run([...argv, '--adopt']);
    expect(adopted.status).toBe(2);
    expect(adopted.stderr).toContain('what is there is one role, and a pair is two');
    const only = await product.run([...argv, '--trust', 'github:acme/app:pull_request']);
    expect(only.status).toBe(2);
    expect(only.stderr).toContain('the role would trust nobody');
    const alone = await product.run(['init', ...BOTH, ...STATE, '--plan-trust', USER, '--yes']);
    expect(alone.status).toBe(2);
    expect(alone.stderr).toContain('who may plan is said, and there is one role for all');
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual([]);
  });
});

const FILE = `version: 1
source: { account: "${SOURCE}", profile: source, layout: direct }
role:
  pair: true
  trust: ["github:acme/app:environment=prod", "tfc:acme/main/app"]
permissions: { presets: ["tf-state:acme-state/app.tfstate"] }
targets:
  dev: { account: "${TARGET}", profile: target, role: { externalId: none } }
`;

describe('a pair of the file', () => {
  test('lets pull requests and plan phases into the one, the environment and apply phases into the other', async () => {
    await product.put('xacct.yaml', FILE);
    const ran = await product.run(['init', '--yes']);
    expect(ran.status, ran.stderr).toBe(0);
    const [apply, plan] = [await trustOf('xacct-terraform-apply'), await trustOf('xacct-terraform-plan')];
    expect(apply).toContain('repo:acme/app:environment:prod');
    expect(apply).toContain('workspace:app:run_phase:apply');
    expect(apply).not.toMatch(/pull_request|run_phase:plan/);
    expect(plan).toContain('repo:acme/app:pull_request');
    expect(plan).toContain('workspace:app:run_phase:plan');
    expect(plan).not.toMatch(/environment:prod|run_phase:apply/);
    expect(await product.read('xacct.yaml')).toBe(FILE);
    const checked = await product.run(['plan', '--check']);
    expect(checked.status, checked.stderr).toBe(0);
  });

  test('has a hub for each half, so that no pull request comes through the hub of the other', async () => {
    await product.put('xacct.yaml', FILE.replace('layout: direct', 'layout: hub'));
    const ran = await product.run(['init', '--yes']);
    expect(ran.status, ran.stderr).toBe(0);
    const hubs = (await stateOf(product.sandbox, SOURCE)).roles.filter(({ name }) => name.startsWith('xacct-hub'));
    expect(hubs.map(({ name }) => name)).toEqual(['xacct-hub-apply', 'xacct-hub-plan']);
    expect(JSON.stringify(hubs[0]?.trust)).not.toContain('pull_request');
    expect(await trustOf('xacct-terraform-plan')).toContain('role/xacct-hub-plan');
    expect(await trustOf('xacct-terraform-apply')).not.toContain('xacct-hub-plan');
  });

  test('is seen as two by all, and one half can be named; destroy takes both away', async () => {
    await product.put('xacct.yaml', FILE.replace('["github:acme/app:environment=prod", "tfc:acme/main/app"]', `["${USER}"]`));
    expect(await product.run(['init', 'dev-plan', '--yes'])).toMatchObject({ status: 0 });
    expect(Object.keys(await rolesOf())).toEqual(['xacct-terraform-plan']);
    expect(await product.run(['init', 'dev', '--yes'])).toMatchObject({ status: 0 });
    const verified = await product.run(['verify', '--json']);
    expect(verified.status, verified.stderr).toBe(0);
    expect(verified.stdout).toContain('role/xacct-terraform-apply');
    expect(verified.stdout).toContain('role/xacct-terraform-plan');
    const one = await product.run(['emit-tf', 'dev-apply']);
    expect(one.stdout).toContain(`role/xacct-terraform-apply`);
    expect(one.stdout).not.toContain(`role/xacct-terraform-plan`);
    const byArn = await product.run(['emit-tf', '--role-arn', `arn:aws:iam::${TARGET}:role/xacct-terraform-plan`]);
    expect({ status: byArn.status, stderr: byArn.stderr }).toMatchObject({ status: 0 });
    expect(byArn.stderr).not.toContain('flags alone count');
    expect((await product.run(['docs'])).stdout).toContain('dev-plan');
    const unknown = await product.run(['verify', 'dev-other']);
    expect(unknown.status).toBe(2);
    const both = await product.run(['explain', 'dev', '--who']);
    expect(both.stderr).toContain('one target at a time, not dev-apply and dev-plan');
    expect(both.stderr).toContain('name one: xacct explain dev-apply --who');
    const gone = await product.run(['destroy', '--yes']);
    expect(gone.status, gone.stderr).toBe(0);
    // Once, and by the name that the file knows.
    expect(gone.stderr.match(/still describes \S+ init would/g)).toEqual(['still describes dev: init would']);
    expect(await stateOf(product.sandbox, TARGET)).toMatchObject({ roles: [], policies: [] });
  });

  test.each([
    ['direct', TARGET, ''],
    ['hub', SOURCE, 'source/'],
  ])(
    'of tokens (%s) leaves no provider: it goes with the last that trusts it, in one run or in two',
    async (layout, holder, at) => {
      await product.put('xacct.yaml', FILE.replace('layout: direct', `layout: ${layout}`));
      const before = await wholeStateOf(product.sandbox, holder);
      const made = () => product.run(['init', 'dev', '--yes']);
      const of = async (...argv: readonly string[]): Promise<readonly string[]> => {
        const ran = await product.run(['destroy', ...argv, '--yes', '--json']);
        expect(ran.status, ran.stderr).toBe(0);
        const { result } = JSON.parse(ran.stdout) as { result: { targets: readonly { removed: readonly string[] }[] } };
        return result.targets.flatMap(({ removed }) => removed).filter((address) => address.startsWith(`${at}provider/`));
      };
      expect(await made()).toMatchObject({ status: 0 });
      const providers = [`${at}provider/app.terraform.io`, `${at}provider/token.actions.githubusercontent.com`];
      expect((await of('dev')).toSorted()).toEqual(providers);
      expect(await wholeStateOf(product.sandbox, holder)).toEqual(before);
      expect(await made()).toMatchObject({ status: 0 });
      expect(await of('dev-apply')).toEqual([]);
      expect((await of('dev-plan')).toSorted()).toEqual(providers);
      expect(await wholeStateOf(product.sandbox, holder)).toEqual(before);
    },
  );

  test('rotates the one external ID of both, and retires the old one', async () => {
    const own = FILE.replace('["github:acme/app:environment=prod", "tfc:acme/main/app"]', `["${USER}"]`);
    await product.put('xacct.yaml', own.replace(', role: { externalId: none }', ''));
    expect(await product.run(['init', '--yes'])).toMatchObject({ status: 0 });
    expect(await product.run(['init', '--yes', '--rotate-external-id'])).toMatchObject({ status: 0 });
    const [apply, plan] = [await trustOf('xacct-terraform-apply'), await trustOf('xacct-terraform-plan')];
    expect(plan).toBe(apply);
    expect(/"sts:ExternalId":\[[^\]]+\]/.exec(plan)?.[0].split(',')).toHaveLength(2);
    expect(await product.run(['plan', '--check'])).toMatchObject({ status: 0 });
    const retired = await product.run(['init', '--yes', '--prune', '--retire-external-id']);
    expect(retired.status, retired.stderr).toBe(0);
    expect(await trustOf('xacct-terraform-plan')).toBe(await trustOf('xacct-terraform-apply'));
    expect(await trustOf('xacct-terraform-plan')).toMatch(/"sts:ExternalId":"/);
    expect(await product.run(['plan', '--check'])).toMatchObject({ status: 0 });
  });

  test('is refused where a half would be called like another target', async () => {
    await product.put('xacct.yaml', `${FILE}  dev-plan: { account: "333333333333" }\n`);
    const ran = await product.run(['init', '--all', '--yes']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('target dev-plan is called like one half of the pair dev');
  });
});
