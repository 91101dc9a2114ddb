/** What the terminal allows, and how progress shows there and elsewhere. */
import { describe, expect, test } from 'vitest';
import { warning } from '#domain/diagnostic.ts';
import type { Progress } from '#core/ports/reporter.ts';
import { createPaint } from '#host/paint.ts';
import { createReporter } from '#host/reporter.ts';
import { readTerminal, type Terminal } from '#host/terminal.ts';

const TTY = { isTTY: true, columns: 100 };
const PIPE = {};

describe('a terminal', () => {
  test('in which a person sits may be asked, coloured and rewritten', () => {
    expect(readTerminal({ TERM: 'xterm' }, { stdin: TTY, stderr: TTY })).toEqual({
      canAsk: true,
      hasColor: true,
      isLive: true,
      width: 100,
    });
  });

  test.each<readonly [title: string, env: Readonly<Record<string, string>>, differs: Partial<Terminal>]>([
    ['NO_COLOR', { NO_COLOR: '1' }, { hasColor: false }],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, {}],
    ['NO_COLOR over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, { hasColor: false }],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, { hasColor: false }],
    ['FORCE_COLOR=false', { FORCE_COLOR: 'false' }, { hasColor: false }],
    ['CI', { CI: 'true' }, { canAsk: false, isLive: false }],
    ['CI=0 is none', { CI: '0' }, {}],
    ['TERM=dumb', { TERM: 'dumb' }, { hasColor: false, isLive: false }],
    ['TERM=dumb and FORCE_COLOR', { TERM: 'dumb', FORCE_COLOR: '1' }, { isLive: false }],
  ])('%s', (_title, env, differs) => {
    const usual = { canAsk: true, hasColor: true, isLive: true, width: 100 };
    expect(readTerminal({ TERM: 'xterm', ...env }, { stdin: TTY, stderr: TTY })).toEqual({ ...usual, ...differs });
  });

  test('that is a pipe on either side cannot be asked; FORCE_COLOR colours a pipe', () => {
    expect(readTerminal({}, { stdin: PIPE, stderr: TTY })).toEqual({ canAsk: false, hasColor: true, isLive: true, width: 100 });
    expect(readTerminal({}, { stdin: TTY, stderr: PIPE })).toEqual({ canAsk: false, hasColor: false, isLive: false, width: 80 });
    expect(readTerminal({ FORCE_COLOR: '1' }, { stdin: TTY, stderr: PIPE }).hasColor).toBe(true);
    expect(readTerminal({ FORCE_COLOR: '' }, { stdin: TTY, stderr: PIPE }).hasColor).toBe(true);
  });

  test('of no known width has 80 columns', () => {
    expect(readTerminal({}, { stdin: TTY, stderr: { isTTY: true, columns: 0 } }).width).toBe(80);
  });

  test('with colour gets the sequences of ANSI', () => {
    expect(createPaint().red('x')).toBe('\u001b[31mx\u001b[39m');
  });
});

const WAITING: Progress = { kind: 'waiting', id: 'propagation', title: 'IAM is slow' };
const STARTED: Progress = { kind: 'started', id: 'a', title: 'making a' };
const FINISHED: Progress = { kind: 'finished', id: 'a', title: 'making a', status: 'done' };

const show = (terminal: Partial<Terminal>) => {
  const said: string[] = [];
  const reporter = createReporter(
    { canAsk: false, hasColor: false, isLive: true, width: 80, ...terminal },
    (text) => void said.push(text),
    ({ message }) => void said.push(`${message}\n`),
  );
  return { reporter, said };
};

describe('progress', () => {
  test('in a terminal is one line that is rewritten and gone at the end', () => {
    const { reporter, said } = show({});
    for (const event of [STARTED, WAITING, FINISHED]) reporter.progress(event);
    reporter.clear();
    expect(said).toEqual(['… making a', '\r\u001b[2K', '… IAM is slow', '\r\u001b[2K']);
  });

  test('never runs into a second line', () => {
    const { reporter, said } = show({ width: 10 });
    reporter.progress({ ...STARTED, title: 'x'.repeat(50) });
    expect(said[0]?.length).toBeLessThan(10);
  });

  test('elsewhere is a plain line for what takes long, once', () => {
    const { reporter, said } = show({ isLive: false });
    for (const event of [STARTED, WAITING, WAITING, FINISHED, { ...WAITING, id: 'other' }]) reporter.progress(event);
    expect(said).toEqual(['… IAM is slow\n', '… IAM is slow\n']);
  });

  test('makes room for a warning', () => {
    const { reporter, said } = show({});
    reporter.progress(STARTED);
    reporter.tell(warning('USAGE', 'careful'));
    expect(said.slice(1)).toEqual(['\r\u001b[2K', 'careful\n']);
  });
});
