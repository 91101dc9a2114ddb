/**
 * A service control policy refused what we make. From inside the account it cannot be read; what it demands shows in what was made under it:
 * a boundary, a path or a tag that every other role of the account has. Pure.
 */
import { parseRoleArn } from '#domain/arn.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { initWith, type MakingFlags } from './making-flags.ts';
import type { PrincipalRecord, PrincipalState } from './ports/principal-iam.ts';

/** Roles that AWS and Organizations make stand outside what the organization asks of others. */
const IS_MADE_BY_AWS = /^(?:AWSServiceRoleFor|AWSReservedSSO_|OrganizationAccountAccessRole$|AWSControlTower)/;

/** One alone is no custom. */
const ENOUGH = 2;

const allAlike = <T>(values: readonly T[]): T | undefined => (new Set(values).size === 1 ? values[0] : undefined);

/** The flag that says it, or none. */
const hint = (text: string, words: readonly string[] | undefined): Hint =>
  words === undefined ? { text } : { text, command: initWith(...words) };

const tagHints = (roles: readonly PrincipalState[], { tag }: MakingFlags): readonly Hint[] => {
  const [first] = roles;
  return Object.keys(first?.tags ?? {})
    .filter((key) => !/^(?:aws|xacct):/i.test(key) && roles.every(({ tags }) => Object.hasOwn(tags, key)))
    .map((key) => {
      const value = allAlike(roles.map(({ tags }) => tags[key])) ?? 'VALUE';
      return hint(`all ${roles.length} other roles of the account have the tag ${key}`, tag?.(key, value));
    });
};

/** `made`: the role that was refused, by its ARN; it is no example. */
export const customsOf = (records: readonly PrincipalRecord[], made: string | undefined, flags: MakingFlags): readonly Hint[] => {
  const roles = records
    .map(({ state }) => state)
    .filter(({ kind, name, arn }) => kind === 'role' && arn !== made && !IS_MADE_BY_AWS.test(name));
  if (roles.length < ENOUGH) return [];
  const boundary = allAlike(roles.map(({ boundaryArn }) => boundaryArn));
  const path = allAlike(roles.map(({ arn }) => parseRoleArn(arn)?.path));
  const all = `all ${roles.length} other roles of the account`;
  return [
    ...(boundary === undefined ? [] : [hint(`${all} have the permissions boundary ${boundary}`, flags.boundary?.(boundary))]),
    ...(path === undefined || path === '/' ? [] : [hint(`${all} have the path ${path}`, flags.path?.(path))]),
    ...tagHints(roles, flags),
  ];
};

/** What is left to do where nothing shows. */
export const askOrganization = ({ boundary, path, name, tag }: MakingFlags): Hint => {
  const words = [boundary?.('ARN'), path?.('/PATH/'), name?.('NAME'), tag?.('KEY', 'VALUE')].flatMap((some) => some ?? []);
  const text =
    "it is the organization's rule, which cannot be read from this account: ask its administrator what a role must have here";
  return hint(text, words.length === 0 ? undefined : words);
};
