/** xacct plan: what init would change. Reads only. */
import type { PlannedTarget } from '#domain/plan-file.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import { planTarget, type Planned } from '#core/plan-target.ts';
import { createSharedSource, type SharedSource } from '#core/shared-source.ts';
import { reaching, tellingAgain } from '#cli/again.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { provedAccess } from '#cli/early-proof.ts';
import type { LoadedConfig } from '#cli/file-spec.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ADOPT, ALL, PRUNE, REACHING_AWS } from '#cli/options.ts';
import { checkPairs } from '#cli/check-pairs.ts';
import { inTurn, type Word } from '#cli/pair-word.ts';
import { expectNoOther, plannedTarget, writePlanFile } from '#cli/plan-file.ts';
import { planEntry } from '#cli/plan-entry.ts';
import { renderPlanMarkdown } from '#cli/render/plan-md.ts';
import { renderPlan } from '#cli/render/plan.ts';
import { toldCommand } from '#cli/render/hang.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';
import { readSpecTargets } from '#cli/spec-targets.ts';
import { grantsOf, type Target } from '#cli/targets.ts';
import { tryLast } from '#cli/try-file.ts';
import { readWish, type Wishing } from '#cli/wish.ts';

interface Run extends Pick<Wishing, 'input' | 'context'> {
  readonly loaded: LoadedConfig | undefined;
  readonly shared: SharedSource;
}

const planOne = async (asked: Target, word: Word | undefined, { loaded, shared, input, context }: Run): Promise<Planned> => {
  const { target, accounts, request } = await readWish(asked, { word, isMade: input.text('out') !== undefined, input, context });
  const ports = { target: accounts.target, source: accounts.source, shared, reporter: context.reporter };
  return planTarget(request, ports, {
    findsLoose: input.isSet('prune'),
    adopts: input.isSet('adopt'),
    grants: grantsOf({ loaded }, input),
    isEstablished: (await provedAccess(target, loaded, context)) !== undefined,
  });
};

const textOf = (
  plan: Plan,
  { name, isOne }: { readonly name: string; readonly isOne: boolean },
  input: Input,
  context: Context,
) => {
  const prunes = input.isSet('prune');
  return input.text('format')?.value === 'md'
    ? renderPlanMarkdown(name, plan, prunes)
    : renderPlan(plan, context.paint, { width: context.width, name: isOne ? undefined : name, prunes });
};

/** The file says which targets it is for; what was planned with leave to take away or take over wants that leave again. */
const carryOutCommand = (file: string, input: Input): string => {
  const leave = [PRUNE, ADOPT].map(({ flags }) => flags).filter((flag) => input.isSet(flag.slice(2)));
  return reaching('init', { verb: 'plan', input, names: [] }, ['--plan', file, ...leave]);
};

const run = async (input: Input, context: Context): Promise<Outcome> => {
  const { loaded, targets } = await readSpecTargets(input, context, { name: 'plan' });
  checkPairs(targets, context);
  const out = input.text('out');
  if (out) await expectNoOther(out, context);
  const made: PlannedTarget[] = [];
  const shared = createSharedSource();
  const plan = inTurn((target, word) => planOne(target, word, { loaded, shared, input, context }));
  const work = async (target: Target): Promise<TargetOutcome> => {
    const planned = await plan(target);
    made.push(plannedTarget(planned, target, context));
    // Nobody can use a role that is locked, which is not what the file wants.
    const isAsWanted = changesOf(planned.plan).length === 0 && planned.plan.lock === undefined;
    return {
      status: !isAsWanted && input.isSet('check') ? 1 : 0,
      text: textOf(planned.plan, { name: target.input.name, isOne: targets.length === 1 }, input, context),
      entry: planEntry(planned.plan),
    };
  };
  const outcome = await eachTarget(targets, context, tellingAgain('plan', { loaded }, input, work));
  // A plan of some of the targets is not what was asked for.
  if (out === undefined || made.length < targets.length) return outcome;
  const write = async (): Promise<Outcome> => {
    await writePlanFile(out.value, made, loaded, context);
    const command = context.paint.command(carryOutCommand(out.value, input));
    return { ...outcome, last: toldCommand(`wrote the plan to ${out.value}; this carries out exactly that`, command, context) };
  };
  return tryLast(outcome, write, context);
};

export const planCommand: CommandDefinition = {
  hasJsonFormat: true,
  options: [
    ...SPEC_OPTIONS,
    ...under(
      HEADINGS.action,
      PRUNE,
      ADOPT,
      { flags: '--check', about: 'exit 1 when anything would change, or the role is locked' },
      ALL,
    ),
    ...under(
      HEADINGS.output,
      { flags: '--out <file>', about: 'write the plan to a file that `init --plan` carries out exactly, or exits 5' },
      {
        flags: '--format <format>',
        about: 'human (the default), json, or md for a pull request',
        choices: ['human', 'json', 'md'],
      },
    ),
    ...under(HEADINGS.accounts, ...REACHING_AWS),
  ],
  examples: [
    ['xacct plan --all --check', 'in a nightly job: exit 1 when somebody changed a role by hand'],
    ['xacct plan prod --out prod.plan', 'a plan to be looked at; then: xacct init --plan prod.plan --yes'],
  ],
  run,
};
