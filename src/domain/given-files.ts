/** The values that name files, taken together: whoever reads the files, or sees them from another folder, needs to know no value by name. */
import type { Given } from './fields.ts';
import { givenFile, namedFile } from './named-file.ts';
import type { SpecInput } from './spec-input.ts';
import { definitionOf, VALUE_NAMES, type ValueName } from './values.ts';

type OneOrMany = Given<string> | readonly Given<string>[] | undefined;

const isFile = (name: ValueName): boolean => /^files?$/.test(definitionOf(name).kind);

const FILE_VALUES: readonly ValueName[] = VALUE_NAMES.filter(isFile);

export interface GivenFile {
  readonly file: string;
  readonly given: Given<string>;
}

const fileOf = (name: ValueName, given: Given<string>): string =>
  definitionOf(name).kind === 'files' ? namedFile(given).file : given.value;

export const filesIn = (input: SpecInput, names: readonly ValueName[] = FILE_VALUES): readonly GivenFile[] =>
  names.filter(isFile).flatMap((name) => {
    const given: readonly (Given<string> | undefined)[] = [input[name] as OneOrMany].flat();
    return given.flatMap((one) => (one === undefined ? [] : [{ file: fileOf(name, one), given: one }]));
  });

/** Each by `change`. */
const mapFiles = (input: SpecInput, change: (file: GivenFile, name: ValueName) => Given<string>): SpecInput => {
  const changed = FILE_VALUES.map((name): readonly [ValueName, OneOrMany] => {
    const given = input[name] as OneOrMany;
    const one = (item: Given<string>) => change({ file: fileOf(name, item), given: item }, name);
    return [name, given && (Array.isArray(given) ? (given as readonly Given<string>[]).map(one) : one(given as Given<string>))];
  });
  return { ...input, ...(Object.fromEntries(changed) as Partial<SpecInput>) };
};

/** With what is in them; those that are not in `contents` stay unread. */
export const withContents = (input: SpecInput, contents: ReadonlyMap<Given<string>, string>): SpecInput =>
  mapFiles(input, ({ given }) => {
    const content = contents.get(given);
    return content === undefined ? given : { ...given, content };
  });

export const withoutContents = (input: SpecInput): SpecInput =>
  mapFiles(input, ({ given }) => {
    const { content: _, ...rest } = given;
    return rest;
  });

/** Under the names that they have in another folder. A file that is still to be made has none. */
export const renamed = (input: SpecInput, rename: (file: string) => string): SpecInput =>
  mapFiles(input, ({ file, given }, name) => {
    if (file === '') return given;
    return definitionOf(name).kind === 'files'
      ? givenFile({ name: namedFile(given).name, file: rename(file) }, given)
      : { ...given, value: rename(file) };
  });
