/** init when a step fails: what was made is taken back, what cannot be is named, and what time cures is waited for. */
import { afterEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

let product: Product;
afterEach(() => product.close());

/** The target's administrator may do everything in IAM but what is named. */
const openLimited = async (...denied: readonly string[]): Promise<Product> => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      ...(denied.length > 0 ? [{ Effect: 'Deny', Action: denied, Resource: '*' }] : []),
    ],
  };
  const users = [{ UserName: 'limited', Policies: [{ PolicyName: 'most', PolicyDocument: document }] }];
  const opened = await openProduct({ seed: { accounts: { [TARGET]: { users } } } });
  await opened.put('s3.json', S3_POLICY);
  return opened;
};

const init = (...more: readonly string[]) => {
  const keys = product.sandbox.userCredentials(TARGET, 'limited');
  return product.run(['init', '--source-profile', 'source', '--policy', 's3=s3.json', '--yes', ...more], {
    env: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
  });
};

const events = async (): Promise<readonly string[]> =>
  (await product.journal())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; step: string | { id: string }; outcome?: string })
    .map(({ event, step, outcome = '' }) => `${event} ${typeof step === 'string' ? step : step.id} ${outcome}`.trim());

const ATTACHMENT = `attach-policy arn:aws:iam::${TARGET}:policy/xacct-terraform-s3`;

describe('a step that AWS refuses', () => {
  test('leaves the account as it was: what was made before it is taken back', async () => {
    product = await openLimited('iam:AttachRolePolicy');
    const before = await stateOf(product.sandbox, TARGET);
    const ran = await init();
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('iam:AttachRolePolicy');
    expect(ran.stderr).toContain('[AWS_REFUSED]');
    expect(ran.stderr).toMatch(/what this run had made is taken back: .*create-role xacct-terraform.* \[TAKEN_BACK\]/);
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
    expect(product.writes()).toEqual(['AttachRolePolicy', 'CreatePolicy', 'CreateRole', 'DeletePolicy', 'DeleteRole']);
    const journal = await events();
    expect(journal.slice(0, 4).toSorted()).toEqual([
      'begin create-policy xacct-terraform-s3',
      'begin create-role xacct-terraform',
      'end create-policy xacct-terraform-s3 done',
      'end create-role xacct-terraform done',
    ]);
    expect(journal.slice(4, 6)).toEqual([`begin ${ATTACHMENT}`, `end ${ATTACHMENT} failed`]);
    expect(journal.slice(6).toSorted()).toEqual([
      'undo create-policy xacct-terraform-s3 done',
      'undo create-role xacct-terraform done',
    ]);
  });

  test('and may not be taken back is 6, with what remains by name, in JSON too', async () => {
    product = await openLimited('iam:AttachRolePolicy', 'iam:DeleteRole');
    const ran = await init('--json');
    expect(ran.status).toBe(6);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      command: 'init',
      error: {
        code: 'PARTIAL',
        kind: 'partial',
        message: expect.stringMatching(/^this remains: create-role xacct-terraform could not be undone: /) as unknown,
      },
      diagnostics: [{ code: 'AWS_REFUSED' }],
    });
    expect((await stateOf(product.sandbox, TARGET)).roles.map(({ name }) => name)).toEqual(['xacct-terraform']);
    expect(await events()).toContain('undo create-role xacct-terraform failed');
  });

  test('a run after it finds what remained and goes on from there', async () => {
    product = await openLimited('iam:AttachRolePolicy', 'iam:DeleteRole');
    await init();
    const target = ['--target-profile', 'target'];
    expect(await init(...target)).toMatchObject({ status: 0 });
    expect(await stateOf(product.sandbox, TARGET)).toMatchObject({
      roles: [{ name: 'xacct-terraform', attached: [`arn:aws:iam::${TARGET}:policy/xacct-terraform-s3`] }],
    });
  });

  test('a read that is refused is said with the account and the action, and nothing is made', async () => {
    product = await openLimited('iam:GetRole');
    const ran = await init();
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('iam:GetRole');
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual(['s3.json']);
  });

  test('a principal that does not exist is refused by AWS, and the policy beside it is taken back', async () => {
    product = await openLimited();
    const before = await stateOf(product.sandbox, TARGET);
    const ran = await init('--trust', `arn:aws:iam::${SOURCE}:role/ghost`);
    expect(ran.status).toBe(4);
    expect(ran.stderr).toContain('ghost');
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
  });
});

describe('what time cures', () => {
  test('a role that IAM has not spread is waited for, and the waiting is said once', async () => {
    product = await openLimited();
    product.sandbox.setFaults({ consistencyDelayMs: 20_000 });
    const ran = await init();
    expect(ran.status).toBe(0);
    expect(ran.stderr.match(/IAM may not have spread/g)).toHaveLength(1);
    expect(ran.stderr).toContain('✓ without the external ID it is refused');
  });

  test('is given up after --timeout: what was made stays, and the status is 1', async () => {
    product = await openLimited();
    product.sandbox.setFaults({ consistencyDelayMs: 3_600_000 });
    const ran = await init('--timeout', '30s');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('✗ the source may assume the role');
    expect((await stateOf(product.sandbox, TARGET)).roles.map(({ name }) => name)).toEqual(['xacct-terraform']);
  });

  test('a throttled call is tried again', async () => {
    product = await openLimited();
    product.sandbox.setFaults({ rules: [{ kind: 'throttle', action: 'AttachRolePolicy', times: 2 }] });
    expect(await init()).toMatchObject({ status: 0 });
  });

  test.each(['CreateRole', 'CreatePolicy'])(
    'a reply to %s that is lost: what was made is taken for what this run made',
    async (action) => {
      product = await openLimited();
      product.sandbox.setFaults({ rules: [{ kind: 'lost-reply', action }] });
      expect(await init()).toMatchObject({ status: 0 });
      expect((await stateOf(product.sandbox, TARGET)).roles.map(({ name }) => name)).toEqual(['xacct-terraform']);
    },
  );

  test('a step without any answer is taken back as well, since it may have been done', async () => {
    product = await openLimited();
    const before = await stateOf(product.sandbox, TARGET);
    product.sandbox.setFaults({ rules: [{ kind: 'lost-reply', action: 'AttachRolePolicy', times: 20 }] });
    expect(await init()).toMatchObject({ status: 7, stdout: '' });
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
  });
});

describe('a run that is stopped', () => {
  test('takes back what it made, says so and ends with 130', async () => {
    product = await openLimited();
    const before = await stateOf(product.sandbox, TARGET);
    const stop = new AbortController();
    const keys = product.sandbox.userCredentials(TARGET, 'limited');
    const isMade = (): boolean => product.writes().includes('CreateRole');
    const watching = setInterval(() => isMade() && stop.abort(new Error('stopped by SIGINT')), 1);
    const ran = await product.run(['init', '--source-profile', 'source', '--policy', 's3=s3.json', '--yes'], {
      env: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
      signal: stop.signal,
    });
    clearInterval(watching);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 130, stdout: '' });
    expect(ran.stderr).toContain('stopped [INTERRUPTED]');
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
  });
});
