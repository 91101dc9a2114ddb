/** What an administrator's own policies demand of the roles and policies that are made: a boundary, a path, a name, a tag; with its flag. Pure. */
import { coversAction } from '#domain/covers.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { parseArn } from '#domain/arn.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';

export interface Demanding {
  /** Of an inline policy its name, of a managed one its ARN. */
  readonly name: string;
  readonly document: PolicyDocument;
}

const init = (...words: readonly string[]): string => ['xacct init', ...words.map(shellWord)].join(' ');

interface Value {
  /** Lower case. */
  readonly key: string;
  readonly tag: string | undefined;
  readonly operator: string;
  readonly values: readonly string[];
}

const valuesOf = ({ Condition = {} }: Statement): readonly Value[] =>
  Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      key: key.toLowerCase(),
      tag: /^aws:requesttag\/(.+)$/i.exec(key)?.[1],
      operator: operator.toLowerCase().replace(/^for(?:any|all)values?:|ifexists$/g, ''),
      values: listOf(values).map(String),
    })),
  );

/** An Allow wants what its conditions say; a Deny wants what its negated ones say, and what `Null` says is missing. */
const isDemand = ({ Effect }: Statement, { operator, values }: Value): boolean => {
  const isNegated = operator.includes('not');
  if (operator === 'null') return values.includes(Effect === 'Deny' ? 'true' : 'false');
  return Effect === 'Deny' ? isNegated : !isNegated;
};

const hintOf = (where: string, { key, tag, operator, values }: Value): readonly Hint[] => {
  const first = values.find((value) => !/[*?]/.test(value));
  if (key === 'iam:permissionsboundary') {
    const named = operator === 'null' ? 'ARN' : (first ?? values[0] ?? 'ARN');
    const which = operator === 'null' ? 'a permissions boundary' : `the permissions boundary ${values.join(' or ')}`;
    return [{ text: `${where} demands ${which}`, command: init('--permissions-boundary', named) }];
  }
  if (tag === undefined) return [];
  const said = operator === 'null' ? 'VALUE' : (first ?? 'VALUE');
  const which = operator === 'null' ? `the tag ${tag}` : `the tag ${tag} to be ${values.join(' or ')}`;
  return [{ text: `${where} demands ${which}`, command: init('--tag', `${tag}=${said}`) }];
};

/** `role/teams/x-*` says a path and how names begin. */
const placeHint = (where: string, resource: string, pattern: string): readonly Hint[] => {
  const [kind = '', wanted] = [parseArn(resource)?.resource.split('/')[0], parseArn(pattern)?.resource];
  if (wanted === undefined || !wanted.startsWith(`${kind}/`)) return [];
  const tail = wanted.slice(kind.length);
  const path = tail.slice(0, tail.lastIndexOf('/') + 1);
  const name = tail.slice(path.length);
  const words = [
    ...(path === '/' || /[*?]/.test(path) ? [] : ['--path', path]),
    ...(name === '*' || name === '' || kind !== 'role' ? [] : ['--role-name', name.replaceAll('*', 'NAME')]),
  ];
  return words.length === 0 ? [] : [{ text: `${where} lets only ${pattern} be made`, command: init(...words) }];
};

const demandsIn = ({ name, document }: Demanding, action: string, resource: string): readonly Hint[] => {
  const where = `policy ${name}`;
  return statementsOf(document)
    .filter((statement) => coversAction(statement, action))
    .flatMap((statement) => {
      const demanded = valuesOf(statement)
        .filter((value) => isDemand(statement, value))
        .flatMap((value) => hintOf(where, value));
      const places = listOf(statement.Effect === 'Allow' ? statement.Resource : statement.NotResource);
      return [...demanded, ...places.flatMap((pattern) => placeHint(where, resource, pattern))];
    });
};

/** Each demand once, in the order of the policies. */
export const demandsOf = (policies: readonly Demanding[], action: string, resource: string): readonly Hint[] => {
  const hints = policies.flatMap((policy) => demandsIn(policy, action, resource));
  return [...new Map(hints.map((hint) => [hint.command, hint])).values()];
};
