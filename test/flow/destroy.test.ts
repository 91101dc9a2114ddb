/** xacct destroy: everything that init made goes, in an order that IAM takes, and nothing that somebody else made. */
import path from 'node:path';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy, trustPolicy } from '../support/sandbox-clients.ts';

const ROLE = 'xacct-terraform';
const ID = `${SOURCE}/${TARGET}/${ROLE}`;
const OWN_TAGS = [
  { Key: 'xacct:managed', Value: '1' },
  { Key: 'xacct:id', Value: ID },
];
const GRANT = `xacct-${TARGET}-${ROLE}`;
const GITHUB = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::${TARGET}:oidc-provider/${GITHUB}`;
const POLICY = `arn:aws:iam::${TARGET}:policy/${ROLE}-s3`;

const MAY_ASSUME = { PolicyName: 'enter', PolicyDocument: JSON.parse(allowPolicy('sts:AssumeRole')) as object };

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const init = () => product.run(['init', ...BOTH, '--policy', 's3=s3.json', '--yes', '--skip', 'negative']);
const destroy = (...more: readonly string[]) => product.run(['destroy', ...BOTH, '--yes', ...more]);
const states = async () => [await wholeStateOf(product.sandbox, SOURCE), await wholeStateOf(product.sandbox, TARGET)];

/** All that presets, OIDC and the source's grants may add to a set-up. */
const addEverything = async (): Promise<void> => {
  const [target, source] = [adminOf(product.sandbox, TARGET).iam, adminOf(product.sandbox, SOURCE).iam];
  await target.send(
    new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'guard', PolicyDocument: allowPolicy('s3:GetObject') }),
  );
  await target.send(new CreateInstanceProfileCommand({ InstanceProfileName: ROLE, Tags: OWN_TAGS }));
  await target.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: ROLE, RoleName: ROLE }));
  await target.send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${GITHUB}`,
      ClientIDList: ['sts.amazonaws.com'],
      Tags: OWN_TAGS,
    }),
  );
  const PolicyDocument = allowPolicy('sts:AssumeRole', `arn:aws:iam::${TARGET}:role/${ROLE}`);
  await source.send(new PutUserPolicyCommand({ UserName: 'admin', PolicyName: GRANT, PolicyDocument }));
};

