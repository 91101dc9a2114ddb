/** One word of a POSIX shell: what stands in a command to be copied must stay one argument, whoever wrote it. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
