/** From argv and the environment to Input, for every command; nothing runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Input } from '#cli/command.ts';
import { COMMANDS } from '#cli/commands.ts';
import { EVERYWHERE } from '#cli/everywhere.ts';
import { readByCommander } from '#cli/program.ts';
import { readPlain } from '#cli/read-plain.ts';
import { inputOf, type Value } from '#cli/typed.ts';
import { loadCommand } from '#load-command';

const commands = await Promise.all(COMMANDS.map(async (entry) => ({ ...entry, ...(await loadCommand(entry.name)) })));

const flagsOf = (name: string): readonly string[] =>
  [...(commands.find((command) => command.name === name)?.options ?? []), ...EVERYWHERE].map(
    ({ flags }) => /--([a-z-]+)/.exec(flags)?.[1] ?? '',
  );

/** Only what was said, with its place. */
const told = (name: string, input: Input): object => {
  const said = flagsOf(name).flatMap((flag) => {
    const value = input.text(flag) ?? input.list(flag) ?? (input.isSet(flag) || undefined);
    return value === undefined ? [] : [[flag, value] as const];
  });
  return { targets: input.targets, ...Object.fromEntries(said) };
};

const parse = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<object> => {
  const named = commands.find(({ name }) => name === argv.find((argument) => !argument.startsWith('-')));
  const read = readByCommander(argv, { version: '0', commands: COMMANDS, named, say: () => undefined, width: 80 });
  if (named === undefined || read.kind === 'text') return {};
  // Either the plain reader has nothing to say, or the same.
  const plain = readPlain(argv, named);
  if (plain) expect(plain).toEqual(read.typed);
  const input = inputOf(named, read.typed, env);
  return { command: named.name, typed: input.typed, ...told(named.name, input) };
};

const at = (value: string, place: string) => ({ value, place });

describe('argv', () => {
  test.each<readonly [argv: string, input: object]>([
    ['init', { command: 'init', targets: [], typed: [] }],
    [
      'init dev prod --trust self --trust 111111111111 --role-name r -y --json --skip negative',
      {
        command: 'init',
        targets: ['dev', 'prod'],
        trust: [at('self', '--trust'), at('111111111111', '--trust')],
        'role-name': at('r', '--role-name'),
        skip: [at('negative', '--skip')],
        yes: true,
        json: true,
        typed: [
          'dev',
          'prod',
          '--trust',
          'self',
          '--trust',
          '111111111111',
          '--role-name',
          'r',
          '--skip',
          'negative',
          '--json',
          '--yes',
        ],
      },
    ],
    [
      'init --policy s3=./a.json --policy b.json --policy-arn x --permissions none --tag a=b=c --external-id none --no-input --no-color',
      {
        command: 'init',
        targets: [],
        policy: [at('s3=./a.json', '--policy'), at('b.json', '--policy')],
        'policy-arn': [at('x', '--policy-arn')],
        permissions: at('none', '--permissions'),
        tag: [at('a=b=c', '--tag')],
        'external-id': [at('none', '--external-id')],
        'no-input': true,
        'no-color': true,
      },
    ],
    [
      'verify --role-arn r --source ec2 --duration=15m -c other.yaml -qv --debug --same-account --all',
      {
        command: 'verify',
        targets: [],
        'role-arn': at('r', '--role-arn'),
        source: at('ec2', '--source'),
        duration: at('15m', '--duration'),
        config: at('other.yaml', '--config'),
        quiet: true,
        verbose: true,
        debug: true,
        'same-account': true,
        all: true,
      },
    ],
    [
      'explain --who --role-arn r --expect a --expect sso:b --target-profile t',
      {
        command: 'explain',
        targets: [],
        who: true,
        'role-arn': at('r', '--role-arn'),
        expect: [at('a', '--expect'), at('sso:b', '--expect')],
        'target-profile': at('t', '--target-profile'),
      },
    ],
    [
      'explain dev --as self --session-tag a=b --session-tag c=d --transitive-tag a --source-identity jane --duration 2h',
      {
        command: 'explain',
        targets: ['dev'],
        as: at('self', '--as'),
        'session-tag': [at('a=b', '--session-tag'), at('c=d', '--session-tag')],
        'transitive-tag': [at('a', '--transitive-tag')],
        'source-identity': at('jane', '--source-identity'),
        duration: at('2h', '--duration'),
      },
    ],
    ['explain --scenario -', { command: 'explain', targets: [], scenario: at('-', '--scenario') }],
    ['emit-tf dev --region eu-west-1', { command: 'emit-tf', targets: ['dev'], region: at('eu-west-1', '--region') }],
    ['emit-tf -- --odd', { command: 'emit-tf', targets: ['--odd'] }],
    ['demo --keep folder', { command: 'demo', targets: [], keep: at('folder', '--keep') }],
  ])('%s', async (argv, input) => {
    const seen = await parse(argv.split(' '));
    expect({ typed: (seen as { typed: unknown }).typed, ...input }).toEqual(seen);
  });

  test.each([
    ['verify --nope', "unknown option '--nope'"],
    ['verify --role-arm x', "unknown option '--role-arm' (Did you mean --role-arn?)"],
    ['verfy', "unknown command 'verfy'"],
    ['verify --role-arn', "option '--role-arn <arn>' argument missing"],
    ['verify --source ec3', "option '--source <kind>' argument 'ec3' is invalid. one of ec2 is expected"],
    [
      'init --skip all',
      'one of negative, every-external-id, permissions, expected-run, no-external-id, wrong-external-id, too-long-duration, no-mfa, wrong-audience, outsider is expected',
    ],
    ['init --permissions all', 'one of none is expected'],
    ['demo folder', 'too many arguments'],
    ['emit-tf --target-profile x', "unknown option '--target-profile'"],
  ])('%s is refused', async (argv, said) => {
    await expect(parse(argv.split(' '))).rejects.toThrow(said);
  });
});

