/** A Plan as Terraform shows one: + ~ - with addresses, what changes by statement, and who will be let in. */
import { changesOf, type Change, type Plan } from '#domain/plan.ts';
import { statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import type { Paint } from '#cli/paint.ts';

const isDocument = (value: unknown): value is PolicyDocument =>
  typeof value === 'object' && value !== null && 'Statement' in value;

const linesOf = (value: unknown): readonly string[] => {
  if (value === null || value === undefined) return [];
  if (isDocument(value)) return statementsOf(value).map((statement) => JSON.stringify(statement));
  if (typeof value === 'string') return [];
  return Object.entries(value).flatMap(([key, item]) =>
    isDocument(item) ? linesOf(item).map((line) => `${key}: ${line}`) : [`${key}: ${JSON.stringify(item)}`],
  );
};

const MARKS = { create: '+', update: '~', delete: '-', none: ' ' } as const;

const renderChange = (change: Change, paint: Paint): readonly string[] => {
  const colour = { create: paint.green, update: paint.yellow, delete: paint.red, none: paint.dim }[change.action];
  const risk = change.risk === 'removes access' ? ` ${paint.red('removes access')}` : '';
  const before = new Set(linesOf(change.before));
  const after = new Set(linesOf(change.after));
  return [
    `  ${colour(MARKS[change.action])} ${change.address}${risk}`,
    ...[...before].filter((line) => !after.has(line)).map((line) => `      ${paint.red(`- ${line}`)}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `      ${paint.green(`+ ${line}`)}`),
  ];
};

export const renderPlan = (plan: Plan, paint: Paint): string => {
  const changes = changesOf(plan);
  if (changes.length === 0)
    return `${paint.bold(`Account ${plan.targetAccount}`)}: nothing to do, all ${plan.changes.length} parts are as they should be\n`;
  return `${[
    `${paint.bold(`Account ${plan.targetAccount}`)}: ${changes.length} to change, ${plan.changes.length - changes.length} as they should be`,
    ...changes.flatMap((change) => renderChange(change, paint)),
    `  who may assume the role then: ${plan.trustList.join(', ')}`,
  ].join('\n')}\n`;
};
