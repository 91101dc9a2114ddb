/** The layer table is what the linter runs, and each of its rules still bites: one violation of each, in a copy of the project's skeleton. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOMS, configText } from '../../scripts/layers.mjs';

const root = path.resolve(import.meta.dirname, '../..');

interface Violation {
  readonly title: string;
  readonly file: string;
  readonly source: string;
  readonly rule: string;
}

const PURE = ['domain', 'policy', 'core', 'emit'];
const IMPURE_USES = [
  'Date.now()',
  'process.pid',
  'setTimeout(() => 1, 1)',
  'setInterval(() => 1, 1)',
  'console.log(1)',
  'fetch("http://x")',
  'performance.now()',
  'crypto.randomUUID()',
  'globalThis.process',
];

const isAllowed = (room: string, target: string): boolean =>
  (ROOMS[room]?.rooms ?? []).some((allowed) => `${target}/`.startsWith(`${allowed}/`));

const importing = (specifier: string): string => `import type { A } from '${specifier}';\nexport type B = A;\n`;

const violations: readonly Violation[] = [
  ...Object.keys(ROOMS).flatMap((room) => [
    ...[...Object.keys(ROOMS), 'main.ts']
      .filter((target) => !isAllowed(room, target))
      .map((target) => ({
        title: `${room} imports #${target}`,
        file: `src/${room}/imports-${target}.ts`,
        source: importing(`#${target}/a.ts`),
        rule: 'eslint(no-restricted-imports)',
      })),
    ...['left-pad', '@scope/package', '../a.ts', './b/../../a.ts', '#domain/../aws/a.ts'].map((specifier, at) => ({
      title: `${room} imports ${specifier}`,
      file: `src/${room}/package-${at}.ts`,
      source: importing(specifier),
      rule: 'eslint(no-restricted-imports)',
    })),
  ]),
  ...PURE.flatMap((room) => [
    ...IMPURE_USES.map((use, at) => ({
      title: `${room} uses ${use}`,
      file: `src/${room}/impure-${at}.ts`,
      source: `export const a = () => ${use};\n`,
      rule: 'eslint(no-restricted-globals)',
    })),
    ...['node:fs', 'node:crypto', 'node:fs/promises'].map((specifier, at) => ({
      title: `${room} imports ${specifier}`,
      file: `src/${room}/node-${at}.ts`,
      source: importing(specifier),
      rule: 'eslint(no-restricted-imports)',
    })),
    {
      title: `${room} uses Math.random`,
      file: `src/${room}/random.ts`,
      source: 'export const a = () => Math.random();\n',
      rule: 'eslint(no-restricted-properties)',
    },
  ]),
  ...['aws', 'sandbox', 'cli'].map((room) => ({
    title: `${room} uses process`,
    file: `src/${room}/process.ts`,
    source: 'export const a = () => process.env;\n',
    rule: 'eslint(no-restricted-globals)',
  })),
  ...['aws', 'sandbox', 'cli', 'host'].map((room) => ({
    title: `${room} uses console`,
    file: `src/${room}/console.ts`,
    source: 'export const a = () => console.log(1);\n',
    rule: 'eslint(no-restricted-globals)',
  })),
  {
    title: 'aws imports node:process',
    file: 'src/aws/node-process.ts',
    source: "import { env } from 'node:process';\nexport const a = env;\n",
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'main.ts imports by path',
    file: 'src/main.ts',
    source: importing('./domain/a.ts'),
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'a dynamic import outside main.ts',
    file: 'src/cli/dynamic.ts',
    source: "export const a = () => import('./process.ts');\n",
    rule: 'xacct(no-dynamic-import)',
  },
  {
    title: 'a type imported inline',
    file: 'src/domain/inline.ts',
    source: "export type A = import('#aws/a.ts').A;\n",
    rule: 'xacct(no-dynamic-import)',
  },
  { title: 'an enum', file: 'src/host/enum.ts', source: 'export enum A {\n  B,\n}\n', rule: 'xacct(no-enum)' },
  {
    title: 'export *',
    file: 'src/host/star.ts',
    source: "export * from './enum.ts';\nexport const b = 1;\n",
    rule: 'xacct(no-barrel)',
  },
  { title: 'a barrel', file: 'src/host/barrel.ts', source: "export { A } from './enum.ts';\n", rule: 'xacct(no-barrel)' },
  { title: 'a default export', file: 'src/host/default.ts', source: 'export default 1;\n', rule: 'import(no-default-export)' },
  { title: 'any', file: 'src/host/any.ts', source: 'export const a = (b: any) => b;\n', rule: 'typescript(no-explicit-any)' },
  {
    title: 'an any that nobody wrote',
    file: 'src/host/unsafe.ts',
    source: "export const a = () => {\n  const b = JSON.parse('1');\n  return [b];\n};\n",
    rule: 'typescript(no-unsafe-assignment)',
  },
  {
    title: 'a non-null assertion',
    file: 'src/host/non-null.ts',
    source: 'export const a = (b?: string) => b!.length;\n',
    rule: 'typescript(no-non-null-assertion)',
  },
  {
    title: 'a floating promise',
    file: 'src/host/floating.ts',
    source: "import { rm } from 'node:fs/promises';\nexport const a = () => {\n  rm('x');\n};\n",
    rule: 'typescript(no-floating-promises)',
  },
  {
    title: 'a switch that forgets a case',
    file: 'src/host/switch.ts',
    source: "export const a = (b: 'c' | 'd') => {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n};\n",
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    title: '351 lines of code',
    file: 'src/host/long.ts',
    source: Array.from({ length: 351 }, (_, at) => `export const a${at} = ${at};\n`).join(''),
    rule: 'eslint(max-lines)',
  },
  {
    title: 'a skipped test',
    file: 'test/unit/skipped.test.ts',
    source: "import { test } from 'vitest';\ntest.skip('a', () => {});\n",
    rule: 'vitest(no-disabled-tests)',
  },
  {
    title: 'a focused test',
    file: 'test/unit/focused.test.ts',
    source: "import { test } from 'vitest';\ntest.only('a', () => {});\n",
    rule: 'vitest(no-focused-tests)',
  },
  {
    title: 'a cycle',
    file: 'src/host/cycle-a.ts',
    source: "import { b } from './cycle-b.ts';\nexport const a = () => b;\n",
    rule: 'import(no-cycle)',
  },
];

/** What each room may do; nothing may be said about it, or the rules above bite for the wrong reason. */
const innocent: Readonly<Record<string, string>> = {
  'src/host/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = () => a;\n",
  ...Object.fromEntries(
    Object.entries(ROOMS).flatMap(([room, { rooms, packages }]) => [
      ...rooms.map((allowed, at) => [`src/${room}/fine-room-${at}.ts`, importing(`#${allowed}/deep/a.ts`)]),
      ...packages
        .filter((name) => !name.startsWith('node:'))
        .map((name, at) => [`src/${room}/fine-package-${at}.ts`, importing(name.replace('*', 'some'))]),
      [`src/${room}/fine-neighbour.ts`, importing('./deep/a.ts')],
      ...(packages.includes('node:*') ? [[`src/${room}/fine-node.ts`, importing('node:fs/promises')]] : []),
    ]),
  ),
  'src/ambient.d.ts': 'export default 1;\n',
};

