/** One check of a proof: asks, judges the answer, and says both to whoever watches. */
import type { Clock } from '#domain/clock.ts';
import { CHECKS, type Check, type CheckId } from '#domain/verify-report.ts';
import type { Symptom } from './diagnosis.ts';
import type { Reporter } from './ports/reporter.ts';

/** What an answer comes to. */
export interface Finding {
  readonly status: 'pass' | 'fail' | 'skip';
  readonly expected: string;
  readonly observed: string | null;
  readonly reason?: string;
  readonly symptom?: Symptom;
}

export interface Found<T> {
  readonly check: Check;
  readonly symptom: Symptom | null;
  readonly answer: T;
}

export interface CheckPorts {
  readonly clock: Clock;
  readonly reporter: Reporter;
}

const SHOWN = { pass: 'done', fail: 'failed', skip: 'skipped' } as const;

/** `judge` is pure. */
export const check = async <T>(
  id: CheckId,
  { clock, reporter }: CheckPorts,
  ask: () => Promise<T>,
  judge: (answer: T) => Finding,
): Promise<Found<T>> => {
  const { title, kind } = CHECKS[id];
  const startedAt = clock.now();
  reporter.progress({ kind: 'started', id, title });
  const answer = await ask();
  const { symptom = null, ...finding } = judge(answer);
  reporter.progress({ kind: 'finished', id, title, status: SHOWN[finding.status] });
  return { check: { id, title, kind, ...finding, ms: Math.round(clock.now() - startedAt) }, symptom, answer };
};

/** Nothing was asked. */
export const skipCheck = (id: CheckId, { reporter }: CheckPorts, reason: string): Found<undefined> => {
  const { title, kind } = CHECKS[id];
  reporter.progress({ kind: 'finished', id, title: `${title} (${reason})`, status: 'skipped' });
  const check: Check = { id, title, kind, status: 'skip', expected: '', observed: null, reason, ms: 0 };
  return { check, symptom: null, answer: undefined };
};
