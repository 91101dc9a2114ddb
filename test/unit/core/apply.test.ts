/** The only writer: order, journal, undo, and what it says when something remains. */
import { describe, expect, test } from 'vitest';
import { problem } from '#domain/diagnostic.ts';
import type { Plan } from '#domain/plan.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { apply } from '#core/apply.ts';
import { approve } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { aDesired, allow, NOTHING_THERE } from '../../support/builders.ts';
import { createIam, createJournal, createListener, createTime } from '../../support/world.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

const approved = (names: readonly string[] = NAMES) => {
  const policies = names.map((name) => ({ name, document: allow('s3:*') }));
  const planned = diff(aDesired({ permissions: { policies } }), NOTHING_THERE);
  const plan: Plan = planned.ok ? planned.value : { targetAccount: '', changes: [], unread: [], trustList: [] };
  return approve(plan, 'yes') ?? (plan as never);
};

const refuse = (message: string, code: 'AWS_REFUSED' | 'UNREACHABLE' = 'AWS_REFUSED') => new XacctError(problem(code, message));

const carryOut = async (act?: (call: string) => Promise<void> | void, signal?: AbortSignal, names?: readonly string[]) => {
  const { iam, calls } = createIam(act);
  const { journal, lines } = createJournal();
  const outcome = await apply(
    approved(names),
    { iams: { target: iam, source: undefined }, journal, reporter: createListener().reporter, ...createTime() },
    signal && { signal },
  ).then(
    ({ applied }) => applied.map(({ id }) => id),
    (error: unknown) => (isXacctError(error) ? error.diagnostics.map(({ code, message }) => `${code} ${message}`) : error),
  );
  return { outcome, calls, lines };
};

const ARN = 'arn:aws:iam::222222222222:policy/xacct-terraform-';

describe('apply', () => {
  test('makes everything before it joins anything, and tells the steps in the order of the plan', async () => {
    const { outcome, calls } = await carryOut(async (call) => {
      // The first of a batch is the last to be done.
      if (call.startsWith('createRole')) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(calls.slice(0, 6).every((call) => call.startsWith('create'))).toBe(true);
    expect(calls.slice(6)).toEqual(NAMES.map((name) => `attachPolicy xacct-terraform ${ARN}${name}`));
    expect(outcome).toEqual([
      'create-role xacct-terraform',
      ...NAMES.map((name) => `create-policy xacct-terraform-${name}`),
      ...NAMES.map((name) => `attach-policy ${ARN}${name}`),
    ]);
  });

  test('has no more than four calls at a time', async () => {
    let [now, most] = [0, 0];
    await carryOut(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
    });
    expect(most).toBe(4);
  });

  test('writes each step down before it is done and after', async () => {
    const { lines } = await carryOut(undefined, undefined, ['a']);
    const steps = ['create-role xacct-terraform', 'create-policy xacct-terraform-a', `attach-policy ${ARN}a`];
    expect(lines.toSorted()).toEqual(steps.flatMap((step) => [`begin ${step}`, `end ${step} done`]).toSorted());
    for (const step of steps) expect(lines.indexOf(`begin ${step}`)).toBeLessThan(lines.indexOf(`end ${step} done`));
  });

  test('takes everything back in reverse when a step fails, and throws what went wrong', async () => {
    const { outcome, calls, lines } = await carryOut((call) => {
      if (call.startsWith('attachPolicy') && call.endsWith('-e')) throw refuse('no more');
    });
    expect(outcome).toEqual(['AWS_REFUSED no more']);
    const undone = calls.slice(calls.findIndex((call) => call.startsWith('detach')));
    expect(undone.slice(0, 4)).toEqual(['d', 'c', 'b', 'a'].map((name) => `detachPolicy xacct-terraform ${ARN}${name}`));
    expect(undone.slice(4).toSorted()).toEqual([
      ...NAMES.map((name) => `deletePolicy ${ARN}${name}`),
      'deleteRole xacct-terraform',
    ]);
    expect(lines).toContain(`end attach-policy ${ARN}e failed`);
    expect(lines.at(-1)).toMatch(/^undo create-(role|policy) .* by delete-(role|policy) done$/);
  });

  test('waits for the others of a batch before it takes back, so that nothing is made after that', async () => {
    const { calls } = await carryOut(async (call) => {
      if (call.startsWith('createRole')) throw refuse('no');
      if (call.startsWith('createPolicy')) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    expect(calls.slice(0, 4).every((call) => call.startsWith('create'))).toBe(true);
    expect(calls.slice(4)).toHaveLength(3);
    expect(calls.slice(4).every((call) => call.startsWith('deletePolicy'))).toBe(true);
  });

  test('tries to take back the rest when one cannot be, and says PARTIAL with what remains and why it began', async () => {
    const { outcome, calls, lines } = await carryOut(
      (call) => {
        if (call.startsWith('attachPolicy')) throw refuse('no attaching');
        if (call.startsWith('deleteRole')) throw refuse('no deleting');
      },
      undefined,
      ['a'],
    );
    expect(outcome).toEqual([
      'PARTIAL this remains: create-role xacct-terraform could not be undone: no deleting',
      'AWS_REFUSED no attaching',
    ]);
    expect(calls).toContain(`deletePolicy ${ARN}a`);
    expect(lines).toContain('undo create-role xacct-terraform by delete-role failed');
  });

  test('takes back a step that had no answer, since it may have been done', async () => {
    const { outcome, calls } = await carryOut(
      (call) => {
        if (call.startsWith('attachPolicy')) throw refuse('no answer', 'UNREACHABLE');
      },
      undefined,
      ['a'],
    );
    expect(outcome).toEqual(['UNREACHABLE no answer']);
    expect(calls).toContain(`detachPolicy xacct-terraform ${ARN}a`);
  });

  test('stops between two phases when it is told to, and takes back', async () => {
    const stop = new AbortController();
    const { outcome, calls } = await carryOut(
      (call) => {
        if (call.startsWith('createRole')) stop.abort(new Error('stopped'));
      },
      stop.signal,
      ['a'],
    );
    expect(outcome).toEqual(new Error('stopped'));
    expect(calls.filter((call) => call.startsWith('attach'))).toEqual([]);
    expect(calls.slice(2).toSorted()).toEqual([`deletePolicy ${ARN}a`, 'deleteRole xacct-terraform']);
  });
});
