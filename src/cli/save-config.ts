/** Puts the desired state on disk: a new xacct.yaml, or the one value that the file could not know, the generated external ID. */
import type { Recorded, Wanted } from '#core/carry-out.ts';
import { valueAt, type ConfigTarget } from '#domain/config.ts';
import { externalIdInFile } from '#domain/config-document.ts';
import { definitionOf, VALUES } from '#domain/values.ts';
import type { Spec } from '#domain/spec.ts';
import { warning } from '#domain/diagnostic.ts';
import { editConfig, type EditedConfig, type Entry } from './edit-config.ts';
import { holdOf } from './file-spec.ts';
import { newFile, seenFrom, type Saving } from './new-config.ts';
import { keyPath, saidAnew, type Anew } from './said-anew.ts';
import type { Target } from './targets.ts';

const warnAboutFlags = (unsaved: readonly Anew[], path: string, { context }: Saving): void => {
  const flags = [...new Set(unsaved.map(({ name }) => `--${definitionOf(name).flag}`))];
  if (flags.length === 0) return;
  const count = flags.length === 1 ? 'counts' : 'count';
  context.reporter.tell(
    warning('NOT_SAVED', `${flags.join(', ')} ${count} for this run only: ${path} was not changed`, [
      { text: 'write it into the file to keep it: --save' },
    ]),
  );
};

/** A generated external ID does no harm in the file: the next run uses it. */
const KEPT: Recorded = { forget: async () => undefined };

/** The organization that was found, for the next run not to look again. */
const inItsPlace = ({ role: { conditions } }: Spec, { values }: ConfigTarget): readonly Entry[] => [
  [keyPath('externalId'), 'none'],
  ...(conditions.orgId === undefined || valueAt(values, VALUES.orgId.key) !== undefined
    ? []
    : [[keyPath('orgId'), conditions.orgId] as const]),
];

/** The external ID that the file could not know yet, because it was generated in this run or read from the role. */
const generatedId = (spec: Spec, { flags, inFile }: Target): readonly Entry[] => {
  if (inFile === undefined) return [];
  const there = valueAt(inFile.values, VALUES.externalId.key);
  const isInFile = there !== undefined && there !== 'generate';
  const isGiven = flags.externalId !== undefined && (isInFile || flags.externalId[0]?.value !== 'generate');
  const wish = spec.role.externalId;
  const isChanged = (flags.rotateExternalId ?? flags.retireExternalId) !== undefined;
  if (wish.kind === 'none') return isInFile || isGiven ? [] : inItsPlace(spec, inFile);
  if (!isChanged && (isInFile || isGiven)) return [];
  const now = externalIdInFile(wish);
  return JSON.stringify([there].flat()) === JSON.stringify([now].flat()) ? [] : [[keyPath('externalId'), now]];
};

const save = async (settled: Wanted, target: Target, saving: Saving, file: EditedConfig | undefined): Promise<Recorded> => {
  const { project, input, context } = saving;
  const { spec } = settled;
  const { loaded } = project;
  const hold = holdOf(project, context);
  if (loaded === undefined || file === undefined) return hold(() => newFile(settled, target, saving));
  const { inFile } = target;
  if (inFile === undefined) return KEPT;
  const { path } = loaded.source;
  const flags = seenFrom(loaded.folder, target.flags, context);
  const resolve = (name: string): string => context.files.resolve(loaded.folder, name);
  const anew = saidAnew({ ...target, flags }, spec, { inFile, resolve });
  // What flags a plan in a file was made with, nobody has typed in this run.
  const isSaved = input.isSet('save') && input.text('plan') === undefined;
  if (!isSaved) warnAboutFlags(anew, path, saving);
  const wanted = isSaved ? anew.map(({ entry }) => entry) : [];
  const made = generatedId(spec, target);
  if (wanted.length + made.length === 0) return KEPT;
  await hold(() => file.write([...wanted, ...made], inFile));
  if (wanted.length > 0)
    context.say(`wrote ${[...new Set(wanted.map(([key]) => key.join('.')))].join(', ')} of ${inFile.name} into ${path}\n`);
  if (made.length > 0) context.say(`wrote the external ID of ${inFile.name} into ${path}\n`);
  return KEPT;
};

/**
 * For all targets of a run, one after the other: the file is read, changed and written. Once for both halves of a pair: what the second would
 * add the first has written.
 */
export const createRecorder = (saving: Saving) => {
  const { loaded } = saving.project;
  const file = loaded && editConfig(loaded, saving.context);
  const written = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const record = async (wanted: Wanted, target: Target): Promise<Recorded> => {
    const name = target.pair?.undivided.name ?? target.input.name;
    if (written.has(name)) return KEPT;
    const recorded = await save(wanted, target, saving, file);
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
