/** explain without AWS: scenarios that were written down, and refusals that AWS wrote. Needs no credentials and no xacct.yaml. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { findRefusals } from '#domain/find-refusals.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { explainRefusal } from '#core/explain-message.ts';
import { parseScenarios } from '#core/parse-scenarios.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Outcome } from './command.ts';
import type { Context } from './context.ts';
import { renderRefusals } from './render/refusals.ts';

const STDIN = '-';

const readInput = (context: Context): Promise<string> => {
  if (context.readInput) return context.readInput();
  throw new XacctError(problem('USAGE', 'there is no standard input to read from'));
};

const readFile = async (file: Given<string>, context: Context): Promise<string> => {
  const text = await context.files.read(context.files.resolve(context.cwd, file.value));
  if (text !== undefined) return text;
  throw new XacctError(
    problem('FILE_UNREADABLE', `there is no file ${file.value}`, {
      path: file.place,
      hints: [{ text: '- reads standard input', command: 'xacct explain --scenario - < scenarios.jsonl' }],
    }),
  );
};

/** Bare decisions, one line for each scenario in its order, also with `--json`. */
export const explainScenarios = async (source: Given<string>, context: Context): Promise<Outcome> => {
  const text = source.value === STDIN ? await readInput(context) : await readFile(source, context);
  const scenarios = parseScenarios(text, source.value === STDIN ? 'standard input' : source.value);
  if (!scenarios.ok) throw XacctError.of(scenarios.diagnostics);
  const decisions = scenarios.value.map((scenario) => decideAssumeRole(scenario));
  await context.out(decisions.map((decision) => `${JSON.stringify(decision)}\n`).join(''));
  const isAllowed = decisions.every(({ verdict }) => verdict === 'allowed');
  return { status: isAllowed ? 0 : 1, text: '', result: decisions, isPrinted: true };
};

const nothingFound = (source: Given<string>): XacctError =>
  new XacctError(
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

/** Status 1: what was found are refusals. */
export const explainMessages = async (source: Given<string>, context: Context): Promise<Outcome> => {
  const text = source.value === STDIN ? await readInput(context) : source.value;
  const refusals = findRefusals(text).map(explainRefusal);
  if (refusals.length === 0) throw nothingFound(source);
  const { paint, width } = context;
  return { status: 1, text: renderRefusals(refusals, { paint, width }), result: { refusals } };
};
