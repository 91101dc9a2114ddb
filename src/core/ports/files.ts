/** Files of the person: policies that are read, provider.tf and xacct.yaml that are written. Paths are absolute. */

export interface Files {
  /** undefined when there is no such file. Throws XacctError FILE_UNREADABLE on anything else. */
  read(path: string): Promise<string | undefined>;
  /** Whole or not at all: written beside and renamed. Throws XacctError FILE_UNWRITABLE. */
  write(path: string, text: string): Promise<void>;
  /** As `write`, in a folder of our own: what is a link there is replaced, and never followed. */
  replace(path: string, text: string): Promise<void>;
  isFolder(path: string): Promise<boolean>;
  /** Names in the folder, in alphabetical order; none where it cannot be looked into. */
  list(folder: string): Promise<readonly string[]>;
  /** Nothing is in the folder, or there is no such folder. */
  isEmpty(folder: string): Promise<boolean>;
  /** A new empty folder that nobody else can read. */
  makeTemporary(prefix: string): Promise<string>;
  /** Removes folders of makeTemporary named `PREFIX` + process id + `-`, whose process has ended without removing them. Only what is this user's. */
  removeAbandoned(prefix: string): Promise<void>;
  /** A file or a folder with all in it; nothing happens when it is not there. Throws XacctError FILE_UNWRITABLE. */
  remove(path: string): Promise<void>;
  /** `file` as an absolute path, seen from `folder`. */
  resolve(folder: string, file: string): string;
  /** The folder that holds `file`. */
  folderOf(file: string): string;
  /** `file` as it is named from `folder`: `./policies/s3.json`. */
  relative(folder: string, file: string): string;
  /** Nearest `name` in `folder` or a parent of it. Throws XacctError for somebody else's, in a folder that everybody can write to. */
  findUp(name: string, folder: string): Promise<string | undefined>;
}