describe('the plain reader', () => {
  const word = fc.constantFrom(
    'dev',
    'bash',
    'role-tf',
    'negative',
    'json',
    'self',
    '',
    '-',
    '--',
    '-y',
    '-qv',
    '--role-arn',
    '--nope',
    '--all=x',
    '-1',
  );
  const lineOf = (command: (typeof commands)[number]) => {
    const flag = fc.constantFrom(...flagsOf(command.name).map((name) => `--${name}`));
    const choices = command.options.flatMap(({ choices: some = [] }) => some);
    return fc.array(fc.oneof(flag, word, fc.constantFrom('x', ...choices)), { maxLength: 7 });
  };

  test('reads what it reads as Commander does', async () => {
    let plain = 0;
    const line = fc.constantFrom(...commands).chain((command) => lineOf(command).map((words) => [command.name, ...words]));
    const sample = fc.sample(line, { numRuns: 2000, seed: 8 });
    for (const argv of sample) {
      const named = commands.find(({ name }) => name === argv[0]);
      const typed = named && readPlain(argv, named);
      if (typed === undefined) continue;
      plain += 1;
      expect({
        argv,
        read: readByCommander(argv, { version: '0', commands: COMMANDS, named, say: () => undefined, width: 80 }),
      }).toEqual({
        argv,
        read: { kind: 'typed', typed },
      });
    }
    expect(plain).toBeGreaterThan(200);
  });

  test('reads the examples of the help that begin provider.tf', () => {
    const named = commands.find(({ name }) => name === 'emit-tf');
    const argv = 'emit-tf --role-arn arn:aws:iam::222222222222:role/x --external-id 0123456789abcdef --region eu-central-1'.split(
      ' ',
    );
    expect(named && readPlain(argv, named)).toBeDefined();
  });
});

