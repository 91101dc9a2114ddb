/**
 * The layer table (docs/architecture.md, "Rooms") as lint. `node scripts/layers.mjs` writes .oxlintrc.json from it; a test compares the two,
 * and replays one violation of each rule.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const NODE = ['node:*', 'node:*/*'];

/** Time, chance, input and output: what a pure room gets as an argument instead. */
const IMPURE_GLOBALS =
  'Date performance setTimeout setInterval setImmediate queueMicrotask process console fetch crypto globalThis Buffer'.split(' ');

/**
 * Room to what it may import. `rooms` are import aliases without the `#`, `packages` are npm packages or Node's own modules, `globals` are
 * the names it may NOT use.
 * @type {Record<string, {rooms: string[], packages: string[], globals: string[]}>}
 */
export const ROOMS = {
  domain: { rooms: ['domain'], packages: ['valibot'], globals: IMPURE_GLOBALS },
  policy: { rooms: ['domain', 'policy'], packages: [], globals: IMPURE_GLOBALS },
  core: { rooms: ['domain', 'policy', 'core'], packages: [], globals: IMPURE_GLOBALS },
  emit: { rooms: ['domain', 'emit', 'templates', 'docs/permissions'], packages: ['eta/core'], globals: IMPURE_GLOBALS },
  aws: {
    rooms: ['domain', 'aws', 'core/ports'],
    packages: ['@aws-sdk/*', '@smithy/*', 'http-proxy-agent', 'https-proxy-agent', 'proxy-from-env', ...NODE],
    globals: ['process', 'console'],
  },
  host: { rooms: ['domain', 'host', 'core/ports'], packages: ['inquirer', 'chalk', 'yaml', ...NODE], globals: ['console'] },
  sandbox: { rooms: ['domain', 'policy', 'sandbox'], packages: ['@smithy/*', ...NODE], globals: ['process', 'console'] },
  cli: { rooms: ['domain', 'policy', 'emit', 'core', 'cli'], packages: ['commander'], globals: ['process', 'console'] },
};

/** oxlint's patterns have no look-around, so "everything but" is a list: forbid all, then allow. */
const PARENT = {
  regex: '(^|/)\\.\\.(/|$)',
  message: 'cross a folder only through its #alias; `../` hides which room is meant',
};

const allowOnly = (who, rooms, packages, forbiddenAfterAll = []) => ({
  group: [
    '*',
    '*/**',
    '!./**',
    ...rooms.map((room) => `!#${room}/**`),
    ...packages.map((name) => `!${name}`),
    ...forbiddenAfterAll,
  ],
  message: `${who} may import only ${[...rooms.map((room) => `#${room}`), ...packages].join(', ')}`,
});

const restrictGlobals = (who, names) => [
  'error',
  ...names.map((name) => ({ name, message: `${who} takes this as an argument or through a port` })),
];

const layer = ([name, { rooms, packages, globals }]) => ({
  files: [`src/${name}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [PARENT, allowOnly(name, rooms, packages, globals.includes('process') ? ['node:process'] : [])] },
    ],
    'no-restricted-globals': restrictGlobals(name, globals),
    ...(globals === IMPURE_GLOBALS && {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: `${name} takes chance as an argument` },
      ],
    }),
  },
});

export const config = {
  $schema: './node_modules/oxlint/configuration_schema.json',
  ignorePatterns: ['dist', 'coverage', 'src/sandbox/wire/generated'],
  options: { typeAware: true },
  jsPlugins: ['./scripts/lint-plugin.mjs'],
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    // A skipped or focused test is an error (test/support/peers.ts is the only way to skip); helpers may hold expectations.
    'vitest/no-disabled-tests': 'error',
    'vitest/no-focused-tests': 'error',
    'vitest/valid-title': 'off',
    'vitest/valid-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/require-to-throw-message': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/no-array-sort': 'off',
    'vitest/no-standalone-expect': 'off',
    'vitest/expect-expect': 'off',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'off',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'xacct/no-enum': 'error',
    'xacct/no-barrel': 'error',
    'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
    // Judged by tsc, or of no use here: strings sort well by default, brands are made by assertion, IAM's grammar has control characters.
    'typescript/consistent-return': 'off',
    'typescript/require-array-sort-compare': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-redundant-type-constituents': 'off',
    'no-control-regex': 'off',
    'promise/always-return': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/consistent-function-scoping': 'off',
  },
  overrides: [
    {
      files: ['src/**/*.ts'],
      rules: {
        'xacct/no-dynamic-import': 'error',
        'typescript/no-unsafe-assignment': 'error',
        'typescript/no-unsafe-member-access': 'error',
        'typescript/no-unsafe-call': 'error',
        'typescript/no-unsafe-return': 'error',
        'typescript/no-unsafe-argument': 'error',
      },
    },
    ...Object.entries(ROOMS).map(layer),
    {
      files: ['src/aws/load.ts'],
      rules: { 'xacct/no-dynamic-import': 'off' },
    },
    {
      files: ['src/main.ts', 'src/load-command.ts', 'src/load-template.ts'],
      rules: {
        'xacct/no-dynamic-import': 'off',
        'no-restricted-imports': [
          'error',
          { patterns: [{ regex: '^\\.', message: 'what joins the rooms names each by its #alias' }] },
        ],
      },
    },
    // Spreading a literal keeps a flag and its value on one line.
    { files: ['test/**/*.ts', 'scripts/*.mjs'], rules: { 'unicorn/no-useless-spread': 'off' } },
    { files: ['test/**/*.ts'], rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }] } },
    // Declarations of what the build makes, and files whose reader wants a default export.
    {
      files: ['src/ambient.d.ts', '**/vitest.config.ts', 'test/bin/pack.ts', 'scripts/lint-plugin.mjs'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
};

export const configText = () => `${JSON.stringify(config, null, 2)}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(new URL('../.oxlintrc.json', import.meta.url), configText());
