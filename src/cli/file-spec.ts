/** xacct.yaml as the command line uses it: found, read, and each target as a SpecInput with the line of every value. */
import { targetsOf, valueAt, type Config, type ConfigTarget, type ConfigValue } from '#domain/config.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { impliedNone } from '#domain/said-permissions.ts';
import { givenValues, type SpecInput } from '#domain/spec-input.ts';
import { definitionOf, shapeOf, type ValueName } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ConfigSource } from '#core/ports/config-file.ts';
import type { Hold } from '#core/ports/journal.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { readFiles } from './read-files.ts';

const CONFIG_NAME = 'xacct.yaml';

export interface LoadedConfig {
  readonly source: ConfigSource;
  /** The folder that relative paths in the file are seen from. */
  readonly folder: string;
  readonly config: Config;
  readonly targets: readonly ConfigTarget[];
}

/** What a run is about on this machine. */
export interface Project {
  /** undefined where there is no xacct.yaml yet. */
  readonly loaded: LoadedConfig | undefined;
  /** Where it is or will be; the journal, the lock and the proofs are beside it. */
  readonly configPath: string;
}

export const projectOf = (loaded: LoadedConfig | undefined, input: Input, { files, cwd }: Context): Project => ({
  loaded,
  configPath: loaded?.source.path ?? files.resolve(cwd, input.text('config')?.value ?? CONFIG_NAME),
});

/** Keeps other runs out of the project as long as `work` goes on. */
export const holdOf =
  ({ configPath }: Project, context: Context): Hold =>
  (work) =>
    context.hold(context.files.folderOf(configPath), work);

/** undefined when no file was named and none is there. Throws XacctError with every problem of the file. */
export const loadConfig = async (input: Input, context: Context, mayBeNew: boolean): Promise<LoadedConfig | undefined> => {
  const { files, cwd } = context;
  const named = input.text('config');
  const path = named ? files.resolve(cwd, named.value) : await files.findUp(CONFIG_NAME, cwd);
  if (path === undefined) return undefined;
  const text = await files.read(path);
  if (text === undefined && mayBeNew) return undefined;
  if (text === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', `there is no file ${named?.value ?? path}`, {
        path: '--config',
        hints: [{ text: 'make one', command: commandLine(['init', '--config', named?.value ?? path]) }],
      }),
    );
  const reader = await context.configReader();
  const source = reader.parse(text, path);
  const config = reader.check(source.data, (place) => source.locate(place));
  if (!config.ok) throw XacctError.of(config.diagnostics);
  return { source, folder: files.folderOf(path), config: config.value, targets: targetsOf(config.value) };
};

/** A value of one target with the line where it stands: in the target itself, or in what it inherits. */
const placeOf = ({ source }: LoadedConfig, target: ConfigTarget, key: string, ...more: readonly string[]): string => {
  const path = [...key.split('.'), ...more];
  const own = ['targets', target.name, ...path];
  return `${source.locate(source.has(own) ? own : path)} ${path.join('.')}`;
};

/** Of an entry of a map its own line: a target's map and that of all are merged. */
const placeIn = (
  loaded: LoadedConfig,
  target: ConfigTarget,
  key: string,
  { value, keyLength }: Pick<Given<string>, 'value' | 'keyLength'>,
): string => (keyLength === undefined ? placeOf(loaded, target, key) : placeOf(loaded, target, key, value.slice(0, keyLength)));

/** A map of YAML has no order: what is made of it shall not depend on where a line stands. */
const sortedEntries = (map: ConfigValue): readonly (readonly [string, unknown])[] =>
  Object.entries(map).toSorted(([left], [right]) => (left < right ? -1 : 1));

/** As a flag would say it: of a map one `KEY=VALUE` for each. */
const textsOf = (value: ConfigValue): readonly Pick<Given<string>, 'value' | 'keyLength'>[] => {
  if (typeof value === 'string') return [{ value }];
  if (typeof value === 'boolean') return [];
  if (Array.isArray(value)) return (value as readonly string[]).map((text) => ({ value: text }));
  return sortedEntries(value).map(([key, text]) => ({
    value: typeof text === 'string' ? `${key}=${text}` : key,
    keyLength: key.length,
  }));
};

const givenBy = (loaded: LoadedConfig, target: ConfigTarget) => (name: ValueName) => {
  const { key } = definitionOf(name);
  const value = key === undefined ? undefined : valueAt(target.values, key);
  if (key === undefined || value === undefined) return undefined;
  const place = placeOf(loaded, target, key);
  if (typeof value === 'boolean') return { value, place };
  const texts = textsOf(value).map((text) => ({ ...text, place: placeIn(loaded, target, key, text) }));
  return shapeOf(name) === 'one' ? texts[0] : texts;
};

/** What a command needs to know of a target: which role it is, how it is entered, or all that is wanted. */
export type Needs = 'role' | 'access' | 'spec';

/** Files that are not needed may be missing: verify works without those of the permissions, and destroy without any. */
const FILES_NEEDED: Readonly<Record<Needs, readonly ValueName[]>> = {
  role: [],
  access: ['sessionPolicy'],
  spec: ['sessionPolicy', 'policies'],
};

export const specInputFromTarget = async (
  loaded: LoadedConfig,
  target: ConfigTarget,
  needs: Needs,
  context: Context,
): Promise<SpecInput> => {
  const values = { ...givenValues(givenBy(loaded, target)), name: target.name };
  const hasSection = valueAt(target.values, 'permissions') !== undefined;
  const said = impliedNone(values, hasSection ? placeOf(loaded, target, 'permissions') : undefined);
  return readFiles(said, loaded.folder, context, FILES_NEEDED[needs]);
};
