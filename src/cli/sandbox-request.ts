/** What was typed after `xacct sandbox` as a request for one; every fault of it at once. */
import { isAccountId } from '#domain/arn.ts';
import { problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import { parseMs, parseThrottle } from '#domain/fault-words.ts';
import { isLoopbackHost } from '#domain/loopback.ts';
import { shellWord } from '#domain/shell-word.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { Input } from './command.ts';
import type { Context, OpenSandbox, SandboxRequest } from './context.ts';

const MAX_PORT = 65_535;

const parsePort = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined;

const parseUrl = (text: string): string | undefined =>
  /^https?:\/\/[^\s/]+\/?$/.test(text) && URL.canParse(text) ? text : undefined;

/** A seed's data, and where in its file a place such as `accounts.222222222222.roles[0]` is. */
interface SeedFile {
  readonly data: unknown;
  readonly locate: (place: string) => string;
}

const SEE_OPTIONS: readonly Hint[] = [{ text: 'see what each option takes', command: 'xacct sandbox --help' }];

const keysOf = (place: string): readonly (string | number)[] =>
  [...place.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? Number(index));

const tryAgain = (file: string): readonly Hint[] => [
  { text: 'correct it there, then see whether it is taken', command: `xacct sandbox --seed ${shellWord(file)} -- true` },
];

const readSeed = async (input: Input, context: Context): Promise<SeedFile | undefined> => {
  const given = input.text('seed');
  if (given === undefined) return undefined;
  const path = context.files.resolve(context.cwd, given.value);
  const text = await context.files.read(path);
  if (text === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', `there is no seed file ${given.value}`, {
        path: given.place,
        hints: SEE_OPTIONS,
      }),
    );
  const source = (await context.configReader()).parse(text, path);
  return { data: source.data ?? {}, locate: (place) => source.locate(keysOf(place)) };
};

const LIST = /[\s,]+/;

/** Throws XacctError: USAGE or INVALID_VALUE for flags, FILE_UNREADABLE or INVALID_CONFIG for the seed file. */
const readSandboxRequest = async (input: Input, context: Context, seed: SeedFile | undefined): Promise<SandboxRequest> => {
  const found: Diagnostic[] = [];
  const read = <T>(flag: string, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const given = input.text(flag);
    const value = given === undefined ? undefined : parse(given.value);
    if (given !== undefined && value === undefined)
      found.push(
        problem('INVALID_VALUE', `"${given.value}" is not ${wanted}`, {
          path: given.place,
          hints: SEE_OPTIONS,
        }),
      );
    return value;
  };
  const port = read('port', parsePort, `a port from 0 (any free one) to ${MAX_PORT}`);
  const latencyMs = read('latency', parseMs, 'a duration such as 200ms or 2s');
  const consistencyDelayMs = read('consistency-delay', parseMs, 'a duration such as 500ms or 10s');
  const throttle = read(
    'throttle',
    (text) => (parseThrottle(text) === undefined ? undefined : text),
    'a number of calls such as 3, or a rate such as 5/s',
  );
  const upstream = read('upstream', parseUrl, 'a URL such as http://127.0.0.1:5000');
  const accounts = input.list('accounts')?.flatMap(({ value }) => value.split(LIST).filter((id) => id !== ''));
  const path = input.list('accounts')?.[0]?.place ?? '--accounts';
  for (const id of accounts?.filter((text) => !isAccountId(text)) ?? [])
    found.push(problem('INVALID_VALUE', `"${id}" is not an account id: it must have 12 digits`, { path, hints: SEE_OPTIONS }));
  if (accounts !== undefined && new Set(accounts).size < accounts.length)
    found.push(problem('INVALID_VALUE', 'an account is named twice', { path, hints: SEE_OPTIONS }));
  if (found.length > 0) throw XacctError.of(found);
  const log = input.text('log');
  const faults = {
    ...(throttle !== undefined && { throttle }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(consistencyDelayMs !== undefined && { consistencyDelayMs }),
  };
  return {
    ...(port !== undefined && { port }),
    ...(accounts !== undefined && accounts.length > 0 && { accounts }),
    ...(seed !== undefined && { seed: seed.data }),
    ...(Object.keys(faults).length > 0 && { faults }),
    ...(upstream !== undefined && { upstream }),
    ...(input.isSet('upstream-remote') && { upstreamRemote: true }),
    ...(input.text('upstream-unmapped')?.value === 'allow' && { upstreamUnmapped: 'allow' as const }),
    ...(log !== undefined && {
      logFile: context.files.resolve(context.cwd, log.value),
      onLogLost: (why: Diagnostic) => context.reporter.tell(why),
    }),
  };
};

const WHY = { EADDRINUSE: 'another program has it', EACCES: 'this person may not take it' } as const;

/** What openSandbox rejects with, as diagnostics that name the flag, or the line of the seed. */
const refusalOf = (thrown: unknown, input: Input, seed: SeedFile | undefined): unknown => {
  const given = input.text('seed');
  if (isXacctError(thrown))
    return XacctError.of(
      thrown.diagnostics.map((one) => {
        if (one.path === 'upstream') return { ...one, path: '--upstream' };
        if (seed === undefined || given === undefined || one.path === undefined) return one;
        return { ...one, path: seed.locate(one.path), hints: tryAgain(given.value) };
      }),
    );
  const { code } = thrown as Error & { code?: unknown };
  const port = input.text('port');
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return thrown;
  return new XacctError(
    problem('USAGE', `port ${port?.value ?? ''} cannot be listened on: ${WHY[code]} (${code})`, {
      path: port?.place ?? '--port',
      hints: [{ text: 'take any free one', command: 'xacct sandbox --port 0' }],
    }),
  );
};

/** The host that everything is sent to, where it is another machine's. */
const remoteHost = (upstream: string | undefined): string | undefined => {
  const host = upstream === undefined ? undefined : new URL(upstream).hostname;
  return host === undefined || isLoopbackHost(host) ? undefined : host;
};

export const openRequested = async (input: Input, context: Context): Promise<OpenSandbox> => {
  const seed = await readSeed(input, context).catch((thrown: unknown) => {
    const file = input.text('seed')?.value ?? '';
    if (!isXacctError(thrown) || thrown.code !== 'INVALID_CONFIG') throw thrown;
    throw XacctError.of(thrown.diagnostics.map((one) => ({ ...one, code: 'INVALID_VALUE' as const, hints: tryAgain(file) })));
  });
  const request = await readSandboxRequest(input, context, seed);
  const remote = remoteHost(request.upstream);
  try {
    const sandbox = await context.openSandbox(request);
    if (remote !== undefined)
      context.say(
        `${context.paint.yellow('warning')} calls of other services, their data and the callers' account ids go to ${remote}, which is another machine\n`,
      );
    return sandbox;
  } catch (thrown) {
    throw refusalOf(thrown, input, seed);
  }
};
