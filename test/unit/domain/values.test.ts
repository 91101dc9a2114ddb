/** The table of values beside its parsers: what the help promises is what they take. */
import { describe, expect, test } from 'vitest';
import { parserOf, type ParsedHere } from '#domain/value-parsers.ts';
import { definitionOf, shapeOf, VALUE_NAMES } from '#domain/values.ts';

const texts = VALUE_NAMES.filter((name): name is ParsedHere => shapeOf(name) !== 'switch' && name !== 'presets');

describe('the parser of a value', () => {
  const promised = texts.flatMap((name) => {
    const { default: usual, choices = [] } = definitionOf(name);
    return [...(usual === undefined ? [] : [usual]), ...choices].map((value) => [name, value] as const);
  });

  test.each(promised)('of %s takes "%s", which the help names', (name, value) => {
    expect(parserOf(name)({ value, place: 'default' })).toMatchObject({ ok: true });
  });
});
