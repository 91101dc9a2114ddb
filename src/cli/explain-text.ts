/** explain without AWS: scenarios that were written down, and refusals that AWS wrote. Needs no credentials and no xacct.yaml. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { openRefusalSearch } from '#domain/find-refusals.ts';
import { shellWord } from '#domain/shell-word.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { explainRefusal } from '#core/explain-message.ts';
import { parseScenarios } from '#core/parse-scenarios.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Outcome } from './command.ts';
import type { Context } from './context.ts';
import { renderRefusals } from './render/refusals.ts';

const STDIN = '-';

const openInput = (context: Context): AsyncIterable<string> => {
  if (context.readInput === undefined) throw new XacctError(problem('USAGE', 'there is no standard input to read from'));
  if (context.canAsk) context.say('reading standard input: end it with Ctrl-D on a line of its own\n');
  return context.readInput();
};

/** Scenarios are judged together, so that a fault of any is told before the first answer: they must be held. */
const MOST_INPUT = 64 * 1024 * 1024;

const readScenarios = async (context: Context): Promise<string> => {
  const parts: string[] = [];
  let length = 0;
  for await (const part of openInput(context)) {
    length += part.length;
    parts.push(part);
    if (length > MOST_INPUT)
      throw new XacctError(
        problem('INVALID_VALUE', `standard input is longer than ${MOST_INPUT / 1024 / 1024} MB`, {
          path: '--scenario',
          hints: [
            {
              text: 'give it in parts',
              command: "split -l 10000 --filter 'xacct explain --scenario -' scenarios.jsonl",
            },
          ],
        }),
      );
  }
  return parts.join('');
};

const readFile = async (file: Given<string>, context: Context): Promise<string> => {
  const refuse = (message: string): XacctError =>
    new XacctError(
      problem('FILE_UNREADABLE', message, {
        path: file.place,
        hints: [{ text: '- reads standard input', command: 'xacct explain --scenario - < scenarios.jsonl' }],
      }),
    );
  if (file.value === '') throw refuse('no file is named');
  try {
    const text = await context.files.read(context.files.resolve(context.cwd, file.value));
    if (text !== undefined) return text;
  } catch (error) {
    // A pipe, as the shell's <(…) makes it, or a long file: both can be had on standard input.
    throw isXacctError(error) ? refuse(error.message) : error;
  }
  throw refuse(`there is no file ${file.value}`);
};

/** Bare decisions, one line for each scenario in its order, also with `--json`. */
export const explainScenarios = async (source: Given<string>, context: Context): Promise<Outcome> => {
  const text = source.value === STDIN ? await readScenarios(context) : await readFile(source, context);
  const scenarios = parseScenarios(text, source.value === STDIN ? 'standard input' : source.value);
  if (!scenarios.ok) throw XacctError.of(scenarios.diagnostics);
  const decisions = scenarios.value.map((scenario) => decideAssumeRole(scenario));
  await context.out(decisions.map((decision) => `${JSON.stringify(decision)}\n`).join(''));
  const isAllowed = decisions.every(({ verdict }) => verdict === 'allowed');
  return { status: isAllowed ? 0 : 1, text: '', result: decisions, isPrinted: true };
};

/** Whoever gives the name of a log means what is in it. */
const isFile = async ({ value }: Given<string>, context: Context): Promise<boolean> => {
  if (value === STDIN || value === '' || /\s/.test(value) || value.length > 1000) return false;
  const file = context.files.resolve(context.cwd, value);
  if (await context.files.isFolder(file)) return false;
  return context.files.read(file).then(
    (text) => text !== undefined,
    // It is there, and too long, a pipe, or not for this person.
    () => true,
  );
};

const nothingFound = async (source: Given<string>, context: Context): Promise<XacctError> => {
  if (await isFile(source, context))
    return new XacctError(
      problem('INVALID_VALUE', `${source.value} is a file, and --message takes the text itself`, {
        path: source.place,
        hints: [{ text: 'give it on standard input', command: `xacct explain --message - < ${shellWord(source.value)}` }],
      }),
    );
  return new XacctError(
    problem('INVALID_VALUE', 'there is no refusal of AWS in this text', {
      path: source.place,
      hints: [
        { text: 'it looks like: User: arn:… is not authorized to perform: sts:AssumeRole on resource: arn:…' },
        ...(source.value === STDIN
          ? []
          : [{ text: 'for a whole log give it on standard input', command: 'xacct explain --message - < terraform.log' }]),
      ],
    }),
  );
};

/** Status 1: what was found are refusals. */
export const explainMessages = async (source: Given<string>, context: Context): Promise<Outcome> => {
  const search = openRefusalSearch();
  if (source.value !== STDIN) search.add(source.value);
  else for await (const part of openInput(context)) search.add(part);
  const { found, leftOut } = search.end();
  if (found.length === 0) throw await nothingFound(source, context);
  const refusals = found.map(explainRefusal);
  const { paint, width } = context;
  return { status: 1, text: renderRefusals(refusals, leftOut, { paint, width }), result: { refusals, leftOut } };
};
