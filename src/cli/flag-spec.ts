/** What the flags said, as a SpecInput. */
import { DEFAULT_TARGET, givenValues, type SpecInput } from '#domain/spec-input.ts';
import { definitionOf, shapeOf, type ValueName } from '#domain/values.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { readFiles } from './read-files.ts';
import { variableOf } from './typed.ts';

const givenBy = (input: Input) => (name: ValueName) => {
  const { flag } = definitionOf(name);
  const shape = shapeOf(name);
  if (shape === 'switch')
    return input.isSet(flag) ? { value: true, place: input.isTyped(flag) ? `--${flag}` : variableOf(flag) } : undefined;
  return shape === 'one' ? input.text(flag) : input.list(flag);
};

export const specInputFromFlags = (input: Input, context: Context): Promise<SpecInput> => {
  const said = { ...givenValues(givenBy(input)), name: input.targets[0] ?? DEFAULT_TARGET };
  return readFiles(said, context.cwd, context);
};
