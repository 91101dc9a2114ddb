/** Several targets of one file, the wizard, and what no output may ever hold. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '#cli/context.ts';
import { createHolds } from '#host/journal.ts';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const THIRD = '333333333333';

let product: Product;
beforeEach(async () => {
  product = await openProduct({ accounts: [SOURCE, TARGET, THIRD] });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const TWO = `version: 1
source: { account: "${SOURCE}", profile: source }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target }
  prod: { account: "${THIRD}", profile: "${THIRD}" }
`;

describe('two targets of one file', () => {
  test('are made and proved with --all, each with an external id of its own that the file then names', async () => {
    await product.put('xacct.yaml', TWO);
    const ran = await product.run(['init', '--all', '--yes', '--json']);
    expect(ran.status, ran.stderr).toBe(0);
    const ids = (JSON.parse(ran.stdout) as { result: { targets: { name: string; role: { externalId: string } }[] } }).result
      .targets;
    expect(ids.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(new Set(ids.map(({ role }) => role.externalId)).size).toBe(2);
    const file = await product.read('xacct.yaml');
    for (const { role } of ids) expect(file).toContain(role.externalId);
    const again = await product.run(['init', '--all', '--yes']);
    expect(again.status).toBe(0);
    expect(again.stderr.match(/nothing to do/g)).toHaveLength(2);
    // One file for both: the second command must not write over what the first wrote.
    expect(again.stderr.match(/next: .*/g)).toEqual(Array(2).fill('next: xacct emit-tf --all > provider.tf'));
    expect((await product.run(['init', 'dev', 'prod', '--yes'])).stderr).toContain('next: xacct emit-tf dev prod > provider.tf');
    expect((await product.run(['init', 'dev', '--yes'])).stderr).toContain('next: xacct emit-tf dev > provider.tf');
    expect(again.stdout).toBe('');
    expect(await product.run(['verify', '--all'])).toMatchObject({ status: 0 });
  });

  test('have an error each: the one that fails does not stop the other, and the worst status counts', async () => {
    await product.put('xacct.yaml', TWO.replace(`"${TARGET}", profile: target`, `"${TARGET}", profile: source`));
    const ran = await product.run(['init', '--all', '--yes', '--json']);
    expect(ran.status).toBe(3);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      result: {
        targets: [
          { name: 'dev', error: { code: 'WRONG_ACCOUNT', kind: 'credentials' } },
          { name: 'prod', proved: true },
        ],
      },
    });
    expect((await product.run(['init', '--all', '--yes'])).stderr).toContain('error --target-profile: dev: the target should be');
    expect((await stateOf(product.sandbox, TARGET)).roles).toEqual([]);
    expect((await stateOf(product.sandbox, THIRD)).roles.map(({ name }) => name)).toEqual(['xacct-terraform']);
  });

  test.each([
    ['a stop', { code: 'INTERRUPTED', message: 'stopped' }, 130, { code: 'INTERRUPTED', message: 'not begun' }],
    ['a fault of xacct', { code: 'BUG', message: 'this is a fault in xacct: broken' }, 70, undefined],
  ])('are all in the report after %s in the middle of one', async (_, error, status, ofNext) => {
    const FOURTH = '444444444444';
    await product.close();
    product = await openProduct({ accounts: [SOURCE, TARGET, THIRD, FOURTH] });
    await product.put('s3.json', S3_POLICY);
    await product.put('xacct.yaml', `${TWO}  stage: { account: "${FOURTH}", profile: "${FOURTH}" }\n`);
    const stop = new AbortController();
    const hold = createHolds('run');
    let held = 0;
    const context: Partial<Context> = {
      hold: (folder, work) => {
        held += 1;
        // Each target holds the folder, and again for its external ID.
        if (held === 3 && ofNext === undefined) throw new Error('broken');
        if (held === 3) stop.abort(new Error('stopped by SIGINT'));
        return hold(folder, work);
      },
    };
    const argv = ['init', '--all', '--yes', '--skip', 'negative', '--json'];
    const ran = await product.run(argv, { signal: stop.signal, context });
    expect(ran.status, ran.stderr).toBe(status);
    const done = { proved: true };
    const made = { proved: false, error: { code: 'INTERRUPTED' } };
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      result: {
        targets: [
          { name: 'dev', ...(ofNext ? made : done) },
          { name: 'prod', error },
          { name: 'stage', ...(ofNext ? { error: ofNext } : done) },
        ],
      },
    });
    expect(ran.stderr).toContain(`prod: ${error.message}`);
    expect(ran.stderr.includes('stage: not begun [INTERRUPTED]')).toBe(ofNext !== undefined);
    expect((await stateOf(product.sandbox, THIRD)).roles).toEqual([]);
  });

  test('need a name or --all', async () => {
    await product.put('xacct.yaml', TWO);
    const ran = await product.run(['init', '--yes']);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('which target? <folder>/xacct.yaml has dev, prod');
    const unknown = await product.run(['init', 'stage', '--yes']);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('there is no target "stage"');
    expect(await product.run(['init', 'prod', '--yes'])).toMatchObject({ status: 0 });
    expect((await stateOf(product.sandbox, TARGET)).roles).toEqual([]);
  });
});

