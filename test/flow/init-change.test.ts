/** init on a role that is there: each kind of change, and what is not done without being said twice. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AttachRolePolicyCommand, TagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { stateOf, type AccountState } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy } from '../support/sandbox-clients.ts';

const OWN_TAGS = { 'xacct:managed': '1', 'xacct:id': `${SOURCE}/${TARGET}/xacct-terraform` };
const ADMIN = `arn:aws:iam::${SOURCE}:user/admin`;
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const ID = 'an-id-of-ours';
const POLICY = `arn:aws:iam::${TARGET}:policy/xacct-terraform-s3`;

const config = (role: string, permissions = 'policies: { s3: ./s3.json }'): string =>
  `version: 1
source: { account: "${SOURCE}" }
role:
  externalId: ${ID}
${role}
permissions: { ${permissions} }
targets: { dev: { account: "${TARGET}" } }
`;

const trusting = (...names: readonly string[]) => config(`  trust: [${names.join(', ')}]`);

let product: Product;
beforeEach(async () => {
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', trusting(ADMIN, JANE));
  expect(await product.run(['init', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
});
afterEach(() => product.close());

const state = (): Promise<AccountState> => stateOf(product.sandbox, TARGET);
const init = (...more: readonly string[]) => product.run(['init', ...BOTH, '--yes', ...more]);

const trustOf = ({ roles }: AccountState): unknown => (roles[0]?.trust as { Statement: unknown[] } | undefined)?.Statement[0];

/** What `init` wrote since the set-up was made. */
const later = (): readonly string[] => {
  const made = ['AttachRolePolicy', 'CreatePolicy', 'CreateRole'];
  return product.writes().filter((action) => {
    const at = made.indexOf(action);
    if (at >= 0) made.splice(at, 1);
    return at < 0;
  });
};

