/** What is asked again while a plan is carried out: throttling, and what only waits for this run's own work; within one budget. */
import { describe, expect, test } from 'vitest';
import { createPatience } from '#core/patience.ts';
import type { Reporter } from '#core/ports/reporter.ts';
import type { Step } from '#domain/plan.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { createClock, refused } from '../../support/world.ts';

type Kind = Step['write']['kind'];

/** Patience looks at nothing but the kind. */
const step = (kind: Kind): Step => ({ id: kind, side: 'target', write: { kind } }) as unknown as Step;

const refusal = (code: string, message = 'no'): XacctError => {
  const error = new XacctError(problem('AWS_REFUSED', message));
  error.cause = refused(message, code);
  return error;
};

/** Fails so often, and then works. */
const failing = (times: number, error: Error) => {
  let calls = 0;
  const work = async (): Promise<void> => {
    calls += 1;
    if (calls <= times) throw error;
  };
  return { work, calls: () => calls };
};

/** `ffff`: no pause is shortened. */
const WHOLE = { hex: (bytes: number) => 'f'.repeat(bytes * 2) };

const SILENT: Reporter = { progress: () => undefined, tell: () => undefined };

const PRINCIPAL = refusal('MalformedPolicyDocument', 'Invalid principal in policy: "AWS":"arn:aws:iam::1:role/hub"');

describe('a refusal', () => {
  test.each<[string, Kind, readonly Kind[], XacctError]>([
    ['for throttling passes', 'tag', [], refusal('Throttling')],
    ['of a principal that this run made passes', 'create-role', ['create-role'], PRINCIPAL],
    ['of a principal in a changed trust passes', 'update-trust', ['create-role'], PRINCIPAL],
    ['of a role that this run made passes', 'attach-policy', ['create-role'], refusal('NoSuchEntity')],
    ['of a policy that this run made passes', 'attach-policy', ['create-policy'], refusal('NoSuchEntity')],
    ['of a profile that this run made passes', 'add-role-to-profile', ['create-instance-profile'], refusal('NoSuchEntity')],
    ['of what still holds what this run took away passes', 'delete-role', ['detach-policy'], refusal('DeleteConflict')],
  ])('%s', async (_what, kind, before, error) => {
    const { clock, sleeps } = createClock();
    const { work, calls } = failing(2, error);
    await createPatience({ clock, random: WHOLE, reporter: SILENT }, undefined).keepTrying(step(kind), before.map(step), work);
    expect({ calls: calls(), sleeps }).toEqual({ calls: 3, sleeps: [1000, 2000] });
  });

  test.each<[string, Kind, readonly Kind[], Error]>([
    ['of a principal that nobody made here', 'create-role', [], PRINCIPAL],
    ['of another fault of the document', 'create-role', ['create-role'], refusal('MalformedPolicyDocument', 'Syntax errors')],
    ['of a policy that others should have made', 'attach-policy', ['tag'], refusal('NoSuchEntity')],
    ['of what others have put on the role', 'delete-role', [], refusal('DeleteConflict')],
    ['by a policy', 'create-role', ['create-role'], refusal('AccessDenied')],
    ['by a quota', 'create-policy', ['create-role'], refusal('LimitExceeded')],
    ['that is no answer of AWS', 'attach-policy', ['create-role'], new Error('socket hang up')],
  ])('%s is final', async (_what, kind, before, error) => {
    const { clock, sleeps } = createClock();
    const { work, calls } = failing(1, error);
    await expect(
      createPatience({ clock, random: WHOLE, reporter: SILENT }, undefined).keepTrying(step(kind), before.map(step), work),
    ).rejects.toBe(error);
    expect({ calls: calls(), sleeps }).toEqual({ calls: 1, sleeps: [] });
  });
});

describe('patience', () => {
  test('ends with its budget of a minute, which all steps share', async () => {
    const { clock, sleeps } = createClock();
    const patience = createPatience({ clock, random: WHOLE, reporter: SILENT }, undefined);
    const error = refusal('Throttling');
    const first = failing(4, error);
    await patience.keepTrying(step('tag'), [], first.work);
    await expect(patience.keepTrying(step('tag'), [], failing(100, error).work)).rejects.toBe(error);
    const total = sleeps.reduce((sum, ms) => sum + ms, 0);
    expect({ first: sleeps.slice(0, 4), longest: Math.max(...sleeps), isWithin: total <= 60_000 && total > 50_000 }).toEqual({
      first: [1000, 2000, 4000, 8000],
      longest: 8000,
      isWithin: true,
    });
  });

  test('counts the time of the tries, too, in which the SDK has tried for itself', async () => {
    const { clock } = createClock();
    const error = refusal('Throttling');
    const work = async (): Promise<void> => {
      await clock.sleep(8000);
      throw error;
    };
    await expect(
      createPatience({ clock, random: WHOLE, reporter: SILENT }, undefined).keepTrying(step('tag'), [], work),
    ).rejects.toBe(error);
    expect(clock.now()).toBeGreaterThan(45_000);
    expect(clock.now()).toBeLessThanOrEqual(60_000);
  });

  test('counts the time that several wait together once, and none of what works', async () => {
    let now = 0;
    const waiting: { readonly until: number; readonly wake: () => void }[] = [];
    const clock = {
      now: () => now,
      sleep: (ms: number) => new Promise<void>((wake) => void waiting.push({ until: now + ms, wake })),
    };
    const wakeFirst = (): void => {
      const [first] = waiting.toSorted((left, right) => left.until - right.until);
      if (first === undefined) return;
      waiting.splice(waiting.indexOf(first), 1);
      now = first.until;
      first.wake();
    };
    const patience = createPatience({ clock, random: WHOLE, reporter: SILENT }, undefined);
    await patience.keepTrying(step('tag'), [], async () => void (now += 300_000));
    // 23 s of pauses each.
    const all = Promise.all(
      Array.from({ length: 4 }, () => patience.keepTrying(step('tag'), [], failing(5, refusal('Throttling')).work)),
    );
    const waking = setInterval(wakeFirst, 0);
    await all.finally(() => clearInterval(waking));
    expect(now).toBe(323_000);
  });

  test('shortens each pause by up to a half, by chance', async () => {
    const { clock, sleeps } = createClock();
    await createPatience({ clock, random: { hex: () => '0000' }, reporter: SILENT }, undefined).keepTrying(
      step('tag'),
      [],
      failing(2, refusal('SlowDown')).work,
    );
    expect(sleeps).toEqual([500, 1000]);
  });

  test('ends when somebody stops the run', async () => {
    const { clock, sleeps } = createClock();
    const error = refusal('Throttling');
    const patience = createPatience({ clock, random: WHOLE, reporter: SILENT }, AbortSignal.abort());
    await expect(patience.keepTrying(step('tag'), [], failing(1, error).work)).rejects.toBe(error);
    expect(sleeps).toEqual([]);
  });
});

test('whoever watches is told why nothing happens, and how long that may go on', async () => {
  const { clock } = createClock();
  const said: string[] = [];
  const reporter: Reporter = { ...SILENT, progress: (event) => void said.push(`${event.kind}: ${event.title}`) };
  const patience = createPatience({ clock, random: WHOLE, reporter }, undefined);
  await patience.keepTrying(step('tag'), [], failing(1, refusal('Throttling')).work);
  await patience.keepTrying(step('create-role'), [step('create-role')], failing(1, PRINCIPAL).work);
  expect(said).toEqual([
    'waiting: AWS throttles the calls of this account; trying for 60 s in all',
    'waiting: IAM has not spread yet what this run made; trying for 60 s in all',
  ]);
});
