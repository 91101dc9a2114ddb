/** Puts the desired state on disk: a new xacct.yaml, or the one value that the file could not know, the generated external ID. */
import type { Recorded, Wanted } from '#core/carry-out.ts';
import { valueAt, type ConfigMap, type ConfigTarget, type ConfigValue } from '#domain/config.ts';
import { externalIdInFile, saidInFile, trustInFile } from '#domain/config-document.ts';
import { definitionOf, VALUE_NAMES, VALUES, type ValueName } from '#domain/values.ts';
import type { ConfigSource, PlacedValue } from '#core/ports/config-file.ts';
import { saysNone } from '#domain/said-permissions.ts';
import type { Spec } from '#domain/spec.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Context } from './context.ts';
import { holdOf, type LoadedConfig } from './file-spec.ts';
import { newFile, saidOf, seenFrom, type Saving } from './new-config.ts';
import type { Target } from './targets.ts';

/** Values that flags gave and the file has a key for; they hold for one run unless they are saved. */
const saidByFlags = ({ flags }: Target): readonly ValueName[] =>
  VALUE_NAMES.filter((name) => definitionOf(name).key !== undefined && name !== 'targetAccount' && flags[name] !== undefined);

/** What is no value of a key, and changes what some keys say. */
const MEANT_FOR_KEYS = ['untrust', 'permissions'] as const satisfies readonly ValueName[];

const warnAboutFlags = (loaded: LoadedConfig, target: Target, context: Context): void => {
  const meant = MEANT_FOR_KEYS.filter((name) => target.flags[name] !== undefined);
  const used = [...saidByFlags(target), ...meant].map((name) => `--${definitionOf(name).flag}`);
  if (used.length === 0) return;
  context.reporter.tell(
    warning('NOT_SAVED', `${used.join(', ')} counts for this run only: ${loaded.source.path} was not changed`, [
      { text: 'write it into the file to keep it: --save' },
    ]),
  );
};

type KeyPath = readonly string[];
type Entry = readonly [path: KeyPath, value: ConfigValue | null];

const keyPath = (name: ValueName): KeyPath => definitionOf(name).key?.split('.') ?? [];

/** Where the value of this target stands: its own, or that of all where it is the only one. */
const pathIn = (source: ConfigSource, target: ConfigTarget, shared: KeyPath): KeyPath => {
  const own = ['targets', target.name, ...shared];
  const isAlone = valueAt(source.data as ConfigMap, 'targets') !== undefined && isOnly(source);
  return !source.has(own) && isAlone && source.has(shared) ? shared : own;
};

const isOnly = ({ data }: ConfigSource): boolean => Object.keys(valueAt(data as ConfigMap, 'targets') ?? {}).length === 1;

/** A map entry by entry: the others stay, as they do in the run that saves it. */
const entriesOf = (name: ValueName, value: ConfigValue): readonly Entry[] => {
  const path = keyPath(name);
  if (typeof value !== 'object' || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).map(([key, item]): Entry => [[...path, key], item ?? null]);
};

/** What the file is to say from now on, by its keys. */
const toSave = (target: Target, spec: Spec): readonly Entry[] => {
  const values = saidByFlags(target).flatMap((name) => {
    const value = name === 'trust' ? undefined : saidInFile(name, target.flags);
    return value === undefined ? [] : entriesOf(name, value);
  });
  const changesTrust = (target.flags.trust ?? target.flags.untrust) !== undefined;
  return [
    ...values,
    ...(changesTrust ? [[keyPath('trust'), trustInFile(saidOf(target), spec)] as const] : []),
    ...(saysNone(target.flags) ? nonePermitted(target) : []),
  ];
};

/** All that the file gives the role, taken away; an empty map says that nothing is meant. */
const nonePermitted = ({ inFile }: Target): readonly Entry[] => [
  [keyPath('policies'), {}],
  ...(['presets', 'policyArns'] as const).flatMap((name): readonly Entry[] =>
    inFile === undefined || valueAt(inFile.values, VALUES[name].key) === undefined ? [] : [[keyPath(name), []]],
  ),
];

/** A generated external ID does no harm in the file: the next run uses it. */
const KEPT: Recorded = { forget: async () => undefined };

/** As this run last left it on disk, by the file that it read first. */
const written = new WeakMap<LoadedConfig, ConfigSource>();

/** As it is on disk now: another target of this run, or somebody else, may have written to it since it was read. */
const reread = async (loaded: LoadedConfig, context: Context): Promise<ConfigSource> => {
  const { path } = loaded.source;
  const known = written.get(loaded) ?? loaded.source;
  const text = await context.files.read(path);
  return text === undefined || text === known.text ? known : (await context.configReader()).parse(text, path);
};