describe('a change that removes access', () => {
  test('is held back: a name that the file no longer has stays trusted, and the warning says how to mean it', async () => {
    await product.put('xacct.yaml', trusting(ADMIN));
    const before = await state();
    const ran = await init();
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('role/xacct-terraform/trust (removes access)');
    expect(ran.stderr).toContain(
      '[HELD_BACK]\n  → if that is meant: xacct init --target-profile target --source-profile source --yes --prune',
    );
    expect(ran.stderr).toMatch(
      /not finished, left as it is: role\/xacct-terraform\/trust \(removes access\)\nnext: xacct init .*--yes --prune\n$/,
    );
    expect(ran.stderr).not.toContain('emit-tf');
    expect(await state()).toEqual(before);
    expect(later()).toEqual([]);
  });

  test('is told by a dry run, which has nothing to finish', async () => {
    await product.put('xacct.yaml', trusting(ADMIN));
    const ran = await init('--dry-run');
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stderr).toContain('role/xacct-terraform/trust (removes access)');
    expect(ran.stderr).not.toContain('not finished');
  });

  test('by somebody else is a run that is not finished, until --prune puts it back', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    const trust = (await state()).roles[0]?.trust as { readonly Statement: readonly object[] };
    const backdoor = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${TARGET}:user/admin` }, Action: 'sts:AssumeRole' };
    const PolicyDocument = JSON.stringify({ ...trust, Statement: [...trust.Statement, backdoor] });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument }));
    const ran = await product.run(['init', 'dev', ...BOTH, '--yes']);
    expect([ran.status, ran.stderr]).toEqual([
      1,
      expect.stringContaining(`next: xacct init dev ${BOTH.join(' ')} --yes --prune`),
    ]);
    expect(await product.run(['plan', 'dev', ...BOTH, '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    const planned = await product.run(['init', '--plan', 'dev.plan', ...BOTH, '--yes']);
    expect([planned.status, planned.stderr]).toEqual([
      1,
      expect.stringContaining('next: xacct init --target-profile target --source-profile source --prune\n'),
    ]);
    expect(await product.run(['init', 'dev', ...BOTH, '--yes', '--prune'])).toMatchObject({ status: 0 });
    expect((await state()).roles[0]?.trust).toEqual(trust);
  });

  test('is carried out with a plain yes where --untrust names who is to go, also from a plan', async () => {
    for (const argv of [[], ['--plan', 'go.plan']]) {
      expect(await product.run(['plan', ...BOTH, '--untrust', JANE, '--out', 'go.plan'])).toMatchObject({
        status: 0,
      });
      const ran = await init(...(argv.length > 0 ? argv : ['--untrust', JANE]));
      expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('trust (removes access, as asked)')]);
      expect(trustOf(await state())).toMatchObject({ Principal: { AWS: ADMIN } });
      expect(await init()).toMatchObject({ status: 0 });
      expect(trustOf(await state())).toMatchObject({ Principal: { AWS: [ADMIN, JANE] } });
    }
  });

  test('is carried out of a locked role, too, where --untrust names who is to go', async () => {
    expect(await product.run(['lock', '--target-profile', 'target', '--yes'])).toMatchObject({ status: 0 });
    expect((await init('--untrust', JANE)).stderr).toContain('trust (removes access, as asked)');
    expect(await product.run(['unlock', '--target-profile', 'target', '--yes'])).toMatchObject({ status: 0 });
    expect(trustOf(await state())).toMatchObject({ Principal: { AWS: ADMIN } });
  });

  test('is held back where --untrust is not all of it: who may assume the role then is said as it will be', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    const trust = (await state()).roles[0]?.trust as { readonly Statement: readonly object[] };
    const backdoor = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${TARGET}:user/admin` }, Action: 'sts:AssumeRole' };
    const PolicyDocument = JSON.stringify({ ...trust, Statement: [...trust.Statement, backdoor] });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument }));
    const said = [
      'who may assume the role then:',
      `      ${ADMIN}`,
      `      ${JANE} (goes with --prune only)`,
      `      arn:aws:iam::${TARGET}:user/admin (goes with --prune only)`,
    ].join('\n');
    const ran = await init('--untrust', JANE);
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining(said)]);
    const { stdout } = await product.run(['plan', ...BOTH, '--untrust', JANE, '--prune']);
    expect(stdout).toContain(`who may assume the role then:\n      ${ADMIN}\n`);
    expect(stdout).not.toContain('--prune only');
  });

  test('is held back where an external ID that the role takes would go along with whom --untrust names', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    const PolicyDocument = JSON.stringify((await state()).roles[0]?.trust).replace(
      /"sts:ExternalId":("[^"]+")/,
      '"sts:ExternalId":[$1,"by-hand"]',
    );
    expect(PolicyDocument).toContain('by-hand');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument }));
    expect(await init('--untrust', JANE)).toMatchObject({ status: 1 });
    expect((await state()).roles[0]?.trust).toEqual(JSON.parse(PolicyDocument));
  });

  test('is carried out with --prune', async () => {
    await product.put('xacct.yaml', trusting(ADMIN));
    const ran = await init('--prune');
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).not.toContain('HELD_BACK');
    expect(trustOf(await state())).toMatchObject({ Principal: { AWS: ADMIN } });
    expect(later()).toEqual(['UpdateAssumeRolePolicy']);
  });

  test('is asked for by itself: a person may take the rest and leave it', async () => {
    await product.put('xacct.yaml', trusting(ADMIN).replace('version: 1', 'version: 1\nterraform: { region: us-east-1 }'));
    await product.put('s3.json', allowPolicy('s3:GetObject'));
    const before = await state();
    const answers = [{ asked: 'Make these changes', answer: 'yes' }];
    expect(await product.run(['init', ...BOTH], { answers })).toMatchObject({ status: 0 });
    const after = await state();
    expect(trustOf(after)).toEqual(trustOf(before));
    expect(after.policies[0]).toMatchObject({ document: JSON.parse(allowPolicy('s3:GetObject')) as unknown, versions: 2 });
    const all = [{ asked: 'Make this change', answer: 'yes-prune' }];
    expect(await product.run(['init', ...BOTH], { answers: all })).toMatchObject({ status: 0 });
    expect(trustOf(await state())).toMatchObject({ Principal: { AWS: ADMIN } });
  });

  test('is a policy that the file no longer names: with --prune it is detached and deleted', async () => {
    await product.put('xacct.yaml', config(`  trust: [${ADMIN}, ${JANE}]`, 'policies: {}'));
    expect(await init()).toMatchObject({ status: 1 });
    expect(later()).toEqual([]);
    expect(await init('--prune')).toMatchObject({ status: 0 });
    expect(later()).toEqual(['DeletePolicy', 'DetachRolePolicy']);
    expect(await state()).toMatchObject({ policies: [], roles: [{ attached: [] }] });
  });

  test('is a policy that somebody else attached: --prune detaches it and deletes nothing that is not ours', async () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn: arn }));
    expect(await init()).toMatchObject({ status: 1 });
    expect((await state()).roles[0]?.attached).toEqual([POLICY, arn].toSorted());
    expect(await init('--prune')).toMatchObject({ status: 0 });
    expect((await state()).roles[0]?.attached).toEqual([POLICY]);
    expect(later().filter((action) => action.startsWith('Delete'))).toEqual([]);
  });
});

