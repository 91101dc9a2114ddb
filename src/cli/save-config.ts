/** Puts the desired state on disk: a new xacct.yaml, or the one value that the file could not know, the generated external ID. */
import type { Recorded } from '#core/carry-out.ts';
import type { Spec } from '#domain/spec.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { emitXacctYaml } from '#emit/xacct-yaml.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { CONFIG_NAME, type LoadedConfig } from './file-spec.ts';
import { policiesOf } from './flag-spec.ts';
import type { Target } from './targets.ts';

/** Flags that change the set-up; they hold for one run where there is a file. */
const SPEC_FLAGS = [
  'trust',
  'external-id',
  'role-name',
  'path',
  'description',
  'max-session-duration',
  'policy',
  'policy-arn',
  'permissions',
  'tag',
  'session-name',
  'duration',
  'region',
] as const;

const warnAboutFlags = (loaded: LoadedConfig, input: Input, context: Context): void => {
  const used = SPEC_FLAGS.filter((flag) => input.text(flag) !== undefined || input.list(flag) !== undefined);
  if (used.length === 0) return;
  const names = used.map((flag) => `--${flag}`).join(', ');
  context.reporter.tell(
    warning('NOT_SAVED', `${names} counts for this run only: ${loaded.source.path} was not changed`, [
      { text: 'write it into the file to keep it' },
    ]),
  );
};

const newFile = async (spec: Spec, path: string, input: Input, context: Context): Promise<Recorded> => {
  const { files, cwd } = context;
  const folder = files.folderOf(path);
  const policyFiles = policiesOf(input.list('policy') ?? []).map(({ name, file }) => ({
    name: name.value,
    file: files.relative(folder, files.resolve(cwd, file.value)),
  }));
  const hints = {
    sourceProfile: input.text('source-profile')?.value,
    targetProfile: input.text('target-profile')?.value,
    policyFiles,
  };
  if ((await files.read(path)) !== undefined)
    throw new XacctError(
      problem('STALE', `${path} has appeared since the plan was made`, {
        hints: [{ text: 'look at the new plan', command: 'xacct init --dry-run' }],
      }),
    );
  await files.write(path, emitXacctYaml(spec, hints));
  const name = files.relative(cwd, path);
  context.say(`wrote ${name}\n`);
  const forget = async (): Promise<void> => {
    await files.remove(path);
    context.say(`removed ${name} again\n`);
  };
  return { forget };
};

/** A generated external ID does no harm in the file: the next run uses it. */
const KEPT: Recorded = { forget: async () => undefined };

/** Where xacct.yaml is or will be. */
export const configPath = (loaded: LoadedConfig | undefined, input: Input, context: Context): string =>
  loaded?.source.path ?? context.files.resolve(context.cwd, input.text('config')?.value ?? CONFIG_NAME);

export const saveConfig = async (
  spec: Spec,
  target: Target,
  loaded: LoadedConfig | undefined,
  input: Input,
  context: Context,
): Promise<Recorded> => {
  if (loaded === undefined) return newFile(spec, configPath(loaded, input, context), input, context);
  warnAboutFlags(loaded, input, context);
  const { externalId } = spec.role;
  const isInFile = target.inFile?.role.externalId !== undefined && target.inFile.role.externalId !== 'generate';
  if (target.inFile === undefined || isInFile || externalId.kind === 'none' || input.list('external-id')) return KEPT;
  const values = externalId.kind === 'given' ? externalId.values : [externalId.fresh];
  const [only = ''] = values;
  // Another target of this run may have written its own id since the file was read.
  const { path } = loaded.source;
  const text = await context.files.read(path);
  const source = text === undefined ? loaded.source : (await context.configReader()).parse(text, path);
  await context.files.write(
    path,
    source.withValue(['targets', target.inFile.name, 'role', 'externalId'], values.length === 1 ? only : values),
  );
  context.say(`wrote the external ID of ${target.inFile.name} into ${loaded.source.path}\n`);
  return KEPT;
};
