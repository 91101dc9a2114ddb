/** What was said of the role's permissions: values that count together, because one of them says that there are none. */
import type { SpecInput } from './spec-input.ts';
import { definitionOf, type ValueName } from './values.ts';

const GIVING = ['policies', 'policyArns', 'presets'] as const satisfies readonly ValueName[];

/** Any of them answers what the role may do. */
export const PERMISSION_FLAGS: readonly string[] = [...GIVING, 'permissions' as const].map((name) => definitionOf(name).flag);

type Said = Pick<SpecInput, (typeof GIVING)[number] | 'permissions'>;

export const countPermissions = (said: Said): number => GIVING.reduce((sum, name) => sum + (said[name]?.length ?? 0), 0);

/** `none` was said: an empty role is wanted. */
export const saysNone = ({ permissions }: Said): boolean => permissions !== undefined;

export const saysPermissions = (said: Said): boolean => saysNone(said) || GIVING.some((name) => said[name] !== undefined);

const none = (place: string): Pick<SpecInput, 'permissions'> => ({ permissions: { value: 'none', place } });

/** Whatever was said of them, there are none; `place` says why. */
export const withoutPermissions = (input: SpecInput, place: string): SpecInput => ({
  ...input,
  policies: undefined,
  policyArns: undefined,
  presets: undefined,
  ...none(place),
});

/** xacct.yaml has no word for none: a section of permissions that gives nothing is one. */
export const impliedNone = (input: SpecInput, section: string | undefined): SpecInput =>
  section === undefined || countPermissions(input) > 0 ? input : { ...input, ...none(section) };

/** What is to stay of what `lower` says: nothing beside a `none`, and no `none` beside something. */
export const permissionsUnder = (upper: Said, lower: SpecInput): SpecInput => {
  if (saysNone(upper)) return { ...lower, policies: undefined, policyArns: undefined, presets: undefined };
  return saysPermissions(upper) ? { ...lower, permissions: undefined } : lower;
};
