/** What the flags said, as a SpecInput. */
import { DEFAULT_TARGET, givenValues, type SpecInput } from '#domain/spec-input.ts';
import { withoutNamed } from '#domain/layer-input.ts';
import { definitionOf, shapeOf, type ValueName } from '#domain/values.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { givesWay } from './gives-way.ts';
import { readFiles } from './read-files.ts';
import { variableOf } from './typed.ts';

const givenBy = (input: Input) => (name: ValueName) => {
  const { flag } = definitionOf(name);
  const shape = shapeOf(name);
  if (shape === 'switch')
    return input.isSet(flag) ? { value: true, place: input.isTyped(flag) ? `--${flag}` : variableOf(flag) } : undefined;
  return shape === 'one' ? input.text(flag) : input.list(flag);
};

/** Somebody who is trusted by a flag and untrusted by a variable, or the other way round: the flag counts. */
const asTyped = (said: SpecInput, input: Input): SpecInput => {
  const { trust, untrust } = said;
  if (trust === undefined || untrust === undefined) return said;
  if (givesWay(input, 'untrust', ['trust'])) return { ...said, untrust: withoutNamed(untrust, trust) };
  return givesWay(input, 'trust', ['untrust']) ? { ...said, trust: withoutNamed(trust, untrust) } : said;
};

export const specInputFromFlags = (input: Input, context: Context): Promise<SpecInput> => {
  const said = { ...givenValues(givenBy(input)), name: input.targets[0] ?? DEFAULT_TARGET };
  return readFiles(asTyped(said, input), context.cwd, context);
};
