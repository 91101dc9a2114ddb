/** The control endpoint /_xacct/: faults, clock, reset, seed and the log, as JSON over HTTP. */
import type { Result } from '#domain/result.ts';
import { AwsError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { TokenClaims } from './oidc/issuer.ts';
import type { LogEntry } from './log.ts';
import { parseFaults, parseSeed } from './model/parse-seed.ts';
import type { SandboxSeed } from './model/seed.ts';

/** What can be done to a running sandbox. */
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/** Beyond that a date has no text, and tokens no sense. */
export const isClockStep = (ms: number): boolean => Number.isFinite(ms) && Math.abs(ms) <= TEN_YEARS_MS;

export interface Controls {
  log(): readonly LogEntry[];
  setFaults(faults: Faults): void;
  /** An OIDC token with these claims. */
  issueToken(claims: TokenClaims): string;
  advanceClock(ms: number): void;
  /** Epoch milliseconds of the model's clock. */
  now(): number;
  reset(seed?: SandboxSeed): void;
  addSeed(seed: SandboxSeed): void;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

const fault = (status: number, message: string): ControlAnswer => ({ status, body: { error: message } });

/** `path` without the leading `/_xacct/`. */
export const control = (controls: Controls, method: string, path: string, body: string): ControlAnswer => {
  if (method === 'GET' && path === 'log') return { status: 200, body: controls.log() };
  if (method !== 'POST') return fault(405, `${method} /_xacct/${path} is not served`);
  let input: unknown;
  try {
    input = body.trim() === '' ? {} : JSON.parse(body);
  } catch {
    return fault(400, 'the body is not JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return fault(400, 'the body must be a JSON object');
  try {
    return act(controls, path, input);
  } catch (thrown) {
    if (thrown instanceof AwsError) return fault(400, `${thrown.code}: ${thrown.message}`);
    return fault(400, thrown instanceof Error ? thrown.message : String(thrown));
  }
};

const valueOf = <T>(parsed: Result<T>): T => {
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '));
};

const act = (controls: Controls, path: string, input: object): ControlAnswer => {
  switch (path) {
    case 'faults':
      controls.setFaults(valueOf(parseFaults(input)));
      return { status: 200, body: {} };
    case 'clock': {
      const { advanceMs } = input as { advanceMs?: unknown };
      if (typeof advanceMs !== 'number' || !isClockStep(advanceMs))
        return fault(400, 'advanceMs must be a number of milliseconds, ten years at most');
      controls.advanceClock(advanceMs);
      return { status: 200, body: { now: new Date(controls.now()).toISOString() } };
    }
    case 'token':
      return { status: 200, body: { token: controls.issueToken(input as TokenClaims) } };
    case 'reset':
      controls.reset(Object.keys(input).length === 0 ? undefined : valueOf(parseSeed(input)));
      return { status: 200, body: {} };
    case 'seed':
      controls.addSeed(valueOf(parseSeed(input)));
      return { status: 200, body: {} };
    default:
      return fault(404, `/_xacct/${path} is not served; there are faults, clock, reset, seed, token (POST) and log (GET)`);
  }
};
