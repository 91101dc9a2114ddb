/** What the flags said, as a SpecInput. Policy files are read here, because their text is the value. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import {
  DEFAULT_TARGET,
  givenValues,
  type GivenPolicy,
  type GivenText,
  type GivenValues,
  type SpecInput,
} from '#domain/spec-input.ts';
import { definitionOf, shapeOf, type ValueName } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

/** `NAME=FILE`, or a file that names itself. A slash before the `=` means that it belongs to the path. */
const splitPolicy = ({ value, place }: Given<string>): { readonly name: Given<string>; readonly file: Given<string> } => {
  const named = /^([^/=]+)=(.+)$/.exec(value);
  const file = named?.[2] ?? value;
  const own = file.slice(file.lastIndexOf('/') + 1).replace(/\.json$/i, '');
  return { name: { value: named?.[1] ?? own, place }, file: { value: file, place } };
};

export const readPolicy = async (file: Given<string>, folder: string, context: Context): Promise<Given<string>> => {
  const full = context.files.resolve(folder, file.value);
  const text = await context.files.read(full);
  if (text !== undefined) return { value: text, place: file.value };
  throw new XacctError(
    problem('FILE_UNREADABLE', `there is no file ${file.value}`, {
      path: file.place,
      hints: [{ text: 'look for it', command: `ls ${folder}` }],
    }),
  );
};

/** The names and files of `--policy` values; relative files are seen from where they were said. */
export const policiesOf = (
  given: readonly Given<string>[],
): readonly { readonly name: Given<string>; readonly file: Given<string> }[] => given.map(splitPolicy);

const readPolicies = async (input: Input, context: Context): Promise<readonly GivenPolicy[] | undefined> => {
  const given = input.list('policy');
  if (given === undefined) return undefined;
  return Promise.all(
    policiesOf(given).map(async ({ name, file }) => ({ name, text: await readPolicy(file, context.cwd, context) })),
  );
};

const givenBy = (input: Input) => (name: ValueName) => {
  const { flag } = definitionOf(name);
  const shape = shapeOf(name);
  if (shape === 'switch') return input.isSet(flag) ? { value: true, place: `--${flag}` } : undefined;
  return shape === 'one' ? input.text(flag) : input.list(flag);
};

/** The text of the file that is named. */
export const readSessionPolicy = async (
  { sessionPolicy }: Pick<GivenValues, 'sessionPolicy'>,
  folder: string,
  context: Context,
): Promise<GivenText> => (sessionPolicy === undefined ? undefined : readPolicy(sessionPolicy, folder, context));

export const specInputFromFlags = async (input: Input, context: Context): Promise<SpecInput> => {
  const values = givenValues(givenBy(input));
  return {
    ...values,
    name: input.targets[0] ?? DEFAULT_TARGET,
    policies: await readPolicies(input, context),
    sessionPolicyText: await readSessionPolicy(values, context.cwd, context),
    noPermissions: input.text('permissions')?.value === 'none',
  };
};
