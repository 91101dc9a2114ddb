/** A file by a name of its own: `NAME=FILE`, or a file that names itself. What is in it comes with it, once somebody has read it. */
import type { Given } from './fields.ts';

export interface NamedFile {
  readonly name: string;
  /** Empty: it has no file yet. */
  readonly file: string;
}

/** A slash before the `=` means that it belongs to the path. */
export const namedFile = ({ value, keyLength }: Given<string>): NamedFile => {
  const split = keyLength ?? /^[^/=]+(?==.)/s.exec(value)?.[0].length;
  if (split !== undefined) return { name: value.slice(0, split), file: value.slice(split + 1) };
  return { name: value.slice(value.lastIndexOf('/') + 1).replace(/\.json$/i, ''), file: value };
};

/** `from` says where it was given, and what is in it. */
export const givenFile = ({ name, file }: NamedFile, from: Omit<Given<string>, 'value' | 'keyLength'>): Given<string> => ({
  ...from,
  value: `${name}=${file}`,
  keyLength: name.length,
});
