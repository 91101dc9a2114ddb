/** xacct init: asks or reads, plans, confirms, applies, proves. */
import { problem } from '#domain/diagnostic.ts';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { tellingAgain } from '#cli/again.ts';
import { equivalentCommand, withAnswers } from '#cli/answers.ts';
import { mayAsk } from '#cli/ask-plan.ts';
import { checkPairs } from '#cli/check-pairs.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type Work } from '#cli/each-target.ts';
import { loadConfig, projectOf } from '#cli/file-spec.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { allOf, begin, beginAgain, handOver, type Begun } from '#cli/init-run.ts';
import { ADOPT, ALL, PRUNE, REACHING_AWS, SKIP, TIMEOUT } from '#cli/options.ts';
import { showNewFile } from '#cli/new-config.ts';
import { expectOneHandOff } from '#cli/hand-off.ts';
import { inTurn } from '#cli/pair-word.ts';
import { expectPlanned, readPlanFile, remake } from '#cli/plan-file.ts';
import { toldCommand } from '#cli/render/hang.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';
import { readSpecTargets } from '#cli/spec-targets.ts';
import { targetOf, type Target, type Targets } from '#cli/targets.ts';
import { askForInit, saysAll } from '#cli/wizard.ts';

const OF_SET_UP = SPEC_OPTIONS.filter(({ heading }) => heading !== HEADINGS.accounts).flatMap(
  ({ flags }) => /^--([\w-]+)/.exec(flags)?.[1] ?? [],
);

/** What would not be heeded is no part of the plan. Variables stand in for flags that are heeded, and may be there for other runs. */
const expectPlanAlone = (input: Input): void => {
  const more = [...OF_SET_UP, 'handoff', 'save'].filter((flag) => input.isTyped(flag)).map((flag) => `--${flag}`);
  if (more.length === 0) return;
  throw new XacctError(
    problem('USAGE', `--plan carries out the plan as it is, without ${more.join(', ')}`, {
      path: '--plan',
      hints: [{ text: 'leave them out, or make a plan with them: xacct plan' }],
    }),
  );
};

/** The targets of a plan, as the file names them; flags of the set-up have no say. */
const runPlanned = async (name: string, input: Input, context: Context): Promise<Outcome> => {
  expectPlanAlone(input);
  const loaded = await loadConfig(input, context, true);
  const project = projectOf(loaded, input, context);
  if (!input.isSet('dry-run')) await tellCutOff(project, context);
  const file = await readPlanFile(name, { loaded, input, context });
  expectPlanned(name, file.targets, input);
  const remade = remake(name, file.targets, input, loaded);
  const planned = file.targets.map((expected) => {
    const { pair, spec } = expected;
    const inFile = loaded?.targets.find(({ name }) => name === (pair?.undivided.name ?? spec.name));
    const part = { input: { ...NOTHING_GIVEN, ...expected.input }, pair: pair && { ...pair, fresh: '' } };
    const target = targetOf(part, { ...NOTHING_GIVEN, ...expected.flags }, { inFile, loaded });
    return { target, expected };
  });
  const [first] = planned;
  if (loaded === undefined && first && (!input.isSet('quiet') || !input.isSet('yes')))
    showNewFile(first.expected.spec, first.target, context);
  const all = allOf({ ...project, targets: planned.map(({ target }) => target) }, input, context);
  const begun = new Map<Target, Promise<Begun>>();
  // All of them before the first is carried out: what they share in the source is in the plan of each.
  for (const { target, expected } of planned) {
    const beginning = beginAgain(expected, remade, { ...all, target });
    begun.set(target, beginning);
    await beginning.catch(() => undefined);
  }
  const work: Work = async (target) => {
    const plan = await begun.get(target);
    if (plan === undefined) throw new XacctError(problem('BUG', `the plan has no target ${target.input.name}`));
    return plan.carryOn();
  };
  return eachTarget(all.targets.targets, context, tellingAgain('init', all.targets, input, work));
};

/** The wizard comes only where there is no file, and somebody to ask. */
const readOrAsk = async (input: Input, context: Context): Promise<readonly [Targets, Input]> => {
  const command = { name: 'init', mayBeNew: true } as const;
  const targets = await readSpecTargets(input, context, command);
  if (targets.loaded !== undefined || !mayAsk(input, context) || saysAll(input)) return [targets, input];
  const answers = await askForInit(input, context);
  const answered = withAnswers(input, answers);
  const same = context.paint.command(equivalentCommand(input.typed, answers));
  context.say(`\n${toldCommand('the same without questions', same, context)}\n`);
  return [await readSpecTargets(answered, context, command), answered];
};

export const initCommand: CommandDefinition = {
  options: [
    ...SPEC_OPTIONS,
    ...under(
      HEADINGS.action,
      { flags: '--save', about: 'write what the flags say into xacct.yaml, too' },
      {
        flags: '--handoff <file>',
        about: "write down what the other account's administrator is to do: in the target the grant, in the source the role",
      },
      { flags: '--dry-run', about: 'show the plan and stop' },
      PRUNE,
      ADOPT,
      { flags: '--plan <file>', about: 'carry out exactly this plan of `xacct plan --out`, or exit 5' },
      { flags: '--keep', about: 'when it fails, leave what was made instead of taking it back' },
      { flags: '--require-proof', about: 'exit 1 when the role was made but could not be proved' },
      SKIP,
      TIMEOUT,
      ALL,
    ),
    ...under(HEADINGS.accounts, ...REACHING_AWS),
  ],
  examples: [
    ['xacct init', 'asks everything; with an xacct.yaml: makes it so'],
    [
      'xacct init --target-profile admin-b --source-profile ci --policy s3=./s3.json --yes',
      'no questions: trusts the identity of profile ci, generates an external ID',
    ],
  ],
  run: async (input, context) => {
    const plan = input.text('plan');
    if (plan) return runPlanned(plan.value, input, context);
    const [targets, answered] = await readOrAsk(input, context);
    checkPairs(targets.targets, context);
    if (!answered.isSet('dry-run')) await tellCutOff(targets, context);
    const all = allOf(targets, answered, context);
    const handoff = answered.text('handoff');
    if (handoff) expectOneHandOff(targets.targets.map((target) => target.input.name));
    const inOrder = inTurn((target, word) => begin({ ...all, target }, word));
    const work: Work = async (target) => (handoff ? handOver(handoff, { ...all, target }) : (await inOrder(target)).carryOn());
    return eachTarget(targets.targets, context, tellingAgain('init', targets, answered, work));
  },
};
