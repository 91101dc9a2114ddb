/** What the files of the build load, as far as it can be said without running them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle, type BuiltFile } from '../../scripts/bundle.mjs';

let files: Readonly<Record<string, BuiltFile>> = {};

beforeAll(async () => {
  ({ files } = await bundle());
}, 60_000);

/** What requiring these files loads: files of the build, and modules of Node. */
const closureOf = (...names: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const needed of files[name]?.needs ?? []) add(needed);
  };
  for (const name of names) add(name);
  return found;
};

const modulesOf = (...names: readonly string[]): readonly string[] =>
  [...closureOf(...names)].flatMap((name) => files[name]?.modules ?? []);

const packagesOf = (...names: readonly string[]): readonly string[] => [
  ...new Set(modulesOf(...names).flatMap((module) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1] ?? [])),
];

describe('the build', () => {
  test('has each module in one file only', () => {
    const all = Object.values(files).flatMap(({ modules }) => modules);
    const inSeveral = all.filter((module, index) => all.indexOf(module) !== index);
    expect(inSeveral).toEqual([]);
  });

  test('never requires the file that runs when it is loaded', () => {
    expect(Object.values(files).flatMap(({ needs }) => needs)).not.toContain('cli');
  });
});

describe('the start', () => {
  test('has no package', () => {
    expect(packagesOf('cli')).toEqual([]);
  });

  test('has nothing of the commands but their list', () => {
    expect(modulesOf('cli').filter((module) => module.startsWith('src/cli/commands/'))).toEqual([]);
    expect(modulesOf('cli').filter((module) => /^src\/(aws|core|emit|policy|sandbox)\//.test(module))).toEqual([]);
  });
});

describe('emit-tf', () => {
  test('has no package', () => {
    expect(packagesOf('cli', 'emit-tf')).toEqual([]);
  });

  test('has nothing of AWS, the sandbox, the prompts or the file reader', () => {
    expect(
      modulesOf('cli', 'emit-tf').filter((module) =>
        /^src\/(aws|sandbox)\/|^src\/host\/(prompts|config-file|paint)\.ts|^src\/emit\/(user-template|page-|completion)/.test(
          module,
        ),
      ),
    ).toEqual([]);
  });
});

describe('verify', () => {
  test('has nothing of IAM and of proxies until they are wanted', () => {
    expect(packagesOf('cli', 'verify', 'aws').filter((one) => /client-iam|proxy-agent|agent-base/.test(one))).toEqual([]);
  });
});

describe('what reaches no AWS', () => {
  test.each(['docs', 'emit', 'presets', 'completion'])('%s loads no SDK', (name) => {
    expect(packagesOf('cli', name).filter((one) => /^@(aws-sdk|smithy)\//.test(one))).toEqual([]);
  });
});

/** Bytes of code that a process loads: what its start costs, without the noise of a clock. A tenth above what they are now. */
describe('the code that is loaded', () => {
  test.each<readonly [files: readonly string[], kilobytes: number]>([
    [['cli'], 33],
    [['cli', 'help'], 36],
    [['cli', 'commander'], 77],
    [['cli', 'emit-tf'], 154],
    [['cli', 'verify', 'aws'], 480],
    [['cli', 'sandbox-command', 'sandbox'], 400],
    [['policy'], 120],
  ])('of %j is at most %d kB', (names, kilobytes) => {
    const bytes = [...closureOf(...names)].reduce((sum, name) => sum + (files[name]?.bytes ?? 0), 0);
    expect(bytes / 1000).toBeLessThan(kilobytes);
  });

  test('of all files is at most 1.8 MB', () => {
    expect(Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toBeLessThan(1.8);
  });
});

describe('modules of Node that take long to load', () => {
  // Through `files` and the terminal; what stdout needs, Node loads by itself.
  const slow = [
    'node:child_process',
    'node:crypto',
    'node:fs/promises',
    'node:http',
    'node:https',
    'node:net',
    'node:tls',
    'node:tty',
  ];

  test.each([[['cli']], [['cli', 'emit-tf']], [['cli', 'presets']], [['cli', 'completion']]])('are not loaded by %j', (names) => {
    expect(slow.filter((name) => closureOf(...names).has(name))).toEqual([]);
  });
});
