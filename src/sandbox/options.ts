/** What openSandbox can be asked for, checked: TypeScript promises nothing of options that come from JavaScript or a command line. */
import type { Clock, Random } from '#domain/clock.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { isLoopbackHost } from '#domain/loopback.ts';
import type { Result } from '#domain/result.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { LogEntry } from './log.ts';
import { parseSeed, type CheckedSeed } from './model/parse-seed.ts';
import type { SandboxSeed } from './model/seed-types.ts';
import { parseFaults, type WrittenFaults } from './parse-faults.ts';
import type { Faults } from './faults.ts';
import type { Upstream } from './upstream/forward.ts';

export interface SandboxOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default 111111111111 and 222222222222. The first two are also called source and target. */
  readonly accounts?: readonly string[];
  /** Beside the administrators and the runner, which are always there. */
  readonly seed?: SandboxSeed;
  /** The model's time: expiry, dates, consistency. Signatures are always checked by the wall clock, since clients sign by it. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logSink?: (entry: LogEntry) => void;
  /** Every call is appended as a line of JSON. */
  readonly logFile?: string;
  /** Told once when that file cannot be written any more, as on a full disk; the calls go on. */
  readonly onLogLost?: (why: Diagnostic) => void;
  readonly faults?: WrittenFaults;
  readonly region?: string;
  /** Another emulator, which gets the calls of services other than IAM and STS once they are allowed: `http://127.0.0.1:5000`. */
  readonly upstream?: string;
  /** What becomes of calls whose IAM action cannot be told from the request. Default `deny`. */
  readonly upstreamUnmapped?: 'deny' | 'allow';
  /** Lets the upstream be on another machine, which then learns the account ids and all that is sent. */
  readonly upstreamRemote?: boolean;
}

const OPTIONS: Readonly<Record<keyof SandboxOptions, true>> = {
  port: true,
  accounts: true,
  seed: true,
  clock: true,
  random: true,
  logSink: true,
  logFile: true,
  onLogLost: true,
  faults: true,
  region: true,
  upstream: true,
  upstreamUnmapped: true,
  upstreamRemote: true,
};

/** Throws XacctError INVALID_VALUE for a name that is no option. */
export const assertOptions = (options: object): void => {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown.length === 0) return;
  const known = Object.keys(OPTIONS).join(', ');
  throw XacctError.of(
    unknown.map((name) => problem('INVALID_VALUE', `openSandbox knows no option ${name}; there are ${known}`, { path: name })),
  );
};

const valueOf = <T>(parsed: Result<T>): T => {
  if (parsed.ok) return parsed.value;
  throw XacctError.of(parsed.diagnostics);
};

export const checkedSeed = (seed: SandboxSeed): CheckedSeed => valueOf(parseSeed(seed));

export const checkedFaults = (faults: WrittenFaults): Faults => valueOf(parseFaults(faults));

/** Throws XacctError INVALID_VALUE for what is no URL, and for another machine unless that was asked for in so many words. */
export const upstreamOf = (options: SandboxOptions): Upstream | undefined => {
  const { upstream, upstreamUnmapped: unmapped = 'deny', upstreamRemote: isRemoteMeant = false } = options;
  if (upstream === undefined) return undefined;
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new XacctError(problem('INVALID_VALUE', `the upstream "${upstream}" is not an http or https URL`));
  if (!isLoopbackHost(url.hostname) && !isRemoteMeant)
    throw new XacctError(
      problem(
        'INVALID_VALUE',
        `the upstream ${url.host} is not on this machine: it would get every call, with its data and the caller's account, by a request that nobody has signed`,
        {
          path: 'upstream',
          hints: [{ text: 'if that is meant, say so: --upstream-remote, or the option upstreamRemote: true' }],
        },
      ),
    );
  return { url, unmapped };
};