describe('destroy', () => {
  test('leaves both accounts as they were before init', async () => {
    const before = await states();
    expect((await init()).status).toBe(0);
    await addEverything();
    const ran = await destroy('--json');
    expect(ran.status).toBe(0);
    expect(await states()).toEqual(before);
    const { result } = JSON.parse(ran.stdout) as { result: { targets: readonly [{ name: string; removed: readonly string[] }] } };
    expect(result.targets[0]).toEqual({
      name: 'target',
      removed: [
        `source/user/admin/inline/${GRANT}`,
        `role/${ROLE}/attachment/${POLICY}`,
        `role/${ROLE}/inline/guard`,
        `instance-profile/${ROLE}`,
        `role/${ROLE}`,
        `policy/${ROLE}-s3`,
        `provider/${GITHUB}`,
      ],
      kept: [],
    });
  });

  test('forecasts: what goes, when the role was last used, and that Terraform must go first', async () => {
    await init();
    const ran = await destroy();
    expect(ran.stderr.replace(/last used: [^\n]*/, 'last used: SOME TIME')).toMatchInlineSnapshot(`
      "Removal of xacct-terraform from account 222222222222: 3 to remove
        - role/xacct-terraform/attachment/arn:aws:iam::222222222222:policy/xacct-terraform-s3
        - role/xacct-terraform
        - policy/xacct-terraform-s3
        ! last used: SOME TIME
        ! Terraform that assumes this role can then no longer refresh, change or
          destroy what it manages: run \`terraform destroy\`, or give that state another
          role, before this
      warning role xacct-terraform was used 1m ago: whoever did will be refused [RECENTLY_USED]
        → to shut it and be able to open it again: xacct lock --target-profile target --source-profile source
      removed 3 things from account 222222222222
      note <folder>/xacct.yaml still describes target: init would make it again [NOT_SAVED]
        → remove it there, if it is gone for good
      "
    `);
  });

  test('needs a yes: without a terminal it is --yes, and nothing is removed without it', async () => {
    await init();
    const before = await states();
    const ran = await product.run(['destroy', ...BOTH]);
    expect(ran.status).toBe(9);
    expect(ran.stderr).toContain('xacct destroy --target-profile target --source-profile source --yes');
    expect(await states()).toEqual(before);
  });

  test('has the name typed where the role was used within 7 days', async () => {
    await init();
    const asked = `Type ${ROLE} to go on:`;
    expect(await product.run(['destroy', ...BOTH], { answers: [{ asked, answer: 'xacct' }] })).toMatchObject({ status: 9 });
    expect(await product.run(['destroy', ...BOTH], { answers: [{ asked, answer: ROLE }] })).toMatchObject({ status: 0 });
    expect((await states())[1]?.roles).toEqual({});
  });

  test('tells the targets of a file apart where it asks, whatever their roles are called', async () => {
    await init();
    const asked = `Remove all of this from account ${TARGET} (target target)? Type ${ROLE} to go on:`;
    expect(await product.run(['destroy', ...BOTH], { answers: [{ asked, answer: ROLE }] })).toMatchObject({ status: 0 });
  });

  test('takes the proof with the role, and leaves that of another role', async () => {
    await init();
    const proof = '.xacct/proofs/target.json';
    expect(await product.read(proof)).toContain(ROLE);
    const other = await destroy('--role-name', 'typo');
    expect(other).toMatchObject({ status: 0 });
    expect(other.stderr).toContain(`There is no role typo in account ${TARGET}, nor anything else of it: nothing to remove`);
    expect((await product.run(['emit-tf', '--require-proof'])).status).toBe(0);
    await destroy();
    expect((await product.run(['emit-tf', '--require-proof'])).stderr).toContain('it was not proved yet');
  });

  const isProved = async () => (await product.run(['emit-tf', '--require-proof'])).status === 0;

  test('takes the proof of a role that somebody else has removed', async () => {
    await init();
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn: POLICY }));
    await iam.send(new DeletePolicyCommand({ PolicyArn: POLICY }));
    await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
    expect(await isProved()).toBe(true);
    expect((await destroy()).stderr).toContain('nothing to remove');
    expect(await isProved()).toBe(false);
  });

  test('takes the proof before the first write: of what is half there nothing is proved', async () => {
    await init();
    product.sandbox.setFaults({ rules: [{ kind: 'expired-token', action: 'DetachRolePolicy', times: 30 }] });
    expect((await destroy()).status).toBe(3);
    expect(await isProved()).toBe(false);
  });

  test('leaves the proof of the role of that name in another account', async () => {
    await product.close();
    product = await openProduct({ accounts: [SOURCE, TARGET, '333333333333'] });
    await product.put('s3.json', S3_POLICY);
    await init();
    const file = await product.read('xacct.yaml');
    await product.put('xacct.yaml', file.replaceAll(TARGET, '333333333333'));
    const ran = await product.run(['destroy', '--target-profile', '333333333333', '--yes']);
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('nothing to remove')]);
    await product.put('xacct.yaml', file);
    expect(await isProved()).toBe(true);
  });

  test('asks for no more than a yes where it was not used', async () => {
    await product.run(['init', '--target-profile', 'target', '--trust', SOURCE, '--policy', 's3=s3.json', '--yes']);
    const answers = [{ asked: `Remove all of this from account ${TARGET} (target target)?`, answer: false }];
    expect(await product.run(['destroy', '--target-profile', 'target'], { answers })).toMatchObject({ status: 9 });
    expect(
      await product.run(['destroy', '--target-profile', 'target'], {
        answers: [{ ...answers[0], asked: 'Remove', answer: true }],
      }),
    ).toMatchObject({
      status: 0,
    });
  });

  test('goes on where the source may not look at itself, and says before the yes what may stay', async () => {
    product.sandbox.addSeed({ accounts: { [SOURCE]: { users: [{ UserName: 'ci', Policies: [MAY_ASSUME] }] } } });
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'ci');
    const ci = `[profile ci]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${ci}`);
    const before = await states();
    const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
    const asCi = ['--target-profile', 'target', '--source-profile', 'ci', '--yes'];
    expect(await product.run(['init', ...asCi, '--policy', 's3=s3.json'], { env })).toMatchObject({ status: 0 });
    const ran = await product.run(['destroy', ...asCi], { env });
    expect(ran).toMatchObject({ status: 0 });
    const [unread, done] = ['the source account was not looked at (iam:GetUserPolicy was refused', 'removed 3 things'];
    expect(ran.stderr).toContain(unread);
    expect(ran.stderr).toContain('xacct destroy --target-profile target --yes --source-profile NAME');
    expect(ran.stderr.indexOf(unread)).toBeLessThan(ran.stderr.indexOf(done));
    expect(await states()).toEqual(before);
  });

  test('of nothing is 0 and says so', async () => {
    const ran = await destroy('--json');
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ result: { targets: [{ removed: [], kept: [] }] } });
    expect(product.writes()).toEqual([]);
  });
});

