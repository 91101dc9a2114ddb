/** Text as scenarios: one JSON object, or one a line. Every fault of every line at once, with its line and key. Pure. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { readJson } from '#domain/json-text.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { ScenarioFault } from '#domain/scenario-schema.ts';
import { checkScenario } from '#policy/check-scenario.ts';
import type { Scenario } from '#policy/scenario.ts';

/** One JSON text and the line on which it begins. */
interface Piece {
  readonly text: string;
  readonly line: number;
}

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** A text whose lines are no objects by themselves is one object over several lines. */
const splitPieces = (text: string): readonly Piece[] => {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, i) => ({ text: line, line: i + 1 }))
    .filter((piece) => piece.text.trim() !== '');
  return lines.length > 1 && !lines.some((piece) => isJsonObject(piece.text))
    ? [{ text: text.replace(/^\uFEFF/, ''), line: 1 }]
    : lines;
};

const placed = (place: string, line: number, path: string, message: string, hint?: string): Diagnostic =>
  problem('INVALID_VALUE', path === '' ? message : `${path}: ${message}`, {
    path: `${place}:${line}`,
    hints: [{ text: hint ?? 'each line must be a scenario: {"caller": {…}, "role": {…}, "request": {…}}' }],
  });

const keyHint = ({ known }: ScenarioFault): string | undefined =>
  known.length === 0 ? undefined : `known here: ${known.join(', ')}`;

const parsePiece = ({ text, line }: Piece, place: string): Result<Scenario> => {
  const reading = readJson(text);
  if (!reading.ok) {
    const { message, line: inside, column } = reading.fault;
    return fail(placed(place, line + inside - 1, '', `not JSON at column ${column}: ${message}`));
  }
  const doubles = reading.duplicates.map((double) =>
    placed(place, line + double.line - 1, double.path, 'this key stands twice', 'keep one of them'),
  );
  if (Array.isArray(reading.value))
    return fail(placed(place, line, '', 'this is a list: write one scenario a line', 'turn it into lines: jq -c ".[]" FILE'));
  const checked = checkScenario(reading.value);
  if (!checked.ok)
    return fail(...doubles, ...checked.faults.map((fault) => placed(place, line, fault.path, fault.message, keyHint(fault))));
  return doubles.length === 0 ? ok(checked.value) : fail(...doubles);
};

/** What is no text in UTF-8 would be another policy than the one that was meant. */
const encodingFault = (text: string, place: string): Diagnostic | undefined => {
  const at = text.indexOf('\uFFFD');
  if (at < 0) return undefined;
  const line = text.slice(0, at).split('\n').length;
  return placed(place, line, '', 'this is not UTF-8', 'convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE');
};

/** `place` names the text in the diagnostics: a file, or standard input. */
export const parseScenarios = (text: string, place: string): Result<readonly Scenario[]> => {
  const encoding = encodingFault(text, place);
  if (encoding !== undefined) return fail(encoding);
  const results = splitPieces(text).map((piece) => parsePiece(piece, place));
  if (results.length === 0)
    return fail(
      problem('INVALID_VALUE', 'there is no scenario: the text is empty', {
        path: place,
        hints: [{ text: 'give one JSON object, or one a line' }],
      }),
    );
  const problems = results.flatMap((result) => (result.ok ? [] : result.diagnostics));
  const [first, ...more] = problems;
  if (first !== undefined) return fail(first, ...more);
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
};
