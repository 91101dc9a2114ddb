/** The control endpoint /_xacct/: faults, clock, reset, seed, the log and the instances, as JSON over HTTP. */
import { isXacctError } from '#domain/xacct-error.ts';
import type { TokenClaims } from './oidc/issuer.ts';
import type { LogEntry } from './log.ts';
import type { WrittenFaults } from './parse-faults.ts';
import type { SandboxSeed } from './model/seed-types.ts';

const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/** Beyond that a date has no text, and tokens no sense. */
export const isClockStep = (ms: number): boolean => Number.isFinite(ms) && Math.abs(ms) <= TEN_YEARS_MS;

/** What can be done to a running sandbox. */
export interface Controls {
  log(): readonly LogEntry[];
  setFaults(faults: WrittenFaults): void;
  /** An OIDC token with these claims. */
  issueToken(claims: TokenClaims): string;
  advanceClock(ms: number): void;
  /** Epoch milliseconds of the model's clock. */
  now(): number;
  /** Begins again with this seed or the first one; a faulty seed changes nothing. */
  reset(seed?: SandboxSeed): void;
  addSeed(seed: SandboxSeed): void;
  /** With the endpoint of each one's metadata. */
  instances(): Promise<readonly object[]>;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

const fault = (status: number, message: string): ControlAnswer => ({ status, body: { error: message } });

/** `path` without the leading `/_xacct/`. */
export const control = async (controls: Controls, method: string, path: string, body: string): Promise<ControlAnswer> => {
  if (method === 'GET' && path === 'log') return { status: 200, body: controls.log() };
  if (method === 'GET' && path === 'instances') return { status: 200, body: await controls.instances() };
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
    return fault(
      400,
      isXacctError(thrown)
        ? thrown.diagnostics.map(({ message }) => message).join('; ')
        : thrown instanceof Error
          ? thrown.message
          : String(thrown),
    );
  }
};

const act = (controls: Controls, path: string, input: object): ControlAnswer => {
  switch (path) {
    case 'faults':
      controls.setFaults(input);
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
      controls.reset(Object.keys(input).length === 0 ? undefined : input);
      return { status: 200, body: {} };
    case 'seed':
      controls.addSeed(input);
      return { status: 200, body: {} };
    default:
      return fault(
        404,
        `/_xacct/${path} is not served; there are faults, clock, reset, seed, token (POST), log and instances (GET)`,
      );
  }
};
