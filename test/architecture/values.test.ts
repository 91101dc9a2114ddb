/** No flag and no key of xacct.yaml without a test: each stands as it is typed somewhere under test/. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';
import { EVERYWHERE } from '#cli/everywhere.ts';
import { definitionOf, VALUE_NAMES } from '#domain/values.ts';
import { loadCommand } from '#load-command';

const TESTS = new URL('../', import.meta.url);
const text = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith('architecture/'))
  .map((name) => readFileSync(new URL(name, TESTS), 'utf8'))
  .join('\n');

const commands = await Promise.all(COMMANDS.map(({ name }) => loadCommand(name)));
const flags = [
  ...new Set(
    [...commands.flatMap(({ options }) => options), ...EVERYWHERE].map(({ flags }) => /--([a-z-]+)/.exec(flags)?.[1] ?? ''),
  ),
];

describe('every value', () => {
  test('that a command takes as a flag is used by a test', () => {
    const untested = flags.filter(
      (flag) => !new RegExp(`(--${flag}|XACCT_${flag.replaceAll('-', '_').toUpperCase()})(?![a-z-])`).test(text),
    );
    expect(untested).toEqual([]);
  });

  test('that xacct.yaml has a key for is in the file of every key', () => {
    const file = readFileSync(new URL('unit/domain/config-schema.test.ts', TESTS), 'utf8');
    const keys = VALUE_NAMES.flatMap((name) => definitionOf(name).key?.split('.').at(-1) ?? []);
    expect(keys.filter((key) => !file.includes(`${key}:`))).toEqual([]);
  });

  test('of the table is a flag of some command', () => {
    expect(VALUE_NAMES.map((name) => definitionOf(name).flag).filter((flag) => !flags.includes(flag))).toEqual([]);
  });
});
