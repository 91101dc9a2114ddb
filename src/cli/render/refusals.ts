/** The refusals that were found in a text, each with its cause and what would lift it. */
import { parseRoleArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { RefusalExplanation } from '#core/refusal-explanation.ts';
import { labelled, renderFix, type Page } from './fix.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

const placeOf = ({ line, times }: RefusalExplanation): string =>
  times === 1 ? `line ${line}` : `line ${line}, ${times} times in all`;

const isCaller = (arn: string): boolean =>
  [parseUserArn, parseRoleArn, parseSessionArn].some((parse) => parse(arn) !== undefined);

/** Where AWS does not say which side refused, the policies of both do: what to type next. */
const renderNext = ({ code, caller, resource, action }: RefusalExplanation, page: Page): readonly string[] => {
  if (code !== 'NOT_SAID' || action !== 'sts:AssumeRole' || caller === null || resource === null) return [];
  if (parseRoleArn(resource) === undefined || !isCaller(caller)) return [];
  const command = `xacct explain --role-arn ${shellWord(resource)} --as ${shellWord(caller)} --source-profile NAME --target-profile NAME`;
  return [
    `  ${page.paint.dim('-- which of them it is')}`,
    ...labelled('next', 'read the policies of both accounts, with credentials that may:', page),
    `${' '.repeat(11)}${page.paint.command(command)}`,
  ];
};

const renderRefusal = (refusal: RefusalExplanation, page: Page): readonly string[] => {
  const { paint, width } = page;
  const { sentence, code, layer, explanation, remedies } = refusal;
  const many = remedies.length > 1;
  return [
    ...wrap(printable(sentence), width - 2).map((line, i) => (i === 0 ? `${paint.red('✗')} ${line}` : `  ${line}`)),
    `  ${paint.dim(`(${placeOf(refusal)})`)}`,
    ...labelled('cause', `${explanation} [${code}]`, page),
    ...labelled('layer', layer ?? 'AWS does not say', page),
    ...remedies.flatMap((remedy, i) => [
      ...(many ? [`  ${paint.dim(`-- ${i + 1} of ${remedies.length} things that it can be`)}`] : []),
      ...renderFix(remedy, page),
    ]),
    ...renderNext(refusal, page),
  ];
};

export const renderRefusals = (refusals: readonly RefusalExplanation[], leftOut: number, page: Page): string =>
  [
    ...refusals.map((refusal) => `${renderRefusal(refusal, page).join('\n')}\n`),
    ...(leftOut === 0 ? [] : [`${leftOut} or more different refusals come after these, and are left out\n`]),
  ].join('\n');