/** Maps merge: an empty one in a target takes nothing out of what all inherit. Throws XacctError. */
const expectMeant = (source: ConfigSource, [path, value]: PlacedValue): void => {
  const [first, , ...shared] = path.map(String);
  const inherited = first === 'targets' ? valueAt(source.data as ConfigMap, shared.join('.')) : undefined;
  const isEmpty = (map: unknown): boolean => typeof map === 'object' && map !== null && Object.keys(map).length === 0;
  if (Array.isArray(value) || !isEmpty(value) || inherited === undefined || isEmpty(inherited)) return;
  throw new XacctError(
    problem('USAGE', `every target inherits ${shared.join('.')}, and one of them cannot leave it out`, {
      path: `${source.locate(shared)} ${shared.join('.')}`,
      hints: [{ text: `move it into the targets that need it, in ${source.path}` }],
    }),
  );
};

/** What was said last of a key counts. */
const write = async (entries: readonly Entry[], target: ConfigTarget, loaded: LoadedConfig, context: Context): Promise<void> => {
  const source = await reread(loaded, context);
  const places = new Map(entries.map(([key, value]) => [key.join('\n'), [pathIn(source, target, key), value] as const]));
  for (const value of places.values()) expectMeant(source, value);
  const changed = source.withValues([...places.values()]);
  await context.files.write(loaded.source.path, changed.text);
  written.set(loaded, changed);
};

/** The organization that was found, for the next run not to look again. */
const inItsPlace = ({ role: { conditions } }: Spec, { values }: ConfigTarget): readonly Entry[] => [
  [keyPath('externalId'), 'none'],
  ...(conditions.orgId === undefined || valueAt(values, VALUES.orgId.key) !== undefined
    ? []
    : [[keyPath('orgId'), conditions.orgId] as const]),
];

/** The external ID that the file could not know yet, because it was generated in this run or read from the role. */
const generatedId = (spec: Spec, target: Target): readonly Entry[] => {
  const inFile = target.inFile && valueAt(target.inFile.values, VALUES.externalId.key);
  const isInFile = inFile !== undefined && inFile !== 'generate';
  const wish = spec.role.externalId;
  const isChanged = (target.flags.rotateExternalId ?? target.flags.retireExternalId) !== undefined;
  if (target.inFile === undefined) return [];
  if (wish.kind === 'none') return isInFile || target.flags.externalId !== undefined ? [] : inItsPlace(spec, target.inFile);
  if (!isChanged && (isInFile || target.flags.externalId !== undefined)) return [];
  return [[keyPath('externalId'), externalIdInFile(wish)]];
};

const save = async (settled: Wanted, target: Target, { project, input, context }: Saving): Promise<Recorded> => {
  const { spec } = settled;
  const { loaded } = project;
  const hold = holdOf(project, context);
  if (loaded === undefined) return hold(() => newFile(settled, target, { project, input, context }));
  const { inFile } = target;
  if (inFile === undefined) return KEPT;
  const isSaved = input.isSet('save');
  if (!isSaved) warnAboutFlags(loaded, target, context);
  const flags = seenFrom(loaded.folder, target.flags, context);
  const wanted = isSaved ? toSave({ ...target, flags }, spec) : [];
  const entries = [...wanted, ...generatedId(spec, target)];
  if (entries.length === 0) return KEPT;
  await hold(() => write(entries, inFile, loaded, context));
  if (wanted.length > 0)
    context.say(`wrote ${wanted.map(([key]) => key.join('.')).join(', ')} of ${inFile.name} into ${loaded.source.path}\n`);
  if (entries.length > wanted.length) context.say(`wrote the external ID of ${inFile.name} into ${loaded.source.path}\n`);
  return KEPT;
};

/**
 * For all targets of a run, one after the other: the file is read, changed and written. Once for both halves of a pair: what the second would
 * add the first has written.
 */
export const createRecorder = (saving: Saving) => {
  const written = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const record = async (wanted: Wanted, target: Target): Promise<Recorded> => {
    const name = target.pair?.undivided.name ?? target.input.name;
    if (written.has(name)) return KEPT;
    const recorded = await save(wanted, target, saving);
    written.add(name);
    const forget = async (): Promise<void> => {
      await recorded.forget();
      if (recorded !== KEPT) written.delete(name);
    };
    return { forget };
  };
  return (wanted: Wanted, target: Target): Promise<Recorded> => {
    const begin = () => record(wanted, target);
    const recording = last.then(begin, begin);
    last = recording;
    return recording;
  };
};

export type Recorder = ReturnType<typeof createRecorder>;