describe('a change that removes nothing needs --yes only', () => {
  test('one more who is trusted, by a flag that adds to the file and is not written into it', async () => {
    const before = await product.read('xacct.yaml');
    const ran = await init('--trust', `arn:aws:iam::${SOURCE}:root`);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('--trust counts for this run only: <folder>/xacct.yaml was not changed [NOT_SAVED]');
    expect(trustOf(await state())).toMatchObject({ Principal: { AWS: [ADMIN, JANE, `arn:aws:iam::${SOURCE}:root`] } });
    expect(later()).toEqual(['UpdateAssumeRolePolicy']);
    expect(await product.read('xacct.yaml')).toBe(before);
  });

  test('one more policy', async () => {
    await product.put('more.json', allowPolicy('s3:GetObject'));
    const before = await state();
    await product.put('xacct.yaml', trusting(ADMIN, JANE).replace('./s3.json }', './s3.json, more: more.json }'));
    expect(await init()).toMatchObject({ status: 0 });
    expect(later()).toEqual(['AttachRolePolicy', 'CreatePolicy']);
    const arn = `arn:aws:iam::${TARGET}:policy/xacct-terraform-more`;
    expect(await state()).toEqual({
      roles: [{ ...before.roles[0], attached: [arn, POLICY] }],
      policies: expect.arrayContaining([
        ...before.policies,
        { arn, document: JSON.parse(allowPolicy('s3:GetObject')) as unknown, versions: 1, tags: OWN_TAGS },
      ]) as unknown,
    });
  });

  test('a policy whose file has changed, as a new default version', async () => {
    await product.put('s3.json', allowPolicy('s3:GetObject'));
    expect(await init()).toMatchObject({ status: 0 });
    expect(later()).toEqual(['CreatePolicyVersion']);
    expect((await state()).policies).toEqual([
      { arn: POLICY, document: JSON.parse(allowPolicy('s3:GetObject')) as unknown, versions: 2, tags: OWN_TAGS },
    ]);
  });

  test('description, maximum session and tags; a tag of somebody else stays', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new TagRoleCommand({ RoleName: 'xacct-terraform', Tags: [{ Key: 'cost', Value: '42' }] }));
    const role = `  trust: [${ADMIN}, ${JANE}]\n  description: For CI\n  maxSessionDuration: 2h\n  tags: { team: infra }`;
    await product.put('xacct.yaml', config(role));
    expect(await init()).toMatchObject({ status: 0 });
    expect((await state()).roles[0]).toMatchObject({
      description: 'For CI',
      maxSessionSeconds: 7200,
      tags: { ...OWN_TAGS, team: 'infra', cost: '42' },
    });
    expect(later()).toEqual(['TagRole', 'TagRole', 'UpdateRole']);
  });
});

describe('external ids', () => {
  test('are rotated in two runs: first both are accepted, then only the new one', async () => {
    const both = trusting(ADMIN, JANE).replace(`externalId: ${ID}`, `externalId: [new-id, ${ID}]`);
    await product.put('xacct.yaml', both);
    expect(await init('--prune')).toMatchObject({ status: 0 });
    expect(trustOf(await state())).toMatchObject({ Condition: { StringEquals: { 'sts:ExternalId': ['new-id', ID] } } });
    expect(await product.run(['verify', '--source-profile', 'source', '--external-id', ID])).toMatchObject({ status: 0 });
    await product.put('xacct.yaml', trusting(ADMIN, JANE).replace(ID, 'new-id'));
    expect(await init('--prune')).toMatchObject({ status: 0 });
    expect(await product.run(['verify', '--source-profile', 'source', '--external-id', ID])).toMatchObject({ status: 1 });
  });

  test('that were generated are written into a file that names none, comments kept', async () => {
    await product.put(
      'fresh.yaml',
      `# mine\nversion: 1\nrole: { name: xacct-fresh }\npermissions: {}\ntargets:\n  # the first\n  dev:\n    account: "${TARGET}" # B\n`,
    );
    expect(await init('--config', 'fresh.yaml')).toMatchObject({ status: 0 });
    expect(await product.read('fresh.yaml')).toBe(
      `# mine\nversion: 1\nrole: { name: xacct-fresh }\npermissions: {}\ntargets:\n  # the first\n  dev:\n    account: "${TARGET}" # B\n    role:\n      externalId: "${'2'.padStart(32, '0')}"\n`,
    );
  });
});
