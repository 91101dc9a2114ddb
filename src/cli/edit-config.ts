/** xacct.yaml as a run leaves it: each change goes into what is on disk by then. */
import { valueAt, type ConfigMap, type ConfigPath, type ConfigTarget, type ConfigValue } from '#domain/config.ts';
import type { ConfigSource, PlacedValue } from '#core/ports/config-file.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Context } from './context.ts';
import type { LoadedConfig } from './file-spec.ts';

export type KeyPath = readonly string[];
/** A key as a target has it, and what it is to say. */
export type Entry = readonly [path: KeyPath, value: ConfigValue | null];

const isOnly = ({ data }: ConfigSource): boolean => Object.keys(valueAt(data as ConfigMap, 'targets') ?? {}).length === 1;

/** Where the value of this target stands: its own, or that of all where it is the only one. */
const pathIn = (source: ConfigSource, target: ConfigTarget, shared: KeyPath): KeyPath => {
  const own = ['targets', target.name, ...shared];
  return !source.has(own) && isOnly(source) && source.has(shared) ? shared : own;
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

const textAt = ({ data }: ConfigSource, path: ConfigPath): string | undefined =>
  JSON.stringify(
    path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined,
      data,
    ),
  );

/** Another run may have made what this one planned to make, with an external ID of its own. Throws XacctError. */
const expectUntouched = (known: ConfigSource, source: ConfigSource, [path, value]: PlacedValue): void => {
  const there = textAt(source, path);
  if (there === textAt(known, path) || there === JSON.stringify(value)) return;
  throw new XacctError(
    problem('STALE', `another run has written ${path.join('.')} since ${source.path} was read`, {
      path: source.locate(path),
      hints: [{ text: 'look at the new plan', command: 'xacct plan' }],
    }),
  );
};

export interface EditedConfig {
  write(entries: readonly Entry[], target: ConfigTarget): Promise<void>;
}

/** One for a run: what it wrote is not parsed again. */
export const editConfig = ({ source: { path, ...read } }: LoadedConfig, context: Context): EditedConfig => {
  let known: ConfigSource = { path, ...read };
  /** Another target of this run, or somebody else, may have written to it since it was read. */
  const reread = async (): Promise<ConfigSource> => {
    const text = await context.files.read(path);
    return text === undefined || text === known.text ? known : (await context.configReader()).parse(text, path);
  };
  return {
    write: async (entries, target) => {
      const source = await reread();
      // What was said last of a key counts.
      const places = new Map(entries.map(([key, value]) => [key.join('\n'), [pathIn(source, target, key), value] as const]));
      for (const value of places.values()) {
        expectMeant(source, value);
        expectUntouched(known, source, value);
      }
      known = source.withValues([...places.values()]);
      await context.files.write(path, known.text);
    },
  };
};
