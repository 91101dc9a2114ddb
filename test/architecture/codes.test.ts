/** Every error code is thrown or told somewhere, and met in a test; the same for the causes of a failed proof. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ERROR_CODES, EXIT_STATUS } from '#domain/error-codes.ts';
import { CAUSES } from '#domain/causes.ts';
import { KNOWN_REFUSALS } from '#domain/found-refusal.ts';

const root = path.resolve(import.meta.dirname, '../..');

const textsOf = async (folder: string, without: readonly string[]): Promise<string> => {
  const entries = await readdir(path.join(root, folder), { recursive: true });
  const names = entries.filter((name) => name.endsWith('.ts') && !without.some((other) => name.endsWith(other)));
  return (await Promise.all(names.map((name) => readFile(path.join(root, folder, name), 'utf8')))).join('\n');
};

let source = '';
let tests = '';

beforeAll(async () => {
  source = await textsOf('src', ['domain/error-codes.ts', 'domain/causes.ts']);
  tests = await textsOf('test', ['codes.test.ts']);
});

const isNamed = (text: string, code: string): boolean => new RegExp(`\\b${code}\\b`).test(text);

/** Those of a sentence of AWS's are tested in one go, with the table of sentences. */
const CAUSES_OF_VERIFY = Object.keys(CAUSES).filter((code) => !KNOWN_REFUSALS.some((known) => known === code));

describe.each([...Object.keys(ERROR_CODES), ...CAUSES_OF_VERIFY])('%s', (code) => {
  test('is used in src and met in a test', () => {
    expect({ inSource: isNamed(source, code), inTests: isNamed(tests, code) }).toEqual({ inSource: true, inTests: true });
  });
});

describe('the table of codes', () => {
  test('has a meaning for each, in lower case and without a full stop', () => {
    for (const { meaning } of Object.values(ERROR_CODES)) expect(meaning).toMatch(/^([a-z]|AWS|Ctrl-C).*[^.]$/);
  });

  test('has a status of its own for each kind', () => {
    const statuses = Object.values(EXIT_STATUS);
    expect(new Set(statuses).size).toBe(statuses.length);
    expect(statuses).not.toContain(0);
  });

  test('has no kind that no code has', () => {
    const kinds = new Set<string>(Object.values(ERROR_CODES).map(({ kind }) => kind));
    expect(Object.keys(EXIT_STATUS).filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
