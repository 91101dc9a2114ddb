/** A policy statement in words: what it allows, on what, for whom and when; the same words for the same meaning. */
import { canonicalStatement } from '#domain/policy-equality.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';

const list = (values: readonly unknown[]): string => values.map(String).join(', ');

const namesOf = (principal: NonNullable<Statement['Principal']>): string => {
  if (principal === '*') return '*';
  const entries = Object.entries(principal).map(([kind, names]) =>
    kind === 'AWS' ? list(listOf(names)) : `${kind} ${list(listOf(names))}`,
  );
  return entries.join(', ');
};

const principalsOf = ({ Principal, NotPrincipal }: Statement): string => {
  if (Principal !== undefined) return ` for ${namesOf(Principal)}`;
  return NotPrincipal === undefined ? '' : ` for all but ${namesOf(NotPrincipal)}`;
};

const conditionsOf = ({ Condition }: Statement): string => {
  const parts = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${list(listOf(values))}`),
  );
  return parts.length > 0 ? ` when ${parts.join(' and ')}` : '';
};

const resourcesOf = ({ Resource, NotResource }: Statement): string => {
  if (Resource !== undefined) return ` on ${list(listOf(Resource))}`;
  return NotResource === undefined ? '' : ` on all but ${list(listOf(NotResource))}`;
};

const describe = (statement: Statement): string => {
  const { Effect, Action, NotAction } = statement;
  const actions = Action === undefined ? `everything but ${list(listOf(NotAction))}` : list(listOf(Action));
  return `${Effect} ${actions}${resourcesOf(statement)}${principalsOf(statement)}${conditionsOf(statement)}`;
};

export interface Said {
  /** The same for all that mean the same. */
  readonly key: string;
  readonly line: string;
}

/** Each statement with its meaning, the Sid apart: order, scalar or list and the case of actions make no difference. */
export const saidByPolicy = (document: PolicyDocument): readonly Said[] =>
  statementsOf(document).map((statement) => ({ key: canonicalStatement({ ...statement, Sid: '' }), line: describe(statement) }));

/** One line for each statement. */
export const describePolicy = (document: PolicyDocument): readonly string[] => statementsOf(document).map(describe);

/** Breaks at spaces; a word that is longer than the line stays whole, so that it can be copied. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};
