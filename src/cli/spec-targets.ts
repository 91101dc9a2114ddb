/**
 * Targets with all that is wanted of them, which must not open one another's way. What is said once for several, by a flag or at the head of xacct.yaml, is for those that have a use
 * for it: the boundary of the source's roles. Not beside the targets themselves: emit-tf and verify have no use for it.
 */
import { byLayout, layer } from '#domain/layer-input.ts';
import { contradictedBoundary, hasSourceRole, withoutIdleBoundary } from '#domain/source-roles.ts';
import { VALUES } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { checkHubs } from './check-hubs.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { specInputFromTarget, type LoadedConfig } from './file-spec.ts';
import { readTargets, type CommandNeeds, type Target, type Targets } from './targets.ts';

/** Whether it, or the pair that it is half of, has a role in the source. `count`: of the targets in the file. */
const isEnteredBySource = ({ input, pair }: Target, count: number): boolean =>
  hasSourceRole(pair ? byLayout(pair.undivided, count) : input);

const isUsedInFile = async ({ targets, ...rest }: LoadedConfig, context: Context): Promise<boolean> => {
  const inputs = await Promise.all(targets.map((target) => specInputFromTarget({ targets, ...rest }, target, 'role', context)));
  return inputs.some((input) => hasSourceRole(byLayout(input, targets.length)));
};

/** A flag speaks of the targets that were chosen, the head of the file of all in it, and a target of itself. */
const whoUsesIt = async (targets: readonly Target[], loaded: LoadedConfig | undefined, context: Context) => {
  const isFlag = targets.some(({ flags }) => flags.sourcePermissionsBoundary !== undefined);
  if (isFlag || loaded === undefined) {
    const isUsed = targets.some(({ input }) => hasSourceRole(input));
    return (): boolean => isUsed;
  }
  const isUsed = await isUsedInFile(loaded, context);
  const key = VALUES.sourcePermissionsBoundary.key.split('.');
  return (target: Target): boolean =>
    target.inFile !== undefined && loaded.source.has(['targets', target.inFile.name, ...key])
      ? isEnteredBySource(target, loaded.targets.length)
      : isUsed;
};

/** Through a hub the targets of a file are one thing: of those that this run is not about, too. */
const expectSafeTogether = async ({ targets }: Targets, loaded: LoadedConfig, context: Context): Promise<void> => {
  const inputs = loaded.targets.map(async (target) => {
    const own = await specInputFromTarget(loaded, target, 'role', context);
    const meant = targets.find(({ inFile }) => inFile === target);
    return meant === undefined ? own : { ...layer(meant.flags, own), name: target.name };
  });
  checkHubs(await Promise.all(inputs));
};

/** Throws USAGE where targets that share a role of the source say different things of it. */
export const readSpecTargets = async (input: Input, context: Context, command: Omit<CommandNeeds, 'needs'>): Promise<Targets> => {
  const read = await readTargets(input, context, { ...command, needs: 'spec' });
  if (read.loaded) await expectSafeTogether(read, read.loaded, context);
  if (read.targets.every((target) => target.input.sourcePermissionsBoundary === undefined)) return read;
  const isUsedBy = await whoUsesIt(read.targets, read.loaded, context);
  const targets = read.targets.map((target) => ({ ...target, input: withoutIdleBoundary(target.input, isUsedBy(target)) }));
  const contradiction = contradictedBoundary(targets.map((target) => target.input));
  if (contradiction) throw new XacctError(contradiction);
  return { ...read, targets };
};