describe('the wizard', () => {
  test('does not come where there is nobody, nor with --yes or --no-input', async () => {
    const argv = ['init', ...BOTH, '--permissions', 'none'];
    expect(await product.run([...argv, '--no-input'], { answers: [] })).toMatchObject({ status: 9, stdout: '' });
    expect(await product.run(argv, { env: { XACCT_NO_INPUT: '1' }, answers: [] })).toMatchObject({ status: 9 });
    expect(await product.run([...argv, '--yes'], { answers: [] })).toMatchObject({ status: 0 });
  });
});

describe('no secret', () => {
  test('is anywhere: stdout, stderr, the journal, the file; in words and in JSON, --verbose and --debug', async () => {
    const keys = [SOURCE, TARGET].map((account) => product.sandbox.credentials(account));
    const argv = ['init', ...BOTH, '--policy', 's3=s3.json', '--yes', '--verbose', '--debug'];
    const env = { AWS_ACCESS_KEY_ID: keys[1]?.accessKeyId ?? '', AWS_SECRET_ACCESS_KEY: keys[1]?.secretAccessKey ?? '' };
    const session = product.sandbox.sessionFor(`arn:aws:iam::${SOURCE}:role/runner`);
    const sessionEnv = {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    };
    const badKey = { ...env, AWS_SECRET_ACCESS_KEY: 'not-the-secret-key-of-anybody' };
    const role = ['--role-arn', `arn:aws:iam::${TARGET}:role/xacct-terraform`, '--verbose', '--debug'];
    const runs = [
      await product.runRaw(argv),
      await product.runRaw(['init', ...BOTH, '--yes', '--json', '--verbose', '--debug']),
      await product.runRaw(['verify', '--verbose', '--debug', '--json']),
      await product.runRaw(['emit-tf', '--verbose', '--debug']),
      await product.runRaw(['verify', ...role], { onlyEnv: env }),
      await product.runRaw(['verify', ...role, '--timeout', '1s'], { onlyEnv: sessionEnv }),
      await product.runRaw(['verify', ...role, '--json'], { onlyEnv: badKey }),
      await product.runRaw(['verify', ...role], { onlyEnv: { ...sessionEnv, AWS_SESSION_TOKEN: session.sessionToken.slice(9) } }),
    ];
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0, 3, 1, 3, 3]);
    const text = [
      ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
      await product.journal(),
      await product.read('xacct.yaml'),
    ].join('\n');
    expect(text).toContain('create-role');
    const secrets = [...keys.map(({ secretAccessKey }) => secretAccessKey), session.secretAccessKey, session.sessionToken];
    for (const secret of [...secrets, badKey.AWS_SECRET_ACCESS_KEY]) expect(text.includes(secret)).toBe(false);
    expect(text).not.toMatch(/AKIA[A-Z0-9]{12,}|ASIA[A-Z0-9]{12,}|SessionToken|aws_secret/);
  });
});
