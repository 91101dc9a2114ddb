/** What the kinds of `xacct emit` are given, and what they give back. */
import type { Access } from '#domain/access.ts';
import { accountOf, isBare, type Desired, type DesiredAccount, type SideName } from '#domain/desired.ts';
import type { Spec } from '#domain/spec.ts';

export interface EmittedFile {
  /** Below the folder, or beside the file, that a person names. */
  readonly path: string;
  readonly content: string;
}

/** A target whose role is only entered. */
export interface EnteredTarget {
  readonly name: string;
  readonly access: Access;
  /** The name of the source's profile on this machine, where the file has one. */
  readonly sourceProfile: string | undefined;
  readonly needsMfa: boolean;
}

/** A target with all that is made for it. */
export interface MadeTarget {
  readonly name: string;
  readonly spec: Spec;
  readonly desired: Desired;
}

/** All that one account should hold, with every target that it is for: what the source has is there once, however many targets trust it. */
export interface MadeAccount {
  /** Of its files, where there are others beside it. */
  readonly folder: string;
  readonly side: SideName;
  /** undefined: the source of them all. */
  readonly target: MadeTarget | undefined;
  readonly holds: DesiredAccount;
  readonly partition: string;
  readonly region: string;
}

const byArn = <T extends { readonly arn: string }>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((one) => [one.arn, one])).values(),
];

const joinAccounts = ([first, ...others]: readonly [DesiredAccount, ...DesiredAccount[]]): DesiredAccount => {
  const all = [first, ...others];
  const providers = all.flatMap((account) => account.providers);
  return {
    account: first.account,
    roles: byArn(all.flatMap(({ roles }) => roles)),
    providers: byArn(providers).map((provider) => ({
      ...provider,
      clientIds: [...new Set(providers.filter(({ arn }) => arn === provider.arn).flatMap(({ clientIds }) => clientIds))],
    })),
    instanceProfiles: byArn(all.flatMap(({ instanceProfiles }) => instanceProfiles)),
    grants: all.flatMap(({ grants }) => grants),
  };
};

/** The source first, as its roles must be there before a target can trust them. A source that should hold nothing is left out. */
export const accountsOf = (targets: readonly MadeTarget[]): readonly MadeAccount[] => {
  const sources = new Map<string, readonly [MadeTarget, ...MadeTarget[]]>();
  for (const target of targets) {
    const { account } = target.desired.source;
    if (!isBare(target.desired.source)) sources.set(account, [...(sources.get(account) ?? []), target] as [MadeTarget]);
  }
  const placeOf = ({ spec: { partition, region } }: MadeTarget) => ({ partition, region });
  return [
    ...[...sources].map(([account, [first, ...others]]): MadeAccount => ({
      folder: `source-${account}`,
      side: 'source',
      target: undefined,
      holds: joinAccounts([first.desired.source, ...others.map(({ desired }) => desired.source)]),
      ...placeOf(first),
    })),
    ...targets.map((target): MadeAccount => ({
      folder: target.name,
      side: 'target',
      target,
      holds: accountOf(target.desired, 'target'),
      ...placeOf(target),
    })),
  ];
};

/** Roles that are entered from one another: who is trusted must be there before. */
export const orderNote = ({ side, holds }: MadeAccount): string =>
  side === 'source' && holds.roles.length > 0 ? ' The targets come after it: a role that is not there cannot be trusted.' : '';

/** `dev` as the id of a resource: letters, digits and _ only, a letter first. */
const resourceName = (text: string): string => {
  const name = text
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(name) ? name : `role_${name}`;
};

/** Names that differ from one another in the end. */
export const distinctNames = (texts: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return texts.map((text) => {
    const name = resourceName(text);
    let free = name;
    for (let count = 2; taken.has(free); count += 1) free = `${name}_${count}`;
    taken.add(free);
    return free;
  });
};
