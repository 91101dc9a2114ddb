/** A new xacct.yaml: what was said and settled, with the files that it names as seen from its folder. */
import type { Recorded, Wanted } from '#core/carry-out.ts';
import { isLetIn } from '#core/provable.ts';
import { documentOf } from '#domain/config-document.ts';
import { problem } from '#domain/diagnostic.ts';
import { renamed } from '#domain/given-files.ts';
import { givenFile, namedFile, type NamedFile } from '#domain/named-file.ts';
import type { Spec } from '#domain/spec.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { emitXacctYaml } from '#emit/xacct-yaml.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { printable } from './render/printable.ts';
import type { Project } from './file-spec.ts';
import type { Target } from './targets.ts';

/** Of both halves where it is one of a pair. */
export const saidOf = ({ input, pair }: Target): SpecInput => pair?.undivided ?? input;

/** The files that it names, as seen from the folder of xacct.yaml. */
export const seenFrom = (folder: string, said: SpecInput, { files, cwd }: Context): SpecInput =>
  renamed(said, (file) => files.relative(folder, files.resolve(cwd, file)));

/** Policies that no file was named for: of a role that is adopted, they stood in the role itself. They are put beside xacct.yaml. */
const writePolicies = async (
  policies: Spec['permissions']['policies'],
  folder: string,
  { files }: Context,
): Promise<readonly (NamedFile & { readonly path: string })[]> => {
  const placed = policies.map(({ name, document }) => {
    const file = `./policies/${name}.json`;
    return { name, file, path: files.resolve(folder, file), document };
  });
  for (const { path } of placed)
    if ((await files.read(path)) !== undefined)
      throw new XacctError(
        problem('NOT_OURS', `${path} is there already, and a policy was to be written to it`, {
          hints: [{ text: 'move it away, or name the file to take: --policy NAME=FILE' }],
        }),
      );
  for (const { path, document } of placed) await files.write(path, `${JSON.stringify(document, null, 2)}\n`);
  return placed;
};

/** Of one whom the role lets in: an administrator's, who made it for somebody else, would be taken for whoever runs Terraform. */
const sourceProfile = ({ spec, caller }: Wanted, input: Input): string | undefined =>
  caller !== undefined && isLetIn(spec, caller) ? input.text('source-profile')?.value : undefined;

/** What is the same for all targets of a run. */
export interface Saving {
  readonly project: Project;
  readonly input: Input;
  readonly context: Context;
}

/** Before a plan in a file is carried out: all that the new xacct.yaml will say, since a plan shows the accounts alone. */
export const showNewFile = (spec: Spec, target: Target, context: Context): void => {
  const text = emitXacctYaml(
    documentOf(saidOf(target), spec, { sourceProfile: undefined, targetProfile: undefined }),
    context.version,
  );
  const lines = printable(text).trimEnd().split('\n');
  context.say(`${context.paint.bold('xacct.yaml will say')}\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n\n`);
};

export const newFile = async (wanted: Wanted, target: Target, { project, input, context }: Saving): Promise<Recorded> => {
  const { spec } = wanted;
  const { files, cwd } = context;
  const path = project.configPath;
  if ((await files.read(path)) !== undefined)
    throw new XacctError(
      problem('STALE', `${path} has appeared since the plan was made`, {
        hints: [{ text: 'look at the new plan', command: 'xacct init --dry-run' }],
      }),
    );
  const folder = files.folderOf(path);
  const said = seenFrom(folder, saidOf(target), context);
  const inFiles = (said.policies ?? []).filter((given) => namedFile(given).file !== '');
  const named = new Set(inFiles.map((given) => namedFile(given).name));
  const unnamed = spec.permissions.policies.filter(({ name }) => !named.has(name));
  const written = await writePolicies(unnamed, folder, context);
  const policies = [...inFiles, ...written.map((policy) => givenFile(policy, { place: policy.path }))];
  const hints = {
    sourceProfile: sourceProfile(wanted, input),
    targetProfile: input.text('target-profile')?.value,
  };
  await files.write(path, emitXacctYaml(documentOf({ ...said, policies }, spec, hints), context.version));
  const name = files.relative(cwd, path);
  context.say(`wrote ${name}\n`);
  const forget = async (): Promise<void> => {
    for (const policy of written) await files.remove(policy.path);
    await files.remove(path);
    context.say(`removed ${name} again\n`);
  };
  return { forget };
};
