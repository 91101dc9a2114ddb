/** The closed list of causes, and its page. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSES } from '#domain/causes.ts';
import { CHECKS } from '#domain/verify-report.ts';

const page = readFileSync(new URL('../../../docs/verify.md', import.meta.url), 'utf8');
const schema = readFileSync(new URL('../../../schemas/verify.schema.json', import.meta.url), 'utf8');

test('every cause and every check is documented', () => {
  const names = [...Object.keys(CAUSES), ...Object.keys(CHECKS)];
  expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

test('the schema knows every check', () => {
  expect(Object.keys(CHECKS).filter((id) => !schema.includes(`"${id}"`))).toEqual([]);
});

test('every cause is one sentence, lower case, without a full stop, with something to do', () => {
  for (const { explanation, summary } of Object.values(CAUSES)) {
    expect(explanation).toMatch(/^(?:[a-z]|STS|AWS|DNS|MFA|SUBJECT)[^\n]*[^.]$/);
    expect(summary).not.toBe('');
  }
});
