/** What a run was told that the file does not say: a command that is typed next needs it, too, to be about the same access. */
import { sentExternalId } from '#domain/access.ts';
import { definitionOf, type ValueName } from '#domain/values.ts';
import type { Planned } from '#core/plan-target.ts';
import type { Context } from './context.ts';
import type { Project } from './file-spec.ts';
import { seenFrom } from './new-config.ts';
import { saidAnew } from './said-anew.ts';
import type { Target } from './targets.ts';

/** What emit-tf and verify take beside a target's name. */
const OF_ACCESS: readonly ValueName[] = [
  'roleName',
  'externalId',
  'sessionName',
  'duration',
  'sessionTags',
  'transitiveTags',
  'sourceIdentity',
  'sessionPolicy',
  'sessionPolicyArns',
  'region',
];

/** None where the run writes the file itself. */
export const unsavedFlags = (
  target: Target,
  { spec, desired }: Pick<Planned, 'spec' | 'desired'>,
  { loaded }: Project,
  context: Context,
): readonly string[] => {
  const { flags, inFile } = target;
  if (inFile === undefined || loaded === undefined) return [];
  const said = { inFile, resolve: (name: string) => context.files.resolve(loaded.folder, name) };
  const anew = saidAnew({ ...target, flags: seenFrom(loaded.folder, flags, context) }, spec, said).map(({ name }) => name);
  const wordsOf = (name: ValueName): readonly string[] => {
    const flag = `--${definitionOf(name).flag}`;
    // `generate` and a file that asks for several were settled in the run.
    if (name === 'externalId') return [flag, sentExternalId(desired.access) ?? 'none'];
    return [flags[name] ?? []].flat().flatMap(({ value }) => [flag, String(value)]);
  };
  return OF_ACCESS.filter((name) => anew.includes(name)).flatMap(wordsOf);
};
