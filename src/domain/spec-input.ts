/** What the layers (flags, environment, file) said for one target, still as text and each with its place. */
import type { Given } from './fields.ts';
import { VALUE_NAMES, type Shape, type ValueName } from './values.ts';

export type GivenText = Given<string> | undefined;
export type GivenList = readonly Given<string>[] | undefined;
export type GivenSwitch = Given<boolean> | undefined;

interface GivenByShape {
  readonly one: GivenText;
  readonly many: GivenList;
  readonly switch: GivenSwitch;
}

/** The values of the table, each as somebody gave it. */
export type GivenValues = { readonly [N in ValueName]: GivenByShape[Shape<N>] };

/** Every value is optional here: a default, a question or an error follows, depending on who asks. */
export interface SpecInput extends GivenValues {
  /** The environment's name. */
  readonly name: string;
}

/** Of a target that flags alone describe. */
export const DEFAULT_TARGET = 'target';

/** Each value of the table by `give`, which knows the shape that it is asked for. */
export const givenValues = (give: (name: ValueName) => Given<string> | readonly Given<string>[] | GivenSwitch): GivenValues =>
  Object.fromEntries(VALUE_NAMES.map((name) => [name, give(name)])) as unknown as GivenValues;

export const NOTHING_GIVEN: Omit<SpecInput, 'name'> = givenValues(() => undefined);