describe('the environment', () => {
  test.each<readonly [argv: string, env: Readonly<Record<string, string>>, input: object]>([
    [
      'verify',
      { XACCT_ROLE_ARN: 'r', XACCT_SAME_ACCOUNT: '1', XACCT_JSON: 'true', XACCT_SKIP: 'negative no-external-id' },
      {
        'role-arn': at('r', 'XACCT_ROLE_ARN'),
        'same-account': true,
        json: true,
        skip: [at('negative', 'XACCT_SKIP'), at('no-external-id', 'XACCT_SKIP')],
      },
    ],
    ['verify --role-arn flag', { XACCT_ROLE_ARN: 'env' }, { 'role-arn': at('flag', '--role-arn') }],
    ['init --trust self', { XACCT_TRUST: '111111111111' }, { trust: [at('self', '--trust')] }],
    [
      'init',
      { XACCT_TRUST: ' self\n111111111111 ', XACCT_NO_INPUT: '1', XACCT_YES: 'yes' },
      { trust: [at('self', 'XACCT_TRUST'), at('111111111111', 'XACCT_TRUST')], 'no-input': true, yes: true },
    ],
    ['init', { XACCT_YES: '0', XACCT_NO_INPUT: 'false', XACCT_DRY_RUN: 'no', XACCT_ROLE_NAME: '', XACCT_TRUST: ' ' }, {}],
    ['emit-tf', { XACCT_TARGET_PROFILE: 'x', XACCT_NO_COLOR: '1' }, {}],
    ['emit-tf', { XACCT_EXAMPLE: 'True' }, { example: true }],
    ['emit-tf', { XACCT_EXAMPLE: 'false' }, {}],
    ['emit-tf', { XACCT_EXAMPLE: 'my-bucket' }, { example: at('my-bucket', 'XACCT_EXAMPLE') }],
  ])('%s with %j', async (argv, env, input) => {
    const { command, targets, typed, ...said } = (await parse(argv.split(' '), env)) as Record<string, unknown>;
    expect(said).toEqual(input);
    expect([command, targets]).toEqual([argv.split(' ')[0], []]);
    // What stands in the environment need not be typed again.
    expect(typed).toEqual(argv.split(' ').slice(1));
  });

  test('is not what was typed', () => {
    const named = commands.find(({ name }) => name === 'verify');
    const typed = { targets: [], flags: new Map<string, Value>([['all', true]]) };
    const input = named && inputOf(named, typed, { XACCT_ALL: '1', XACCT_THOROUGH: '1' });
    expect(['all', 'thorough', 'json'].map((flag) => [input?.isSet(flag), input?.isTyped(flag)])).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  test('with a value that is no choice is refused by the name of the variable', async () => {
    await expect(parse(['verify'], { XACCT_SKIP: 'everything' })).rejects.toMatchObject({
      code: 'USAGE',
      diagnostics: [
        {
          path: 'XACCT_SKIP',
          message:
            '"everything" is not allowed: one of negative, every-external-id, permissions, expected-run, no-external-id, wrong-external-id, too-long-duration, no-mfa, wrong-audience, outsider is expected',
        },
      ],
    });
  });
});

describe('the help', () => {
  test.each(commands.map((command) => [command.name, command] as const))(
    '%s has two examples that it understands itself',
    async (name, { examples }) => {
      expect(examples).toHaveLength(2);
      // What a shell would work out first is not argv.
      for (const [example] of examples.filter(([line]) => !line.includes('$('))) {
        const [, ...argv] = example.split(' > ')[0]?.split(' ') ?? [];
        expect(await parse(argv)).toMatchObject({ command: name });
      }
    },
  );

  test('of a command with many options, each stands under a heading', () => {
    for (const { name, options } of commands.filter((command) => command.options.length > 15)) {
      expect({ name, without: options.filter(({ heading }) => heading === undefined) }).toEqual({ name, without: [] });
      expect(new Set(options.map(({ heading }) => heading)).size).toBeGreaterThan(2);
    }
  });

  test('every option says what it is for, and no two of a command share a name', () => {
    for (const { name, options } of commands) {
      const flags = flagsOf(name);
      expect(new Set(flags).size).toBe(flags.length);
      for (const { about } of options) expect(about).toMatch(/^[a-z].*[^.]$/i);
    }
  });
});
