/** What flags say over what the file says, for one target; and where its tokens enter. */
import { parseRootArn } from './arn.ts';
import { splitOf, type Given } from './fields.ts';
import { namedFile } from './named-file.ts';
import { kindOf, parsePrincipal } from './principal-request.ts';
import { permissionsUnder } from './said-permissions.ts';
import { givenValues, type GivenList, type SpecInput } from './spec-input.ts';
import type { Kind } from './value-definition.ts';
import { definitionOf, type ValueName } from './values.ts';

/** `ec2:ci` and the like are the same in one form only; an account and its root are the same in two. */
const sameness = ({ value }: Given<string>): string => {
  const parsed = parsePrincipal({ value, place: '' });
  if (!parsed.ok) return value;
  const account = parsed.value.kind === 'arn' ? parseRootArn(parsed.value.arn)?.account : undefined;
  return account ?? (parsed.value.kind === 'account' ? parsed.value.account : JSON.stringify(parsed.value));
};

/** Whether two lists name the same principals, in whatever form and order. */
export const arePrincipalsAlike = (left: readonly string[], right: readonly string[]): boolean => {
  const [one, other] = [left, right].map((list) => new Set(list.map((value) => sameness({ value, place: '' }))));
  return one?.size === other?.size && [...(one ?? [])].every((name) => other?.has(name));
};

/** Without whom another list names, in whatever form; undefined where nobody is left. */
export const withoutNamed = (list: GivenList, others: GivenList): GivenList => {
  const named = new Set((others ?? []).map(sameness));
  const left = (list ?? []).filter((item) => !named.has(sameness(item)));
  return left.length > 0 ? left : undefined;
};

/** Without whom `--untrust` names; nobody twice. */
const stillTrusted = (all: GivenList, { untrust = [] }: SpecInput): GivenList => {
  const gone = new Set(untrust.map(sameness));
  const stays = all?.filter((item) => !gone.has(sameness(item)));
  const seen = new Set<string>();
  return stays?.filter((item) => !seen.has(sameness(item)) && seen.add(sameness(item)));
};

/** `--trust` adds to the file's list, `--untrust` takes from it and from that of the hub: nobody loses access by being left unsaid. */
const layerTrust = (upper: SpecInput, lower: SpecInput): Pick<SpecInput, 'trust' | 'sourceTrust'> => {
  const all = upper.trust && lower.trust ? [...lower.trust, ...upper.trust] : (upper.trust ?? lower.trust);
  return { trust: stillTrusted(all, upper), sourceTrust: stillTrusted(upper.sourceTrust ?? lower.sourceTrust, upper) };
};

/** Who is to be untrusted and was not trusted: a slip of the pen, most likely. */
export const unknownUntrusted = (upper: SpecInput, lower: Pick<SpecInput, 'trust' | 'sourceTrust'> | undefined): GivenList => {
  const known = new Set(
    [lower, upper].flatMap((input) => [...(input?.trust ?? []), ...(input?.sourceTrust ?? [])].map(sameness)),
  );
  return upper.untrust?.filter((item) => !known.has(sameness(item)));
};

const isToken = (given: Given<string>): boolean => kindOf(given) === 'oidc';

/**
 * Tokens of CI systems and clusters enter each target by a provider of its own, or a hub in the source by one for all: the default where
 * there are several targets, and a source account to put it in. `targets` is how many the file has.
 */
export const byLayout = (input: SpecInput, targets: number): SpecInput => {
  const layout = input.layout?.value ?? (targets > 1 && input.sourceAccount ? 'hub' : 'direct');
  const tokens = (input.trust ?? []).filter(isToken);
  if (layout !== 'hub' || tokens.length === 0) return input;
  const others = (input.trust ?? []).filter((given) => !tokens.includes(given));
  return {
    ...input,
    trust: others.length > 0 ? others : undefined,
    sourceTrust: [...(input.sourceTrust ?? []), ...tokens],
  };
};

/** Of pairs and named files, which of them stand for the same thing; AWS compares these names without regard to case. */
const keyOf = (kind: Kind, given: Given<string>): string => {
  const split = splitOf(given);
  const key = kind === 'files' ? namedFile(given).name : split === -1 ? given.value : given.value.slice(0, split);
  return key.toLowerCase();
};

const mergePairs = (kind: Kind, upper: readonly Given<string>[], lower: readonly Given<string>[]): GivenList => {
  const said = new Set(upper.map((given) => keyOf(kind, given)));
  return [...lower.filter((given) => !said.has(keyOf(kind, given))), ...upper];
};

/** As a target over what it inherits: maps merge, lists replace. */
const layerValue = (name: ValueName, upper: SpecInput, lower: SpecInput): SpecInput[ValueName] => {
  const { kind } = definitionOf(name);
  const [above, below] = [upper[name], lower[name]];
  const isMap = kind === 'map' || kind === 'tags' || kind === 'files';
  return isMap && above && below
    ? mergePairs(kind, above as readonly Given<string>[], below as readonly Given<string>[])
    : (above ?? below);
};

/** Flags over file, value by value; what flags say of a trust adds to the file's. */
export const layer = (upper: SpecInput, lower: SpecInput): SpecInput => {
  const under = permissionsUnder(upper, lower);
  return { ...givenValues((name) => layerValue(name, upper, under)), name: upper.name, ...layerTrust(upper, lower) };
};
