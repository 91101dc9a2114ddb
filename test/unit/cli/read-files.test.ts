/** A file that a value names and that is not there: told with a command that a shell takes as it stands. */
import { expect, test } from 'vitest';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import type { Context } from '#cli/context.ts';
import { readFiles } from '#cli/read-files.ts';

test('names the folder so that a shell takes it for one word', async () => {
  const files = { read: async () => undefined, resolve: (folder: string, name: string) => `${folder}/${name}` };
  const context = { files } as unknown as Context;
  const input = { ...NOTHING_GIVEN, name: 'dev', policies: [{ value: 's3=s3.json', place: '--policy', keyLength: 2 }] };
  await expect(readFiles(input, "/home/o'hara/my work", context)).rejects.toMatchObject({
    diagnostics: [{ hints: [{ command: String.raw`ls '/home/o'\''hara/my work'` }] }],
  });
});
