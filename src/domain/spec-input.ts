/** What the layers (flags, environment, file) said for one target, still as text and each with its place. */
import { parseRootArn } from './arn.ts';
import type { Given } from './fields.ts';
import { parsePrincipal } from './principal-request.ts';
import { VALUE_NAMES, type Shape, type ValueName } from './values.ts';

export type GivenText = Given<string> | undefined;
export type GivenList = readonly Given<string>[] | undefined;
export type GivenSwitch = Given<boolean> | undefined;

export interface GivenPolicy {
  readonly name: Given<string>;
  /** The text of the document; who read the file is of no concern here. */
  readonly text: Given<string>;
}

interface GivenByShape {
  readonly one: GivenText;
  readonly many: GivenList;
  readonly switch: GivenSwitch;
}

/** The values of the table, each as somebody gave it. */
export type GivenValues = { readonly [N in ValueName]: GivenByShape[Shape<N>] };

/** Every value is optional here: a default, a question or an error follows, depending on who asks. */
export interface SpecInput extends GivenValues {
  /** The environment's name. */
  readonly name: string;
  readonly policies: readonly GivenPolicy[] | undefined;
  /** The text of the file that `sessionPolicy` names; undefined, too, where the command has no use for it. */
  readonly sessionPolicyText: GivenText;
  /** `none` was said: an empty role is wanted. */
  readonly noPermissions: boolean;
}

/** Of a target that flags alone describe. */
export const DEFAULT_TARGET = 'target';

/** Each value of the table by `give`, which knows the shape that it is asked for. */
export const givenValues = (give: (name: ValueName) => Given<string> | readonly Given<string>[] | GivenSwitch): GivenValues =>
  Object.fromEntries(VALUE_NAMES.map((name) => [name, give(name)])) as unknown as GivenValues;

export const NOTHING_GIVEN: Omit<SpecInput, 'name'> = {
  ...givenValues(() => undefined),
  policies: undefined,
  sessionPolicyText: undefined,
  noPermissions: false,
};

/** `ec2:ci` and the like are the same in one form only; an account and its root are the same in two. */
const sameness = ({ value }: Given<string>): string => {
  const parsed = parsePrincipal({ value, place: '' });
  if (!parsed.ok) return value;
  const account = parsed.value.kind === 'arn' ? parseRootArn(parsed.value.arn)?.account : undefined;
  return account ?? (parsed.value.kind === 'account' ? parsed.value.account : JSON.stringify(parsed.value));
};

/** `--trust` adds to the file's list, `--untrust` takes from it: nobody loses access by being left unsaid. */
const layerTrust = (upper: SpecInput, lower: SpecInput): GivenList => {
  const all = upper.trust && lower.trust ? [...lower.trust, ...upper.trust] : (upper.trust ?? lower.trust);
  const gone = new Set((upper.untrust ?? []).map(sameness));
  const stays = all?.filter((item) => !gone.has(sameness(item)));
  const seen = new Set<string>();
  return stays?.filter((item) => !seen.has(sameness(item)) && seen.add(sameness(item)));
};

/** Who is to be untrusted and was not trusted: a slip of the pen, most likely. */
export const unknownUntrusted = (upper: SpecInput, lower: SpecInput | undefined): GivenList => {
  const known = new Set([...(lower?.trust ?? []), ...(upper.trust ?? [])].map(sameness));
  return upper.untrust?.filter((item) => !known.has(sameness(item)));
};

const isToken = (given: Given<string>): boolean => {
  const parsed = parsePrincipal(given);
  return parsed.ok && parsed.value.kind === 'oidc';
};

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

/** Flags over file, value by value; a list replaces a list, but for the trust. */
export const layer = (upper: SpecInput, lower: SpecInput): SpecInput => {
  const hasPermissions = (upper.policies ?? upper.policyArns ?? upper.presets) !== undefined;
  return {
    ...givenValues((name) => upper[name] ?? lower[name]),
    name: upper.name,
    trust: layerTrust(upper, lower),
    sessionPolicyText: upper.sessionPolicyText ?? lower.sessionPolicyText,
    policies: upper.noPermissions ? upper.policies : (upper.policies ?? lower.policies),
    policyArns: upper.noPermissions ? upper.policyArns : (upper.policyArns ?? lower.policyArns),
    presets: upper.noPermissions ? upper.presets : (upper.presets ?? lower.presets),
    noPermissions: upper.noPermissions || (lower.noPermissions && !hasPermissions),
  };
};
