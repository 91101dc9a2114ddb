/** Faults on demand: what goes wrong, for which calls, and how often. Deciding is here; acting it out is the server's. */

import type { VpcEndpoint } from './vpc-endpoint.ts';

/**
 * `throttle`, `server-error` and `expired-token` are answers; `drop` closes the connection with nothing done; `lost-reply` does the work and then closes
 * it; `hang` does the work and never answers.
 */
export const FAULT_KINDS = ['throttle', 'server-error', 'expired-token', 'drop', 'lost-reply', 'hang'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What becomes of a connection instead of the answer. */
export type LineFault = Extract<FaultKind, 'drop' | 'lost-reply' | 'hang'>;

export const isLineFault = (kind: FaultKind | undefined): kind is LineFault =>
  kind === 'drop' || kind === 'lost-reply' || kind === 'hang';

/** The next `times` calls (of `action`, where given) go wrong: `{kind, action, after: 2}` is the third call of that action, once. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Default 1. */
  readonly times?: number;
  /** Calls of that action to let through first. */
  readonly after?: number;
  /** `CreateRole` or `iam:CreateRole`; absent = every call. */
  readonly action?: string;
}

export interface Faults {
  /** New roles cannot be assumed until so much later: STS says AccessDenied. */
  readonly consistencyDelayMs?: number;
  /** Every answer comes so much later, in real time. */
  readonly latencyMs?: number;
  /** The clock that signatures are checked by is so far ahead of the caller's. */
  readonly clockSkewMs?: number;
  /** Calls above this rate are throttled, as AWS throttles them. */
  readonly callsPerSecond?: number;
  /** `old`: AWS's sentence without the kind of policy that refused, as it was, and as it still may be. */
  readonly wording?: 'old';
  /** AssumeRole comes through this interface endpoint. */
  readonly vpcEndpoint?: VpcEndpoint;
  readonly rules?: readonly FaultRule[];
}

/** The faults in force, and how much of each rule is used up. */
export interface FaultBox {
  settings(): Faults;
  /** Replaces all faults; `{}` ends them. */
  set(faults: Faults): void;
  /** What happens to this call, if anything; counts it. `now` is epoch ms. */
  strike(service: string, action: string, now?: number): FaultKind | undefined;
}

export const createFaultBox = (initial: Faults = {}): FaultBox => {
  let settings = initial;
  let left = countersOf(initial);
  let second = { at: 0, calls: 0 };
  const isTooMany = (now: number): boolean => {
    if (settings.callsPerSecond === undefined) return false;
    const at = Math.floor(now / 1000);
    if (second.at !== at) second = { at, calls: 0 };
    second.calls += 1;
    return second.calls > settings.callsPerSecond;
  };
  return {
    settings: () => settings,
    set: (faults) => {
      settings = faults;
      left = countersOf(faults);
    },
    strike: (service, action, now = 0) => {
      if (isTooMany(now)) return 'throttle';
      for (const counter of left) {
        if (counter.times === 0 || !concerns(counter.rule, service, action)) continue;
        if (counter.after > 0) {
          counter.after -= 1;
          continue;
        }
        counter.times -= 1;
        return counter.rule.kind;
      }
      return undefined;
    },
  };
};

const countersOf = (faults: Faults) =>
  (faults.rules ?? []).map((rule) => ({ rule, times: rule.times ?? 1, after: rule.after ?? 0 }));

const concerns = ({ action }: FaultRule, service: string, called: string): boolean =>
  action === undefined || action === called || action === `${service}:${called}`;
