/** A fix as HCL: a statement of aws_iam_policy_document, or what the provider's assume_role block has to say. */
import { listOf, type Statement } from '#domain/policy-document.ts';
import type { RequestChange } from './request-proposals.ts';
import type { Scenario } from './scenario.ts';

/** A string of HCL, in which `${` and `%{` would begin a template. */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{');
const list = (values: readonly (string | number | boolean)[]): string =>
  `[${values.map((value) => quoted(String(value))).join(', ')}]`;

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
const block = (head: string, lines: readonly string[]): readonly string[] => [`${head} {`, ...indent(lines), '}'];

/** Lines of `name = value`, with the equal signs below each other as `terraform fmt` has them. */
const pairs = (entries: readonly (readonly [string, string])[]): readonly string[] => {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)} = ${value}`);
};

const principals = (element: Statement['Principal'], head: string): readonly string[] => {
  if (element === undefined) return [];
  const kinds =
    element === '*' ? [['*', ['*']] as const] : Object.entries(element).map(([kind, who]) => [kind, listOf(who)] as const);
  return kinds.flatMap(([kind, who]) =>
    block(
      head,
      pairs([
        ['type', quoted(kind)],
        ['identifiers', list(who)],
      ]),
    ),
  );
};

const conditions = ({ Condition = {} }: Statement): readonly string[] =>
  Object.entries(Condition).flatMap(([test, keys]) =>
    Object.entries(keys).flatMap(([variable, values]) =>
      block(
        'condition',
        pairs([
          ['test', quoted(test)],
          ['variable', quoted(variable)],
          ['values', list(listOf(values))],
        ]),
      ),
    ),
  );

export const statementHcl = (statement: Statement): string => {
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Principal } = statement;
  const lists = { actions: Action, not_actions: NotAction, resources: Resource, not_resources: NotResource };
  const entries = Object.entries(lists).flatMap(([name, values]) =>
    values === undefined ? [] : [[name, list(listOf(values))] as const],
  );
  const head = [...(Sid === undefined ? [] : [['sid', quoted(Sid)] as const]), ['effect', quoted(Effect)] as const];
  const lines = [...pairs([...head, ...entries]), ...principals(Principal, 'principals'), ...conditions(statement)];
  return block('statement', lines).join('\n');
};

/** The provider block that asks so, in a scenario that has the change; null for what no argument of it can say, such as an MFA code. */
export const requestHcl = (change: RequestChange, { role, request, caller }: Scenario): string | null => {
  if (Object.keys(change.set).some((path) => path.startsWith('caller.'))) return null;
  const text = (name: string, value: string | undefined): readonly (readonly [string, string])[] =>
    value === undefined ? [] : [[name, quoted(value)]];
  const tags = Object.entries(request.tags ?? {}).map(([key, value]) => [quoted(key), quoted(value)] as const);
  const keys = request.transitiveTagKeys ?? [];
  const lines = [
    ...pairs([
      ...text('role_arn', role.arn),
      ...text('session_name', request.sessionName),
      ...text('external_id', request.externalId),
      ...text('source_identity', request.sourceIdentity),
      ...text('duration', request.durationSeconds === undefined ? undefined : `${request.durationSeconds}s`),
      ...(keys.length === 0 ? [] : [['transitive_tag_keys', list(keys)] as const]),
    ]),
    ...(tags.length === 0 ? [] : block('tags =', pairs(tags))),
  ];
  const name = caller.kind === 'web-identity' ? 'assume_role_with_web_identity' : 'assume_role';
  return block('provider "aws"', block(name, lines)).join('\n');
};
