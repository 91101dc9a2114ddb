/** Takes values out of what was given, and keeps what was wrong with the others, so that every problem is told at once. */
import { problem, type Diagnostic } from './diagnostic.ts';
import { parseExternalId, type Field, type Given } from './fields.ts';
import type { Result } from './result.ts';
import type { ExternalIdWish } from './spec.ts';
import type { GivenList, SpecInput } from './spec-input.ts';
import { parserOf, type Parsed, type ParsedHere } from './value-parsers.ts';
import { definitionOf, shapeOf, type ValueName } from './values.ts';

const defaultOf = (name: ValueName): Given<string> | undefined => {
  const { default: value } = definitionOf(name);
  return value === undefined ? undefined : { value, place: 'default' };
};

export class Reading {
  readonly problems: Diagnostic[] = [];
  readonly #input: SpecInput;

  constructor(input: SpecInput) {
    this.#input = input;
  }

  take<T>(result: Result<T>): T | undefined {
    if (result.ok) return result.value;
    this.problems.push(...result.diagnostics);
    return undefined;
  }

  /** A value of the table, or its default; undefined, or of a switch false, where there is neither, or a given one is refused. */
  value<N extends Exclude<ValueName, 'presets'>>(name: N): Parsed<N> {
    const given = this.#input[name] ?? defaultOf(name);
    const read = (): unknown => {
      if (shapeOf(name) === 'switch') return (given as Given<boolean> | undefined)?.value ?? false;
      if (given === undefined) return undefined;
      const parse = parserOf(name as ParsedHere);
      return shapeOf(name) === 'one' ? this.take(parse(given as Given<string>)) : this.#list(parse, given as GivenList);
    };
    return read() as Parsed<N>;
  }

  list<N extends Exclude<ValueName, 'presets'>>(name: N): NonNullable<Parsed<N>> | readonly [] {
    return this.value(name) ?? [];
  }

  #list(parse: Field<unknown>, given: GivenList): readonly unknown[] {
    return (given ?? []).map((item) => this.take(parse(item))).filter((value) => value !== undefined);
  }

  /** undefined: a value was refused, which has been said. `fresh` is a new id, used only when one is wanted and the role has none. */
  externalIds(fallback: 'generate' | 'none', fresh: string): ExternalIdWish | undefined {
    const isDefault = this.#input.externalId === undefined;
    const given = this.#input.externalId ?? [{ value: fallback, place: 'default' }];
    const [first, ...rest] = given;
    if (first === undefined || (first.value === 'generate' && rest.length === 0))
      return { kind: 'generate', fresh, ...(isDefault && { isDefault }) };
    if (first.value === 'none' && rest.length === 0) return { kind: 'none' };
    const word = given.find(({ value }) => WORDS.includes(value));
    if (word !== undefined) {
      this.problems.push(
        problem('USAGE', `"${word.value}" stands alone: it is no external ID beside others`, {
          path: word.place,
          hints: [{ text: 'leave it out, or give it alone' }],
        }),
      );
      return undefined;
    }
    const [head, ...tail] = given.map((item) => this.take(parseExternalId(item))).filter((value) => value !== undefined);
    return head === undefined ? undefined : { kind: 'given', values: [head, ...tail] };
  }
}

const WORDS: readonly string[] = ['generate', 'none'];
