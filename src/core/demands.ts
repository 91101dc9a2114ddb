/** What an administrator's own policies demand of the roles and policies that are made: a boundary, a path, a name, a tag; with its flag. Pure. */
import { coversAction } from '#domain/covers.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { parseArn } from '#domain/arn.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { initWith, sayWhat, type MakingFlags } from './making-flags.ts';

export interface Demanding {
  /** Of an inline policy its name, of a managed one its ARN. */
  readonly name: string;
  readonly document: PolicyDocument;
}

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

/** What is refused, who refuses it, and what says it better. */
interface Refused {
  /** `policy rules` */
  readonly where: string;
  readonly resource: string;
  readonly flags: MakingFlags;
}

/** Where no flag says it, it is for whoever looks after what was refused. */
const hintFor = ({ where, resource }: Refused, what: string, words: readonly string[] | undefined): Hint =>
  words === undefined
    ? { text: `${where} demands ${what} of ${sayWhat(resource)}, which no flag says` }
    : { text: `${where} demands ${what}`, command: initWith(...words) };

const hintOf = (refused: Refused, { key, tag, operator, values }: Value): readonly Hint[] => {
  const first = values.find((value) => !/[*?]/.test(value));
  if (key === 'iam:permissionsboundary') {
    const named = operator === 'null' ? 'ARN' : (first ?? values[0] ?? 'ARN');
    const which = operator === 'null' ? 'a permissions boundary' : `the permissions boundary ${values.join(' or ')}`;
    return [hintFor(refused, which, refused.flags.boundary?.(named))];
  }
  if (tag === undefined) return [];
  const said = operator === 'null' ? 'VALUE' : (first ?? 'VALUE');
  const which = operator === 'null' ? `the tag ${tag}` : `the tag ${tag} to be ${values.join(' or ')}`;
  return [hintFor(refused, which, refused.flags.tag?.(tag, said))];
};

/** `role/teams/x-*` says a path and how names begin. */
const placeHint = ({ where, resource, flags }: Refused, pattern: string): readonly Hint[] => {
  const [kind = '', wanted] = [parseArn(resource)?.resource.split('/')[0], parseArn(pattern)?.resource];
  if (wanted === undefined || !wanted.startsWith(`${kind}/`)) return [];
  const tail = wanted.slice(kind.length);
  const path = tail.slice(0, tail.lastIndexOf('/') + 1);
  const name = tail.slice(path.length);
  const isFixed = path !== '/' && !/[*?]/.test(path);
  const words = [
    ...(isFixed ? (flags.path?.(path) ?? []) : []),
    ...(name === '*' || name === '' || kind !== 'role' ? [] : (flags.name?.(name.replaceAll('*', 'NAME')) ?? [])),
  ];
  const text = `${where} lets only ${pattern} be made`;
  if (isFixed && flags.path === undefined) return [{ text }];
  return words.length === 0 ? [] : [{ text, command: initWith(...words) }];
};

const demandsIn = ({ name, document }: Demanding, action: string, about: Omit<Refused, 'where'>): readonly Hint[] => {
  const refused = { ...about, where: `policy ${name}` };
  return statementsOf(document)
    .filter((statement) => coversAction(statement, action))
    .flatMap((statement) => {
      const demanded = valuesOf(statement)
        .filter((value) => isDemand(statement, value))
        .flatMap((value) => hintOf(refused, value));
      const places = listOf(statement.Effect === 'Allow' ? statement.Resource : statement.NotResource);
      return [...demanded, ...places.flatMap((pattern) => placeHint(refused, pattern))];
    });
};

/** Each demand once, in the order of the policies; then what else there is, where one of them no flag says. */
export const demandsOf = (policies: readonly Demanding[], action: string, about: Omit<Refused, 'where'>): readonly Hint[] => {
  const hints = policies.flatMap((policy) => demandsIn(policy, action, about));
  const each = [...new Map(hints.map((hint) => [hint.command ?? hint.text, hint])).values()];
  return each.some(({ command }) => command === undefined) ? [...each, ...about.flags.otherwise] : each;
};
