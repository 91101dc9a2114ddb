/** What somebody changed after a plan was made: by address, as the plan has it, and without what it says. Pure. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Observed, ObservedAccount, ObservedRole } from './observe.ts';

/** By address, as comparable text. */
type Parts = readonly (readonly [address: string, text: string])[];

const part = (address: string, value: unknown): Parts[number] => [address, JSON.stringify(value)];

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** When a role was made and last used is no part of a plan. */
const roleParts = (name: string, { state, attachments, inline, policies }: ObservedRole): Parts => {
  const at = `role/${name}`;
  const { trustPolicy, description, maxSessionSeconds, permissionsBoundary, tags, arn, path } = state ?? {};
  const parts: Parts = [
    part(at, [arn, path]),
    part(`${at}/trust`, trustPolicy ?? null),
    part(`${at}/settings`, [description, maxSessionSeconds]),
    part(`${at}/boundary`, permissionsBoundary ?? null),
    part(`${at}/tags`, tags ?? null),
  ];
  return [
    ...(state === undefined ? [] : parts),
    ...attachments.map((policy) => part(`${at}/attachment/${policy}`, policy)),
    ...[...inline].map(([policy, document]) => part(`${at}/inline/${policy}`, document)),
    ...[...policies].map(([policy, found]) => part(`policy/${nameIn(policy)}`, found)),
  ];
};

const accountParts = ({ roles, providers, instanceProfiles, grants }: ObservedAccount): Parts => [
  ...[...roles].flatMap(([name, role]) => roleParts(name, role)),
  ...[...providers].map(([arn, found]) => part(`provider/${arn.slice(arn.indexOf('/') + 1)}`, found)),
  ...[...instanceProfiles].map(([name, found]) => part(`instance-profile/${name}`, found)),
  ...[...grants].map(([key, document]) => part(key, document)),
];

export type Seen = Pick<Observed, 'target' | 'source' | 'unread'> | { readonly source: ObservedAccount };

const partsOf = (seen: Seen): Parts => {
  const source = accountParts(seen.source).map(([address, text]) => [`source/${address}`, text] as const);
  if (!('target' in seen)) return source;
  const unread = seen.unread.map((one) => part(one.what, one));
  return [...accountParts(seen.target), ...source, ...unread];
};

/** Addresses whose text is another one, or stands on one side alone. */
export const differing = (before: Parts, after: Parts): readonly string[] => {
  const [one, other] = [new Map(before), new Map(after)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((address) => one.get(address) !== other.get(address));
};

/** Of a role that appeared or went, the role says it all. */
const whole = (addresses: readonly string[]): readonly string[] =>
  addresses.filter((address) => !addresses.some((other) => address.startsWith(`${other}/`)));

const NAMED_AT_MOST = 5;

const listed = (addresses: readonly string[]): string => {
  const more = addresses.length - NAMED_AT_MOST;
  return [...addresses.slice(0, NAMED_AT_MOST), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

export const staleAccount = (
  account: string,
  changed: readonly string[],
  rest: Partial<Pick<Diagnostic, 'path' | 'hints'>>,
): XacctError => {
  const what = whole(changed);
  const said = what.length === 0 ? '' : `: ${listed(what)}`;
  return new XacctError(problem('STALE', `account ${account} has changed since the plan was made${said}`, rest));
};

/** Throws STALE where what a plan was made from is there no longer. */
export const expectStill = (account: string, before: Seen, after: Seen): void => {
  const changed = differing(partsOf(before), partsOf(after));
  if (changed.length === 0) return;
  throw staleAccount(account, changed, { hints: [{ text: 'look at the new plan', command: 'xacct init --dry-run' }] });
};