interface Finding {
  readonly code: string;
  readonly filename: string;
}

let folder = '';
let findings: readonly Finding[] = [];
const rulesBroken = (file: string): readonly string[] =>
  findings.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => code);

const lint = (cwd: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(root, 'node_modules/oxlint/bin/oxlint'), '-f', 'json', 'src', 'test'],
      { cwd, maxBuffer: 2 ** 26 },
      (_error, stdout) => resolve(stdout),
    );
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-layers-'));
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json', '.oxlintrc.json'])
    await cp(path.join(root, name), path.join(folder, name));
  await cp(path.join(root, 'scripts/lint-plugin.mjs'), path.join(folder, 'scripts/lint-plugin.mjs'));
  const files = [...Object.entries(innocent), ...violations.map(({ file, source }) => [file, source] as const)];
  for (const [file, source] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), source);
  }
  const report = JSON.parse(await lint(folder)) as { readonly diagnostics: readonly Finding[] };
  findings = report.diagnostics;
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the layer rules', () => {
  test('.oxlintrc.json is what the layer table makes (node scripts/layers.mjs)', async () => {
    expect(await readFile(path.join(root, '.oxlintrc.json'), 'utf8')).toBe(configText());
  });

  test.each(violations)('catch: $title', ({ file, rule }) => {
    expect(rulesBroken(file)).toContain(rule);
  });

  test('let through what a room may import', () => {
    const layerRules = [
      'eslint(no-restricted-imports)',
      'import(no-default-export)',
      'xacct(no-dynamic-import)',
      'xacct(no-barrel)',
    ];
    const wrong = Object.keys(innocent).flatMap((file) =>
      rulesBroken(file)
        .filter((rule) => layerRules.includes(rule))
        .map((rule) => `${file}: ${rule}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no two violations share a file', () => {
    expect(new Set(violations.map(({ file }) => file)).size).toBe(violations.length);
  });
});
