/** explain without an account: messages and scenarios through the command line; nothing is asked of AWS. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '#domain/cause.ts';
import { openProduct, type Product } from '../support/product.ts';
import { JANE, LOGS, ROLE } from '../support/refusal-logs.ts';

let product: Product;
beforeAll(async () => {
  product = await openProduct();
});
afterAll(async () => {
  const log = product.sandbox.log();
  await product.close();
  expect(log).toEqual([]);
});

const noAws = () => {
  throw new Error('AWS was opened');
};

const run = (argv: readonly string[], stdin = '') =>
  product.run(['explain', ...argv], {
    onlyEnv: {},
    context: {
      aws: noAws,
      readInput: async function* () {
        yield* stdin.match(/[^]{1,7000}/g) ?? [];
      },
    },
  });

const DENIED = `User: ${JANE} is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no role trust policy allows the sts:AssumeRole action`;

describe('--message', () => {
  test('where AWS does not say which side refused, says what does', async () => {
    const unsaid = (caller: string, role = ROLE, action = 'sts:AssumeRole') =>
      run(['--message', `User: ${caller} is not authorized to perform: ${action} on resource: ${role}`]);
    const session = 'arn:aws:sts::111111111111:assumed-role/ci/GitHub@actions';
    for (const caller of [JANE, session])
      expect((await unsaid(caller)).stdout).toContain(
        `xacct explain --role-arn ${ROLE} --as ${caller} --source-profile NAME --target-profile NAME\n`,
      );
    // Of these explain could read nothing, or is not what was asked.
    for (const other of [
      unsaid('arn:aws:iam::111111111111:root'),
      unsaid(JANE, 'arn:aws:s3:::bucket', 's3:GetObject'),
      unsaid(JANE, ROLE, 'sts:TagSession'),
      run(['--message', DENIED]),
    ])
      expect((await other).stdout).not.toContain('--source-profile');
  });

  test('takes the sentence itself', async () => {
    expect(await run(['--message', DENIED])).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "",
        "stdout": "✗ User: arn:aws:iam::111111111111:user/jane is not authorized to perform:
        sts:AssumeRole on resource: arn:aws:iam::222222222222:role/ops/xacct-terraform
        because no role trust policy allows the sts:AssumeRole action
        (line 1)
        cause    arn:aws:iam::111111111111:user/jane may not do sts:AssumeRole on
                 arn:aws:iam::222222222222:role/ops/xacct-terraform: nothing in the
                 trust policy of the role allows it [NOT_ALLOWED]
        layer    trust
        who      the target account's administrator, in account 222222222222
        fix      look whether the trust policy of
                 arn:aws:iam::222222222222:role/ops/xacct-terraform allows
                 sts:AssumeRole to the caller, and under which conditions; no
                 statement is proposed, for one without them (external ID, session
                 name, MFA, address, organization) would open the role
        command  aws iam get-role --role-name xacct-terraform --query Role.AssumeRolePolicyDocument
        xacct    xacct explain --role-arn arn:aws:iam::222222222222:role/ops/xacct-terraform --as arn:aws:iam::111111111111:user/jane --target-profile NAME
      ",
      }
    `);
  });

  test('finds every refusal of a log on standard input, in JSON too', async () => {
    const ran = await run(['--message', '-', '--json'], LOGS.map(({ text }) => text).join('\n\n'));
    const { ok, result } = JSON.parse(ran.stdout) as { ok: boolean; result: { refusals: readonly { sentence: string }[] } };
    const sentences = result.refusals.map(({ sentence }) => sentence);
    expect({ status: ran.status, ok, areDistinct: new Set(sentences).size === sentences.length }).toEqual({
      status: 1,
      ok: false,
      areDistinct: true,
    });
    expect(sentences).toContain(DENIED);
  });

  test('without a refusal in it is a usage error that says what one looks like', async () => {
    const ran = await run(['--message', 'Apply complete!']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('--message: there is no refusal of AWS in this text [INVALID_VALUE]');
    expect(ran.stderr).toContain('xacct explain --message - < terraform.log');
  });

  test('with the name of a log says how to give the log', async () => {
    await product.put('terraform.log', DENIED);
    const ran = await run(['--message', 'terraform.log']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('terraform.log is a file, and --message takes the text itself');
    expect(ran.stderr).toContain('xacct explain --message - < terraform.log');
  });

  test.each(['', '.', 'absent.log'])('with "%s" is a text without a refusal', async (text) => {
    const ran = await run(['--message', text]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('there is no refusal of AWS in this text');
  });

  test('says what it left out of a log with more refusals than anybody reads', async () => {
    const log = Array.from({ length: 501 }, (_, i) => DENIED.replace('jane', `jane${i}`)).join('\n');
    expect((await run(['--message', '-'], log)).stdout).toMatch(
      /\n1 or more different refusals come after these, and are left out\n$/,
    );
    const { result } = JSON.parse((await run(['--message', '-', '--json'], log)).stdout) as { result: { leftOut: number } };
    expect(result.leftOut).toBe(1);
  });

  test('tells a person at a terminal that it waits for them', async () => {
    const ran = await product.run(['explain', '--message', '-'], {
      onlyEnv: {},
      answers: [],
      context: {
        aws: noAws,
        readInput: async function* () {
          yield DENIED;
        },
      },
    });
    expect(ran).toMatchObject({ status: 1, stderr: 'reading standard input: end it with Ctrl-D on a line of its own\n' });
  });

  test('that was not quoted is refused before anything is read from half of it', async () => {
    const ran = await run(['--message', 'User:', 'x', 'is', 'not', 'authorized']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('put the whole text in quotes');
  });

  test('cannot move the cursor of the terminal', async () => {
    const ran = await run(['--message', DENIED.replace('jane', 'jane\u009b2J')]);
    expect(ran.stdout).not.toContain('\u009b');
  });
});

const CASES = path.join(import.meta.dirname, '../cases/policy');
const cases = readdirSync(CASES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .map((name) => JSON.parse(readFileSync(path.join(CASES, name), 'utf8')) as { scenario: object; expected: Partial<Decision> });

describe('--scenario', () => {
  test('refuses more input than it can hold, and says how to part it', async () => {
    const line = `${' '.repeat(1 << 20)}\n`;
    const ran = await product.run(['explain', '--scenario', '-'], {
      onlyEnv: {},
      context: {
        aws: noAws,
        readInput: async function* () {
          for (;;) yield line;
        },
      },
    });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('standard input is longer than 64 MB');
    expect(ran.stderr).toContain("split -l 10000 --filter 'xacct explain --scenario -' scenarios.jsonl");
  });

  test.each([
    ['', 'no file is named'],
    ['/dev/null', 'it is a pipe or a device and no file'],
    ['absent.jsonl', 'there is no file absent.jsonl'],
  ])('of "%s" says that standard input is read too', async (file, said) => {
    const ran = await run(['--scenario', file]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
    expect(ran.stderr).toContain('xacct explain --scenario - < scenarios.jsonl');
  });

  test('refuses what is not UTF-8: a policy would come out as another one', async () => {
    const text = JSON.stringify(cases[0]?.scenario).replace('arn', 'arn\uFFFD');
    const ran = await run(['--scenario', '-'], `\n${text}`);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('standard input:2: this is not UTF-8');
  });

  test('decides every golden case, one bare line for each, in their order', async () => {
    const ran = await run(['--scenario', '-'], cases.map(({ scenario }) => JSON.stringify(scenario)).join('\n'));
    const decisions = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Decision);
    expect(decisions.map(({ id, verdict, layer }) => ({ id, verdict, layer }))).toEqual(
      cases.map(({ scenario, expected: { verdict, layer } }) => ({
        id: (scenario as { id?: string }).id ?? null,
        verdict,
        layer,
      })),
    );
    expect(ran).toMatchObject({ status: 1, stderr: '' });
  });

  test('reads a file, and exits 0 when all are allowed; --json changes nothing', async () => {
    const allowed = cases.find(({ expected }) => expected.verdict === 'allowed');
    await product.put('scenario.json', JSON.stringify(allowed?.scenario, null, 2));
    const plain = await run(['--scenario', 'scenario.json']);
    expect({ status: plain.status, lines: plain.stdout.split('\n').length }).toEqual({ status: 0, lines: 2 });
    expect(await run(['--scenario', 'scenario.json', '--json'])).toEqual(plain);
  });

  test('that is none decides nothing, and tells line and key', async () => {
    const ran = await run(['--scenario', '-'], `${JSON.stringify(cases[0]?.scenario)}\n{"caller":{}}`);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('standard input:2: caller.arn: this key is missing [INVALID_VALUE]');
  });

  test('in a file that is not there is told', async () => {
    const ran = await run(['--scenario', 'absent.json']);
    expect({ status: ran.status, said: ran.stderr.includes('there is no file absent.json [FILE_UNREADABLE]') }).toEqual({
      status: 2,
      said: true,
    });
  });
});

test('what was typed wins over a variable that asks something else', async () => {
  const env = { XACCT_SCENARIO: 'absent.json', XACCT_ROLE_ARN: ROLE };
  const ran = await product.run(['explain', '--message', DENIED], { onlyEnv: env, context: { aws: noAws } });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 1, stderr: '' });
});

describe('what cannot be asked together', () => {
  test.each([
    [['--scenario', '-', '--message', 'x'], '--scenario and --message'],
    [['--message', 'x', '--role-arn', ROLE], '--message and --role-arn'],
    [['--who', '--as', 'self', '--role-arn', ROLE], '--who and --as'],
    [['--expect', 'x', '--role-arn', ROLE], '--expect compares'],
  ])('%j', async (argv, said) => {
    const ran = await run(argv);
    expect({ status: ran.status, said: ran.stderr.includes(said) }).toEqual({ status: 2, said: true });
  });
});
