/** xacct docs at work: the page of the targets, to stdout, to a file, or between two lines of a README. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { emitHtml, HTML_MARK } from '#emit/page-html.ts';
import { emitMarkdown, PAGE_MARKERS } from '#emit/page-markdown.ts';
import { pageOf, type PageTarget } from '#emit/setup-page.ts';
import { mergeBetween, replaceWhole } from '#emit/shared-file.ts';
import { commandLine } from './answers.ts';
import type { Input, Outcome } from './command.ts';
import type { Context } from './context.ts';
import { makeOffline } from './made-targets.ts';
import { readProof } from './proof-file.ts';
import { readSpecTargets } from './spec-targets.ts';
import type { Target, Targets } from './targets.ts';
import { outOf, writeOut, type Merge } from './write-out.ts';

const pageOfTarget = async (target: Target, { loaded }: Targets, context: Context): Promise<PageTarget> => {
  const made = await makeOffline(target, context);
  return pageOf(made, await readProof(made.name, made.desired.access, loaded, context));
};

const merge: Merge = ({ path, content }, before) =>
  content.startsWith('<!doctype')
    ? replaceWhole(path, before, content, HTML_MARK)
    : mergeBetween(path, before, content, PAGE_MARKERS);

/** The README must be there, and say where. */
const expectMarkers = async (file: string, names: readonly string[], context: Context): Promise<void> => {
  const text = await context.files.read(context.files.resolve(context.cwd, file));
  if (text?.includes(PAGE_MARKERS.begin) === true && text.includes(PAGE_MARKERS.end)) return;
  throw new XacctError(
    problem('NOT_OURS', text === undefined ? `there is no file ${file}` : `${file} does not say where the page goes`, {
      path: '--inject',
      hints: [
        { text: `put these two lines into it: ${PAGE_MARKERS.begin} and ${PAGE_MARKERS.end}` },
        ...(text === undefined
          ? [{ text: 'or make a page of its own', command: commandLine(['docs', ...names, '--out', file]) }]
          : []),
      ],
    }),
  );
};

export const runDocs = async (input: Input, context: Context): Promise<Outcome> => {
  const inject = input.text('inject');
  const isHtml = input.text('format')?.value === 'html';
  const out = inject ?? outOf(input);
  if (inject && (isHtml || input.text('out')))
    throw new XacctError(
      problem('USAGE', '--inject puts Markdown into a file that is there', {
        path: '--inject',
        hints: [{ text: 'leave out --out and --format' }],
      }),
    );
  if (inject) await expectMarkers(inject.value, input.targets, context);
  const targets = await readSpecTargets(input, context, { name: 'docs' });
  const pages: PageTarget[] = [];
  for (const target of targets.targets) pages.push(await pageOfTarget(target, targets, context));
  const file = {
    path: out?.value ?? (isHtml ? 'access.html' : 'access.md'),
    content: isHtml ? emitHtml(pages) : emitMarkdown(pages),
  };
  if (out === undefined) return { status: 0, text: file.content, result: { files: [file] } };
  await writeOut([file], { isForced: input.isSet('force') && inject === undefined, merge }, context);
  return { status: 0, text: '', result: { files: [file] } };
};
