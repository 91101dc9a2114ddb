/** What the flags of a run say that xacct.yaml does not say already, by its keys. */
import { valueAt, type ConfigTarget, type ConfigValue } from '#domain/config.ts';
import { externalIdInFile, saidInFile, trustInFile } from '#domain/config-document.ts';
import { formatRoleArn } from '#domain/arn.ts';
import { parseDuration } from '#domain/duration.ts';
import { arePrincipalsAlike } from '#domain/layer-input.ts';
import { saysNone } from '#domain/said-permissions.ts';
import type { Spec } from '#domain/spec.ts';
import { definitionOf, VALUE_NAMES, VALUES, type ValueName } from '#domain/values.ts';
import type { Entry, KeyPath } from './edit-config.ts';
import { saidOf } from './new-config.ts';
import type { Target } from './targets.ts';

export const keyPath = (name: ValueName): KeyPath => definitionOf(name).key?.split('.') ?? [];

/** A target of the file, and how a file that it names is found from its folder. */
export interface Said {
  readonly inFile: ConfigTarget;
  readonly resolve: (file: string) => string;
}

export interface Anew {
  /** The flag that says it. */
  readonly name: ValueName;
  readonly entry: Entry;
}

/** A map entry by entry: the others stay, as they do in the run that saves it. */
const entriesOf = (name: ValueName, value: ConfigValue): readonly Entry[] => {
  const path = keyPath(name);
  if (typeof value !== 'object' || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).map(([key, item]): Entry => [[...path, key], item ?? null]);
};

/** Words that differ and mean the same are one here. */
const meaningOf = (name: ValueName, value: ConfigValue | null | undefined, resolve: Said['resolve']): unknown => {
  const { kind } = definitionOf(name);
  if (kind === 'one-or-list') return [value].flat();
  if (typeof value !== 'string') return value;
  if (kind === 'duration') return parseDuration(value) ?? value;
  return kind === 'file' || kind === 'files' ? resolve(value) : value;
};

const inFileAt = ({ values }: ConfigTarget, name: ValueName, path: KeyPath): ConfigValue | null | undefined => {
  const own = keyPath(name);
  if (path.length === own.length) return valueAt(values, own.join('.')) ?? definitionOf(name).default;
  const map = valueAt(values, own.join('.'));
  const [key = ''] = path.slice(own.length);
  return typeof map === 'object' && !Array.isArray(map) && Object.hasOwn(map, key)
    ? (map as Readonly<Record<string, ConfigValue | null>>)[key]
    : undefined;
};

const isSaid = ({ inFile, resolve }: Said, name: ValueName, [path, value]: Entry): boolean => {
  const there = inFileAt(inFile, name, path);
  return JSON.stringify(meaningOf(name, value, resolve)) === JSON.stringify(meaningOf(name, there, resolve));
};

const listAt = ({ values }: ConfigTarget, name: 'trust' | 'sourceTrust'): readonly string[] => {
  const list = valueAt(values, VALUES[name].key);
  return Array.isArray(list) ? (list as readonly string[]) : [];
};

/** What the file is to say. Of a hub, which takes the place of tokens, the tokens. */
const trustOf = (target: Target, spec: Spec, inFile: ConfigTarget): readonly string[] => {
  const { hub } = spec.source;
  const settled = trustInFile(saidOf(target), spec);
  if (hub === undefined) return settled;
  const there = listAt(inFile, 'sourceTrust');
  const tokens = (saidOf(target).sourceTrust ?? []).flatMap(({ value }) => (there.includes(value) ? [] : [value]));
  return [...settled.filter((principal) => principal !== formatRoleArn(hub.role)), ...tokens];
};

/** `self` may stand in the flag or in the file: they are compared as they were said, and as they were settled. */
const trustAnew = (target: Target, spec: Spec, { inFile }: Said): readonly Anew[] => {
  const { trust, untrust } = target.flags;
  if (trust === undefined && untrust === undefined) return [];
  const there = listAt(inFile, 'trust');
  const wanted = trustOf(target, spec, inFile);
  const isAskedAgain = untrust === undefined && (trust ?? []).every(({ value }) => there.includes(value));
  const isSame = isAskedAgain || arePrincipalsAlike(wanted, there);
  const names = isSame ? [] : [...(trust ? ['trust' as const] : []), ...(untrust ? ['untrust' as const] : [])];
  const inHub = listAt(inFile, 'sourceTrust');
  const left = inHub.filter((name) => saidOf(target).sourceTrust?.some(({ value }) => value === name));
  return [
    ...names.map((name): Anew => ({ name, entry: [keyPath('trust'), wanted] })),
    ...(untrust && left.length < inHub.length ? [{ name: 'untrust', entry: [keyPath('sourceTrust'), left] } as const] : []),
  ];
};

/** All that the file gives the role, taken away; an empty map says that nothing is meant. */
const nonePermitted = ({ values }: ConfigTarget): readonly Anew[] => {
  const lists = (['presets', 'policyArns'] as const).filter((name) => valueAt(values, VALUES[name].key) !== undefined);
  const emptied = [[keyPath('policies'), {}] as const, ...lists.map((name): Entry => [keyPath(name), []])];
  const isEmpty = ([path]: Entry): boolean => {
    const there = valueAt(values, path.join('.'));
    return there !== undefined && Object.keys(there).length === 0;
  };
  return emptied.every(isEmpty) ? [] : emptied.map((entry) => ({ name: 'permissions', entry }));
};

/** Flags that say nothing of a key, or that what they say is found elsewhere. */
const OTHERWISE: readonly ValueName[] = ['targetAccount', 'trust', 'externalId'];

/** `generate` keeps the one that there is; what it makes where there is none is written in any case. */
const externalIdAnew = ({ flags }: Target, { role }: Spec, { inFile }: Said): readonly Entry[] => {
  if (flags.externalId === undefined) return [];
  const isMade = flags.externalId[0]?.value === 'generate' && valueAt(inFile.values, VALUES.externalId.key) === undefined;
  return isMade ? [] : [[keyPath('externalId'), externalIdInFile(role.externalId)]];
};

export const saidAnew = (target: Target, spec: Spec, said: Said): readonly Anew[] => {
  const values = VALUE_NAMES.flatMap((name): readonly Anew[] => {
    const value = OTHERWISE.includes(name) || definitionOf(name).key === undefined ? undefined : saidInFile(name, target.flags);
    const entries =
      name === 'externalId' ? externalIdAnew(target, spec, said) : value === undefined ? [] : entriesOf(name, value);
    const own = entries.filter((entry) => !isSaid(said, name, entry)).map((entry) => ({ name, entry }));
    return name === 'trust' ? trustAnew(target, spec, said) : own;
  });
  return [...values, ...(saysNone(target.flags) ? nonePermitted(said.inFile) : [])];
};
