/** Which role a command works on: the one that was named, and none that a variable or an ARN of another one would put in its place. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const OTHER = '333333333333';
const CONFIG = `version: 1
source: { account: "${SOURCE}", profile: source }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"], externalId: first }
permissions: { policies: {} }
targets:
  dev: { account: "${TARGET}", profile: target }
  prod: { account: "${OTHER}", profile: "${OTHER}" }
`;
const roleIn = (account: string, name = 'xacct-terraform') => `arn:aws:iam::${account}:role/${name}`;

let product: Product;
const states = async () => [await wholeStateOf(product.sandbox, TARGET), await wholeStateOf(product.sandbox, OTHER)];
const rolesOf = async (account: string) => Object.keys((await wholeStateOf(product.sandbox, account)).roles).toSorted();
const init = (...argv: readonly string[]) => product.run(['init', ...argv, '--yes', '--skip', 'negative']);

/** The role of each target, and in dev's account another one that xacct made. */
beforeEach(async () => {
  product = await openProduct({ accounts: [SOURCE, TARGET, OTHER] });
  await product.put('xacct.yaml', CONFIG);
  expect(await init('dev', '--role-name', 'other')).toMatchObject({ status: 0 });
  expect(await init('--all')).toMatchObject({ status: 0 });
});
afterEach(() => product.close());

/** Stops with this status and code, and no account is other than before. */
const refused = async (argv: string, status: number, code: string, env: Readonly<Record<string, string>> = {}) => {
  const before = await states();
  const ran = await product.run(argv.split(' '), { env });
  expect({ status: ran.status, said: ran.stderr.includes(`[${code}]`), stderr: ran.stderr }).toMatchObject({
    status,
    said: true,
  });
  expect(await states()).toEqual(before);
  return ran.stderr;
};

describe('a target that was typed', () => {
  test('is all that destroy takes, whatever XACCT_ALL says', async () => {
    const [, before] = await states();
    expect(await rolesOf(TARGET)).toEqual(['other', 'xacct-terraform']);
    const ran = await product.run(['destroy', 'dev', '--yes'], { env: { XACCT_ALL: '1' } });
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining(TARGET) as string });
    expect(ran.stderr).not.toContain(OTHER);
    expect((await states())[1]).toEqual(before);
    expect(await rolesOf(TARGET)).toEqual(['other']);
  });

  test('and --all say different things', async () => {
    for (const command of ['destroy', 'lock', 'plan', 'verify', 'init'])
      expect(await refused(`${command} dev --all --no-input`, 2, 'USAGE')).toContain(
        '--all takes every target, and dev was named',
      );
  });

  test('counts once, however often it was named', async () => {
    const ran = await product.run(['plan', 'dev', 'dev', '--json']);
    const { result } = JSON.parse(ran.stdout) as { result: { targets: readonly { name: string }[] } };
    expect(result.targets.map(({ name }) => name)).toEqual(['dev']);
  });

  test.each(['destroy', 'lock', 'unlock', 'verify', 'explain', 'emit-tf'])(
    'has its own role: %s takes no other, by flag or by variable',
    async (command) => {
      const arn = roleIn(TARGET, 'other');
      const more = ['verify', 'explain', 'emit-tf'].includes(command) ? '' : ' --yes';
      const said = 'the role of target dev is xacct-terraform, and not other';
      expect(await refused(`${command} dev --role-arn ${arn}${more}`, 2, 'USAGE')).toContain(`--role-arn: ${said}`);
      expect(await refused(`${command} dev${more}`, 2, 'USAGE', { XACCT_ROLE_ARN: arn })).toContain(`XACCT_ROLE_ARN: ${said}`);
      await refused(`${command} dev --role-arn ${roleIn(OTHER)}${more}`, 3, 'WRONG_ACCOUNT');
    },
  );

  test('and the name that its role was made by go with the ARN of that role', async () => {
    const argv = ['destroy', 'dev', '--role-name', 'other', '--role-arn', roleIn(TARGET, 'other'), '--yes'];
    expect(await product.run(argv)).toMatchObject({ status: 0 });
    expect(await rolesOf(TARGET)).toEqual(['xacct-terraform']);
  });
});

describe('an ARN', () => {
  test.each(['destroy', 'lock', 'unlock'])('is of the account and the name that %s is told beside it', async (command) => {
    await product.put('none.yaml', 'version: 1\ntargets: { other: { account: "444444444444" } }\n');
    const argv = `${command} --config none.yaml --role-arn ${roleIn(TARGET, 'other')} --target-profile target --yes`;
    await refused(`${argv} --target-account ${OTHER}`, 3, 'WRONG_ACCOUNT');
    await refused(`${argv} --role-name xacct-terraform`, 2, 'USAGE');
    await refused(argv, 3, 'WRONG_ACCOUNT', { XACCT_TARGET_ACCOUNT: OTHER });
  });

  test('that was typed chooses its target, whatever XACCT_ALL says', async () => {
    const [, before] = await states();
    const ran = await product.run(['lock', '--role-arn', roleIn(TARGET), '--yes'], { env: { XACCT_ALL: '1' } });
    expect({ status: ran.status, stderr: ran.stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('locked') });
    expect((await states())[1]).toEqual(before);
  });
});
