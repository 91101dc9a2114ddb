/** Says what an earlier run was in the middle of when it was killed. What came of it is seen in AWS, as everything is. */
import { warning } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { Context } from './context.ts';
import type { Project } from './file-spec.ts';
import { printable } from './render/printable.ts';

export const tellCutOff = async ({ configPath }: Project, context: Context): Promise<void> => {
  const found = await context.cutOff(context.files.folderOf(configPath));
  if (found === undefined) return;
  const steps = found.steps
    .map(({ id, account }) => printable(account === undefined ? id : `${id} in account ${account}`))
    .join(', ');
  context.reporter.tell(
    warning(
      'CUT_OFF',
      `an earlier run was cut off in the middle of ${steps}: this one looks at what is there, and goes on from it`,
      [{ text: 'what else it did', command: `cat ${shellWord(found.file)}` }],
    ),
  );
};
