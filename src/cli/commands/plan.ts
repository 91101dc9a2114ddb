/** xacct plan: what init would change. Reads only. */
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { planTarget, type Planned } from '#core/plan-target.ts';
import { createSharedSource, type SharedSource } from '#core/shared-source.ts';
import { withExisting } from '#cli/adopt.ts';
import { commandLine } from '#cli/answers.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget } from '#cli/each-target.ts';
import { provedAccess } from '#cli/early-proof.ts';
import type { LoadedConfig } from '#cli/file-spec.ts';
import { knowGithubIds } from '#cli/github-ids.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ADOPT, ALL, PRUNE, REACHING_AWS } from '#cli/options.ts';
import { checkPairs } from '#cli/check-pairs.ts';
import { freshFor, share, withShared } from '#cli/pair-run.ts';
import { expectNoOther, plannedTarget, writePlanFile, type PlannedTarget } from '#cli/plan-file.ts';
import { planEntry } from '#cli/plan-entry.ts';
import { renderPlanMarkdown } from '#cli/render/plan-md.ts';
import { renderPlan } from '#cli/render/plan.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';
import { readTargets, type Target } from '#cli/targets.ts';

interface Run {
  readonly loaded: LoadedConfig | undefined;
  readonly shared: SharedSource;
  readonly input: Input;
  readonly context: Context;
}

const planOne = async (asked: Target, { loaded, shared, input, context }: Run): Promise<Planned> => {
  const target = withShared(await withExisting(asked, input, context));
  const request = parseSpecRequest(target.input, freshFor(target.pair, input.text('out') !== undefined, context));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const accounts = await openAccounts(target, request.value.region, input, context);
  const ports = { target: accounts.target, source: accounts.source, shared, reporter: context.reporter };
  const planned = await planTarget({ ...knowGithubIds(request.value, context), region: accounts.region }, ports, {
    findsLoose: input.isSet('prune'),
    adopts: input.isSet('adopt'),
    isEstablished: (await provedAccess(target, loaded, context)) !== undefined,
  });
  share(target.pair, planned.spec);
  return planned;
};

const textOf = (name: string, plan: Plan, input: Input, context: Context): string =>
  input.text('format')?.value === 'md' ? renderPlanMarkdown(name, plan) : renderPlan(plan, context.paint, context.width);

const run = async (input: Input, context: Context): Promise<Outcome> => {
  const { loaded, targets } = await readTargets(input, context, { name: 'plan', needs: 'spec' });
  checkPairs(targets, context);
  const out = input.text('out');
  if (out) await expectNoOther(out, context);
  const made: PlannedTarget[] = [];
  const shared = createSharedSource();
  const outcome = await eachTarget(targets, context, async (target) => {
    const planned = await planOne(target, { loaded, shared, input, context });
    made.push(plannedTarget(planned, target.pair, context));
    const hasChanges = changesOf(planned.plan).length > 0;
    return {
      status: hasChanges && input.isSet('check') ? 1 : 0,
      text: textOf(target.input.name, planned.plan, input, context),
      entry: planEntry(planned.plan),
    };
  });
  // A plan of some of the targets is not what was asked for.
  if (out === undefined || made.length < targets.length) return outcome;
  const policies = loaded ? [] : (input.list('policy') ?? []).map(({ value }) => value);
  const sessionPolicy = loaded ? null : (input.text('session-policy')?.value ?? null);
  await writePlanFile(out.value, { targets: made, policies, sessionPolicy }, loaded, context);
  context.say(
    `wrote the plan to ${out.value}; ${context.paint.command(commandLine(['init', '--plan', out.value]))} carries out exactly that\n`,
  );
  return outcome;
};

export const planCommand: CommandDefinition = {
  hasJsonFormat: true,
  options: [
    ...SPEC_OPTIONS,
    ...under(HEADINGS.action, PRUNE, ADOPT, { flags: '--check', about: 'exit 1 when anything would change' }, ALL),
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
