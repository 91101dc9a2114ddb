/** xacct.yaml as the command line uses it: found, read, and each target as a SpecInput with the line of every value. */
import { parseConfig, targetsOf, type Config, type ConfigTarget } from '#domain/config.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { NOTHING_GIVEN, type GivenPolicy, type SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ConfigSource } from '#core/ports/config-file.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { readPolicy } from './flag-spec.ts';

export const CONFIG_NAME = 'xacct.yaml';

export interface LoadedConfig {
  readonly source: ConfigSource;
  /** The folder that relative paths in the file are seen from. */
  readonly folder: string;
  readonly config: Config;
  readonly targets: readonly ConfigTarget[];
}

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
  const source = (await context.configReader()).parse(text, path);
  const config = parseConfig(source.data, (place) => source.locate(place));
  if (!config.ok) throw XacctError.of(config.diagnostics);
  return { source, folder: files.folderOf(path), config: config.value, targets: targetsOf(config.value) };
};

type KeyPath = readonly [section: string, ...rest: (string | number)[]];

/** Values of one target, each with the line where it stands: in the target itself, or in what it inherits. */
const placing = ({ source }: LoadedConfig, target: ConfigTarget) => {
  const locate = (path: KeyPath): string => {
    const own = ['targets', target.name, ...path];
    const here = source.has(own) ? own : path;
    return `${source.locate(here)} ${here.join('.')}`;
  };
  const text = (value: string | undefined, path: KeyPath): Given<string> | undefined =>
    value === undefined ? undefined : { value, place: locate(path) };
  const list = (values: readonly string[] | undefined, path: KeyPath): readonly Given<string>[] | undefined =>
    values?.map((value) => ({ value, place: locate(path) }));
  return { text, list, locate };
};

const readPolicies = async (
  loaded: LoadedConfig,
  target: ConfigTarget,
  context: Context,
): Promise<readonly GivenPolicy[] | undefined> => {
  const { policies } = target.permissions ?? {};
  if (policies === undefined) return undefined;
  const { locate } = placing(loaded, target);
  return Promise.all(
    Object.entries(policies).map(async ([name, file]) => {
      const place = locate(['permissions', 'policies', name]);
      return { name: { value: name, place }, text: await readPolicy({ value: file, place }, loaded.folder, context) };
    }),
  );
};

/** `needs: 'access'` leaves the policy files alone: verify and emit-tf work where they are missing. */
export const specInputFromTarget = async (
  loaded: LoadedConfig,
  target: ConfigTarget,
  needs: 'access' | 'spec',
  context: Context,
): Promise<SpecInput> => {
  const { text, list } = placing(loaded, target);
  const { role, terraform, permissions, source } = target;
  const { externalId, tags } = role;
  const policies = needs === 'spec' ? await readPolicies(loaded, target, context) : undefined;
  const policyArns = list(permissions?.policyArns, ['permissions', 'policyArns']);
  return {
    ...NOTHING_GIVEN,
    name: target.name,
    sourceAccount: text(source.account, ['source', 'account']),
    targetAccount: text(target.account, ['account']),
    region: text(terraform.region, ['terraform', 'region']),
    roleName: text(role.name, ['role', 'name']),
    path: text(role.path, ['role', 'path']),
    description: text(role.description, ['role', 'description']),
    maxSessionDuration: text(role.maxSessionDuration, ['role', 'maxSessionDuration']),
    tags: list(tags && Object.entries(tags).map(([key, value]) => `${key}=${value}`), ['role', 'tags']),
    trust: list(role.trust, ['role', 'trust']),
    externalId: list(typeof externalId === 'string' ? [externalId] : externalId, ['role', 'externalId']),
    policies,
    policyArns,
    noPermissions: permissions !== undefined && (policies?.length ?? 0) + (policyArns?.length ?? 0) === 0,
    sessionName: text(terraform.sessionName, ['terraform', 'sessionName']),
    duration: text(terraform.duration, ['terraform', 'duration']),
  };
};