describe('what is not ours', () => {
  test('a role that nobody tagged is 5, and stays', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    const AssumeRolePolicyDocument = trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:root` });
    await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
    const before = await states();
    const ran = await destroy();
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain('was not made by xacct');
    expect(await states()).toEqual(before);
  });

  test('an instance profile of somebody else that holds the role is 5 before anything is removed', async () => {
    await init();
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'theirs' }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'theirs', RoleName: ROLE }));
    const before = await states();
    const ran = await destroy();
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain(
      'aws iam remove-role-from-instance-profile --instance-profile-name theirs --role-name xacct-terraform',
    );
    expect(await states()).toEqual(before);
  });

  test('a policy and a provider that others use stay, and that is said', async () => {
    await init();
    await addEverything();
    const { iam } = adminOf(product.sandbox, TARGET);
    const AssumeRolePolicyDocument = trustPolicy(
      { Federated: PROVIDER },
      { StringEquals: { [`${GITHUB}:sub`]: 'repo:a/b:environment:prod' } },
      'sts:AssumeRoleWithWebIdentity',
    );
    await iam.send(new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'other', PolicyArn: POLICY }));
    const ran = await destroy('--json');
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      result: {
        targets: [
          {
            kept: [
              { address: `policy/${ROLE}-s3`, reason: 'it is on role other too' },
              { address: `provider/${GITHUB}`, reason: 'role other trusts it too' },
            ],
          },
        ],
      },
    });
    const [, target] = await states();
    expect([Object.keys(target?.roles ?? {}), Object.keys(target?.providers ?? {}), Object.keys(target?.policies ?? {})]).toEqual(
      [['other'], [PROVIDER], [`${ROLE}-s3`]],
    );
  });
});

describe('a removal that is cut off', () => {
  test.each([
    'DetachRolePolicy',
    'DeleteRolePolicy',
    'RemoveRoleFromInstanceProfile',
    'DeletePolicy',
    'DeleteUserPolicy',
    'DeleteRole',
    'DeleteOpenIDConnectProvider',
  ])('at %s is 6 or its own status with what is left, and the next run does the rest', async (action) => {
    const before = await states();
    await init();
    await addEverything();
    product.sandbox.setFaults({ rules: [{ kind: 'drop', action, times: 30 }] });
    const ran = await destroy();
    expect([6, 7]).toContain(ran.status);
    product.sandbox.setFaults({});
    expect(await destroy()).toMatchObject({ status: 0 });
    expect(await states()).toEqual(before);
  });
});
