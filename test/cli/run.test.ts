/** run: what goes to stdout, which status comes out, and that one object is all there is with --json. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ERROR_CODES, EXIT_STATUS, type ErrorCode } from '#domain/error-codes.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { openProduct, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/ci`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

interface Envelope {
  readonly schema: number;
  readonly command: string;
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly kind: string; readonly message: string; readonly hints: unknown };
  readonly diagnostics: readonly unknown[];
}

const COMMAND_LINES: readonly (readonly [argv: string, command: string, status: number, code: ErrorCode | null])[] = [
  [`emit-tf --role-arn ${ROLE} --region us-east-1`, 'emit-tf', 0, null],
  ['emit-tf', 'emit-tf', 2, 'USAGE'],
  ['init --target-profile target --trust 111111111111 --permissions none --yes', 'init', 0, null],
  ['init --target-profile nobody --permissions none --yes', 'init', 3, 'NO_CREDENTIALS'],
  [`verify --role-arn ${ROLE} --source-profile source --timeout 0`, 'verify', 1, null],
  ['verify --role-arn nonsense', 'verify', 2, 'INVALID_VALUE'],
  ['demo folder', 'demo', 2, 'USAGE'],
  ['nonsense', 'nonsense', 2, 'USAGE'],
  ['--nonsense', '', 2, 'USAGE'],
  ['verify --nonsense', 'verify', 2, 'USAGE'],
  ['verify --config absent.yaml', 'verify', 2, 'FILE_UNREADABLE'],
  ['init my/target --target-profile target --permissions none --yes', 'init', 2, 'INVALID_VALUE'],
];

describe('--json', () => {
  test.each(COMMAND_LINES)('prints one object and one line: %s', async (argv, command, status, code) => {
    const ran = await product.run([...argv.split(' '), '--json']);
    expect({ status: ran.status, lines: ran.stdout.split('\n').length }, ran.stderr).toEqual({ status, lines: 2 });
    const { schema, ok, result, error, diagnostics, ...rest } = JSON.parse(ran.stdout) as Envelope;
    expect({ schema, ok, ...rest }).toEqual({ schema: 1, ok: status === 0, command });
    expect(Array.isArray(diagnostics)).toBe(true);
    expect([result === undefined, error?.code ?? null]).toEqual([code !== null, code]);
    if (code !== null) expect(error?.kind).toBe(ERROR_CODES[code].kind);
  });

  test.each(COMMAND_LINES.filter(([, , status]) => status > 1))(
    'without it stdout is empty: %s',
    async (argv, _command, status, code) => {
      const ran = await product.run(argv.split(' '));
      expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status, stdout: '' });
      expect(ran.stderr).toContain(`[${code}]`);
      expect(ran.stderr).not.toMatch(/^ {4}at /m);
    },
  );

  test('is asked for by the environment, too, whatever word means yes there', async () => {
    for (const yes of ['1', 'true', 'on', 'YES']) {
      const ran = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'us-east-1'], { env: { XACCT_JSON: yes } });
      expect(JSON.parse(ran.stdout)).toMatchObject({ ok: true });
    }
    for (const no of ['0', 'false', 'No', '']) {
      const ran = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'us-east-1'], { env: { XACCT_JSON: no } });
      expect(ran.stdout).toMatch(/^# Made by xacct/);
    }
  });

  test('holds the warnings and notes that were told', async () => {
    const ran = await product.run([
      'init',
      '--target-profile',
      'target',
      '--trust',
      '111111111111',
      '--permissions',
      'none',
      '--yes',
      '--json',
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: true, diagnostics: [{ severity: 'note', code: 'NOT_PROVED' }] });
    const emitted = await product.run(['emit-tf', '--role-arn', 'arn:aws:iam::333333333333:role/ci', '--json']);
    expect(JSON.parse(emitted.stdout)).toMatchObject({
      ok: true,
      diagnostics: [{ code: 'ASSUMED_VALUE' }, { code: 'ASSUMED_VALUE' }],
    });
  });

  test('holds them on failure, too', async () => {
    await product.put('xacct.yaml', `version: 1\nsource: { profile: gone }\ntargets: { dev: { account: "${TARGET}" } }\n`);
    const ran = await product.run(['verify', '--json'], { onlyEnv: { AWS_REGION: 'us-east-1' } });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      error: { code: 'NO_CREDENTIALS' },
      diagnostics: [{ severity: 'note', code: 'NO_CREDENTIALS' }],
    });
  });
});

describe('the exit status', () => {
  const failing = (error: Error) => ({
    context: {
      files: {
        ...noFiles,
        read: async () => {
          throw error;
        },
      },
    },
  });
  const noFiles = {
    write: () => Promise.resolve(),
    replace: () => Promise.resolve(),
    isFolder: () => Promise.resolve(false),
    list: () => Promise.resolve([]),
    isEmpty: () => Promise.resolve(true),
    makeTemporary: () => Promise.resolve(''),
    removeAbandoned: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    resolve: (folder: string, file: string) => `${folder}/${file}`,
    folderOf: () => '/',
    relative: (_folder: string, file: string) => file,
    findUp: () => Promise.resolve(undefined),
  };

  test.each((Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => [code, EXIT_STATUS[ERROR_CODES[code].kind]] as const))(
    'of %s is %i',
    async (code, status) => {
      const ran = await product.run(['emit-tf', '--config', 'x'], failing(new XacctError(problem(code, 'what happened'))));
      expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status, stdout: '' });
      expect(ran.stderr.split('\n')[0]).toMatch(new RegExp(`^(error|note) what happened \\[${code}\\]$`));
    },
  );

  test('of a fault of ours is 70; its stack is told with --debug only', async () => {
    const ran = await product.run(['emit-tf', '--config', 'x'], failing(new TypeError('x is not a function')));
    expect(ran).toMatchObject({ status: 70, stdout: '' });
    expect(ran.stderr).toContain('this is a fault in xacct: x is not a function [BUG]');
    expect(ran.stderr).not.toContain('    at ');
    const debugged = await product.run(['emit-tf', '--config', 'x', '--debug'], failing(new TypeError('x is not a function')));
    expect(debugged.stderr).toContain('    at ');
  });

  test('tells version and machine with a fault of ours, and with any error under --debug', async () => {
    const about = '\n  xacct 0.0.0-test, Node v0 on paper\n';
    const bug = await product.run(['emit-tf', '--config', 'x'], failing(new TypeError('x is not a function')));
    expect(bug.stderr.endsWith(about)).toBe(true);
    const usage = ['emit-tf', '--nonsense'];
    expect((await product.run(usage)).stderr).not.toContain('Node v0');
    expect((await product.run([...usage, '--debug'])).stderr.endsWith(about)).toBe(true);
  });

  test('of a run that was stopped is 130', async () => {
    const ran = await product.run(['verify', '--role-arn', ROLE, '--source-profile', 'source'], {
      signal: AbortSignal.abort(new Error('x')),
    });
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 130, stdout: '' });
  });
});

describe('help and version', () => {
  test.each(['', '--help', '-h', 'init --help', 'verify -h', 'emit-tf --help', 'demo --help'])(
    '"xacct %s" is on stdout and is no error; what it says fits 80 columns',
    async (line) => {
      const ran = await product.run(line === '' ? [] : line.split(' '));
      expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
      expect(ran.stdout).toContain('Usage: xacct');
      const isWide = (said: string): boolean => said.length > 80 && !said.startsWith('  $ ');
      expect(ran.stdout.split('\n').filter(isWide)).toEqual([]);
    },
  );

  test.each([
    [70, 70],
    [200, 80],
  ])('in a terminal of %d columns the help takes %d', async (width, columns) => {
    for (const argv of [['--help'], ['verify', '--help']]) {
      const { stdout } = await product.run(argv, { width });
      const [text = ''] = stdout.split(/^(?:Exit status|Examples):?/m);
      const widest = Math.max(...text.split('\n').map((line) => line.length));
      expect({ argv, widest: widest > columns - 15 && widest <= columns }).toEqual({ argv, widest: true });
    }
  });

  test('a long help is in parts, the accounts first and what every command has last', async () => {
    const { stdout } = await product.run(['init', '--help']);
    expect(stdout.match(/^[A-Z][\w ,]+:(?=\n)/gm)).toEqual([
      'Arguments:',
      'Accounts and credentials:',
      'Who may assume the role:',
      'What the role may do:',
      'The role itself:',
      'On which conditions:',
      'Its sessions:',
      'What is done:',
      'Everywhere:',
      'Examples:',
    ]);
    expect(stdout).toMatch(/Accounts and credentials:\n {2}--target-profile <name>[^]*--endpoint-url <url>[^]*Who may assume/);
  });

  test('--version is the version', async () => {
    expect(await product.run(['--version'])).toEqual({ status: 0, stdout: '0.0.0-test\n', stderr: '' });
  });
});
