/** `--out`: files go to disk whole or not at all; what a person wrote there is not overwritten. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import type { Result } from '#domain/result.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

export interface OutFile {
  /** As it is named to the person. */
  readonly path: string;
  readonly content: string;
}

/** `--out`: undefined for stdout, by itself and as `-`. */
export const outOf = (input: Input): Given<string> | undefined => {
  const out = input.text('out');
  return out?.value === '-' ? undefined : out;
};

/** What becomes of a file that is there: its new text, or why it stays. */
export type Merge = (file: OutFile, before: string) => Result<string>;

export interface OutOptions {
  readonly isForced: boolean;
  readonly merge: Merge;
}

interface Planned {
  readonly full: string;
  readonly shown: string;
  readonly text: string;
  readonly isNew: boolean;
}

/** Every file is judged before the first one is written. */
export const writeOut = async (files: readonly OutFile[], options: OutOptions, context: Context): Promise<void> => {
  const refused: Diagnostic[] = [];
  const planned: Planned[] = [];
  for (const file of files) {
    const full = context.files.resolve(context.cwd, file.path);
    const found = await context.files.read(full);
    // A shell has made it empty where a command before this one failed: xacct emit-tf > provider.tf
    const before = found?.trim() === '' ? undefined : found;
    const merged = before === undefined || options.isForced ? undefined : options.merge(file, before);
    if (merged && !merged.ok) refused.push(...merged.diagnostics);
    else {
      const text = merged?.value ?? file.content;
      if (text !== before) planned.push({ full, shown: file.path, text, isNew: before === undefined });
    }
  }
  if (refused.length > 0) throw XacctError.of(refused);
  for (const { full, text, shown, isNew } of planned) {
    await context.files.write(full, text);
    context.say(`${isNew ? 'wrote' : 'updated'} ${shown}\n`);
  }
  if (planned.length === 0) context.say(`${files.map(({ path }) => path).join(', ')}: nothing to change\n`);
};

/** The first file is the one that was named; the others stand beside it under their own names. */
export const placeFiles = (files: readonly OutFile[], out: Given<string>): readonly OutFile[] => {
  const folder = out.value.slice(0, out.value.lastIndexOf('/') + 1);
  return files.map(({ path, content }, index) => ({ path: index === 0 ? out.value : `${folder}${path}`, content }));
};

/** What one command writes and another reads. */
export interface OwnKind {
  readonly kind: string;
  readonly isOne: (text: string) => boolean | Promise<boolean>;
}

/** Such a file is written over, and no other. Throws XacctError. */
export const expectFree = async ({ value, place }: Given<string>, { kind, isOne }: OwnKind, context: Context): Promise<void> => {
  if (value === '-')
    throw new XacctError(
      problem('USAGE', `- would be standard output, and a ${kind} is a file that is read again`, {
        path: place,
        hints: [{ text: 'name a file' }],
      }),
    );
  const text = await context.files.read(context.files.resolve(context.cwd, value));
  if (text === undefined || (await isOne(text))) return;
  throw new XacctError(
    problem('FILE_UNWRITABLE', `${value} is there, and is no ${kind}: it is left as it is`, {
      path: place,
      hints: [{ text: 'name another file' }],
    }),
  );
};
