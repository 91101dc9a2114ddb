/** What the operating system calls an error: `ENOENT`; anything else in its own words. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
