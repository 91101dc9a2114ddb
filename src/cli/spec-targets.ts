/**
 * Targets with all that is wanted of them, which must not open one another's way. What is said once for several, by a flag or at the head of xacct.yaml, is for those that have a use
 * for it: the boundary of the source's roles. Not beside the targets themselves: emit-tf and verify have no use for it.
 */
import { byLayout, layer } from '#domain/layer-input.ts';
import { contradictedBoundary, hasSourceRole, withoutIdleBoundary } from '#domain/source-roles.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { checkHubs } from './check-hubs.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { specInputFromTarget } from './file-spec.ts';
import { readTargets, type CommandNeeds, type Target, type Targets } from './targets.ts';

/** Whether it, or the pair that it is half of, has a role in the source. `count`: of the targets in the file. */
const isEnteredBySource = ({ input, pair }: Target, count: number): boolean =>
  hasSourceRole(pair ? byLayout(pair.undivided, count) : input);

/** A flag speaks of the targets that were chosen, the head of the file of all in it, and a target of itself. */
const whoUsesIt = ({ targets, loaded }: Targets, all: readonly SpecInput[]) => {
  const isFlag = targets.some(({ flags }) => flags.sourcePermissionsBoundary !== undefined);
  if (isFlag || loaded === undefined) {
    const isUsed = targets.some(({ input }) => hasSourceRole(input));
    return (): boolean => isUsed;
  }
  const isUsed = all.some((input) => hasSourceRole(byLayout(input, all.length)));
  const key = VALUES.sourcePermissionsBoundary.key.split('.');
  return (target: Target): boolean =>
    target.inFile !== undefined && loaded.source.has(['targets', target.inFile.name, ...key])
      ? isEnteredBySource(target, loaded.targets.length)
      : isUsed;
};

/** Every target of the file, whether this run is about it or not; flags speak of those that it is about. */
const allInFile = async ({ targets, loaded }: Targets, context: Context): Promise<readonly SpecInput[]> => {
  if (loaded === undefined) return [];
  const inputs = loaded.targets.map(async (target) => {
    const own = await specInputFromTarget(loaded, target, 'role', context);
    const meant = targets.find(({ inFile }) => inFile === target);
    return meant === undefined ? own : { ...layer(meant.flags, own), name: target.name };
  });
  return Promise.all(inputs);
};

/** Throws USAGE where targets that share a role of the source say different things of it. */
export const readSpecTargets = async (input: Input, context: Context, command: Omit<CommandNeeds, 'needs'>): Promise<Targets> => {
  const read = await readTargets(input, context, { ...command, needs: 'spec' });
  const all = await allInFile(read, context);
  checkHubs(all);
  if (read.targets.every((target) => target.input.sourcePermissionsBoundary === undefined)) return read;
  const isUsedBy = whoUsesIt(read, all);
  const targets = read.targets.map((target) => ({ ...target, input: withoutIdleBoundary(target.input, isUsedBy(target)) }));
  const contradiction = contradictedBoundary(targets.map((target) => target.input));
  if (contradiction) throw new XacctError(contradiction);
  return { ...read, targets };
};
