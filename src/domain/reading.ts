/** Takes values out of what was given, and keeps what was wrong with the others, so that every problem is told at once. */
import { problem, type Diagnostic } from './diagnostic.ts';
import type { Field, Given } from './fields.ts';
import type { Result } from './result.ts';
import type { ExternalIdWish } from './spec.ts';
import type { GivenList, GivenText, SpecInput } from './spec-input.ts';
import { definitionOf, shapeOf, VALUES, type Parsed, type ValueName } from './values.ts';

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

  /** A value of the table; undefined, or of a switch false, where nobody gave one that is good. */
  value<N extends ValueName>(name: N): Parsed<N> {
    const { parse } = definitionOf(name);
    const given = this.#input[name];
    const read = (): unknown => {
      if (shapeOf(name) === 'switch') return (given as Given<boolean> | undefined)?.value ?? false;
      if (given === undefined) return undefined;
      return shapeOf(name) === 'one' ? this.take(parse(given as Given<string>)) : this.#list(parse, given as GivenList);
    };
    return read() as Parsed<N>;
  }

  list<N extends ValueName>(name: N): NonNullable<Parsed<N>> | readonly [] {
    return this.value(name) ?? [];
  }

  /** `fallback` where nobody said anything. */
  withDefault<T>(parse: Field<T>, given: GivenText, fallback: string): T | undefined {
    return this.take(parse(given ?? { value: fallback, place: 'default' }));
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
    const [head, ...tail] = given.map((item) => this.take(VALUES.externalId.parse(item))).filter((value) => value !== undefined);
    return head === undefined ? undefined : { kind: 'given', values: [head, ...tail] };
  }
}

const WORDS: readonly string[] = ['generate', 'none'];
