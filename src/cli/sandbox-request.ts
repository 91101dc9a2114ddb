/** What was typed after `xacct sandbox` as a request for one; every fault of it at once. */
import { isAccountId } from '#domain/arn.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { parseDuration } from '#domain/duration.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { Input } from './command.ts';
import type { Context, OpenSandbox, SandboxRequest } from './context.ts';

const MAX_PORT = 65_535;

const parsePort = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined;

/** `200ms`, or a duration as everywhere else; a bare number is seconds. */
const parseMs = (text: string): number | undefined => {
  const ms = /^(\d{1,9})ms$/.exec(text)?.[1];
  if (ms !== undefined) return Number(ms);
  const seconds = parseDuration(text);
  return seconds === undefined ? undefined : seconds * 1000;
};

const parseUrl = (text: string): string | undefined => (/^https?:\/\/[^\s/]+\/?$/.test(text) ? text : undefined);

/** `3`: the next three calls; `5/s`: no more than five in a second. */
const parseThrottle = (text: string): object | undefined => {
  const [, count, rate] = /^(\d{1,6})(\/s)?$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  return rate === undefined ? { rules: [{ kind: 'throttle', times: Number(count) }] } : { callsPerSecond: Number(count) };
};

const readSeed = async (input: Input, context: Context): Promise<unknown> => {
  const given = input.text('seed');
  if (given === undefined) return undefined;
  const path = context.files.resolve(context.cwd, given.value);
  const text = await context.files.read(path);
  if (text === undefined)
    throw new XacctError(problem('FILE_UNREADABLE', `there is no seed file ${given.value}`, { path: given.place }));
  return (await context.configReader()).parse(text, path).data ?? {};
};

const LIST = /[\s,]+/;

/** Throws XacctError: USAGE or INVALID_VALUE for flags, FILE_UNREADABLE or INVALID_CONFIG for the seed file. */
const readSandboxRequest = async (input: Input, context: Context): Promise<SandboxRequest> => {
  const found: Diagnostic[] = [];
  const read = <T>(flag: string, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const given = input.text(flag);
    const value = given === undefined ? undefined : parse(given.value);
    if (given !== undefined && value === undefined)
      found.push(
        problem('INVALID_VALUE', `"${given.value}" is not ${wanted}`, {
          path: given.place,
          hints: [{ text: 'see what each option takes', command: 'xacct sandbox --help' }],
        }),
      );
    return value;
  };
  const port = read('port', parsePort, `a port from 0 (any free one) to ${MAX_PORT}`);
  const latencyMs = read('latency', parseMs, 'a duration such as 200ms or 2s');
  const consistencyDelayMs = read('consistency-delay', parseMs, 'a duration such as 500ms or 10s');
  const throttle = read('throttle', parseThrottle, 'a number of calls such as 3, or a rate such as 5/s');
  const upstream = read('upstream', parseUrl, 'a URL such as http://127.0.0.1:5000');
  const accounts = input.list('accounts')?.flatMap(({ value }) => value.split(LIST).filter((id) => id !== ''));
  for (const id of accounts?.filter((text) => !isAccountId(text)) ?? [])
    found.push(
      problem('INVALID_VALUE', `"${id}" is not an account id: it must have 12 digits`, { path: '--accounts', hints: [] }),
    );
  if (accounts !== undefined && new Set(accounts).size < accounts.length)
    found.push(problem('INVALID_VALUE', 'an account is named twice', { path: '--accounts' }));
  if (found.length > 0) throw XacctError.of(found);
  const seed = await readSeed(input, context);
  const log = input.text('log');
  const faults = {
    ...throttle,
    ...(latencyMs !== undefined && { latencyMs }),
    ...(consistencyDelayMs !== undefined && { consistencyDelayMs }),
  };
  return {
    ...(port !== undefined && { port }),
    ...(accounts !== undefined && accounts.length > 0 && { accounts }),
    ...(seed !== undefined && { seed }),
    ...(Object.keys(faults).length > 0 && { faults }),
    ...(upstream !== undefined && { upstream }),
    ...(input.text('upstream-unmapped')?.value === 'allow' && { upstreamUnmapped: 'allow' as const }),
    ...(log !== undefined && { logFile: context.files.resolve(context.cwd, log.value) }),
  };
};

/** What openSandbox rejects with, as a diagnostic that names the flag. */
const refusalOf = (thrown: unknown, input: Input): unknown => {
  if (isXacctError(thrown) || !(thrown instanceof Error)) return thrown;
  const { code } = thrown as Error & { code?: unknown };
  const port = input.text('port');
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return new XacctError(
      problem('USAGE', `port ${port?.value ?? ''} cannot be listened on: ${code}`, {
        path: port?.place ?? '--port',
        hints: [{ text: 'take any free one', command: 'xacct sandbox --port 0' }],
      }),
    );
  const seed = input.text('seed');
  if (thrown.name !== 'AwsError' || seed === undefined) return thrown;
  return new XacctError(
    problem('INVALID_CONFIG', `${seed.value} is refused as IAM refuses it: ${thrown.message}`, { path: seed.place }),
  );
};

export const openRequested = async (input: Input, context: Context): Promise<OpenSandbox> => {
  const request = await readSandboxRequest(input, context);
  try {
    return await context.openSandbox(request);
  } catch (thrown) {
    throw refusalOf(thrown, input);
  }
};
