/** Faults as people write them (a seed's YAML, JSON over HTTP, JavaScript) into those that the fault box goes by. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { parseMs, parseThrottle } from '#domain/fault-words.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { FAULT_KINDS, type FaultRule, type Faults } from './faults.ts';
import { anything, count, fields, integer, list, oneOf, text, written } from './model/checks.ts';

/** Faults, and the words of the command line for the same. */
export interface WrittenFaults extends Faults {
  /** `200ms`, `2s`; a bare number is seconds. */
  readonly latency?: string | number;
  /** `3`: the next three calls; `5/s`: all above five in a second. */
  readonly throttle?: string | number;
  readonly consistencyDelay?: string | number;
}

const DURATION = written(parseMs, 'a duration such as 200ms or 10s');

export const faultsCheck = fields({
  consistencyDelay: DURATION,
  consistencyDelayMs: count,
  latency: DURATION,
  latencyMs: count,
  clockSkewMs: integer,
  throttle: written(parseThrottle, 'a number of calls such as 3, or a rate such as 5/s'),
  callsPerSecond: count,
  wording: oneOf('old'),
  vpcEndpoint: fields({ id: text, policy: anything }, ['id']),
  rules: list(fields({ kind: oneOf(...FAULT_KINDS), times: count, after: count, action: text }, ['kind'])),
});

/** What `faultsCheck` has passed. */
export const readFaults = ({ latency, throttle, consistencyDelay, ...faults }: WrittenFaults): Faults => {
  const said = throttle === undefined ? undefined : parseThrottle(String(throttle));
  const rule: readonly FaultRule[] = said !== undefined && 'calls' in said ? [{ kind: 'throttle', times: said.calls }] : [];
  const rules = [...rule, ...(faults.rules ?? [])];
  return {
    ...faults,
    ...(latency !== undefined && { latencyMs: parseMs(String(latency)) ?? 0 }),
    ...(consistencyDelay !== undefined && { consistencyDelayMs: parseMs(String(consistencyDelay)) ?? 0 }),
    ...(said !== undefined && 'callsPerSecond' in said && said),
    ...(rules.length > 0 && { rules }),
  };
};

export const parseFaults = (input: unknown): Result<Faults> => {
  const found: Diagnostic[] = [];
  faultsCheck(input, '', (path, message) =>
    found.push(problem('INVALID_VALUE', `${path === '' ? 'the faults' : path} ${message}`, { path, hints: [DOCUMENTED] })),
  );
  return found.length === 0 ? ok(readFaults(input as WrittenFaults)) : fail(...found);
};

const DOCUMENTED = { text: 'docs/sandbox.md lists the faults' };
