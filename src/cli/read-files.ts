/** What is in the files that values name. */
import { problem } from '#domain/diagnostic.ts';
import { filesIn, withContents, type GivenFile } from '#domain/given-files.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import type { ValueName } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Context } from './context.ts';

const read = async ({ file, given }: GivenFile, folder: string, { files }: Context): Promise<string> => {
  const text = await files.read(files.resolve(folder, file));
  if (text !== undefined) return text;
  throw new XacctError(
    problem('FILE_UNREADABLE', `there is no file ${file}`, {
      path: given.place,
      hints: [{ text: 'look for it', command: `ls ${shellWord(folder)}` }],
    }),
  );
};

/** Relative files are seen from `folder`; of `names` alone where some may be missing. Throws XacctError. */
export const readFiles = async (
  input: SpecInput,
  folder: string,
  context: Context,
  names?: readonly ValueName[],
): Promise<SpecInput> => {
  const texts = filesIn(input, names).map(async (file) => [file.given, await read(file, folder, context)] as const);
  return withContents(input, new Map(await Promise.all(texts)));
};
