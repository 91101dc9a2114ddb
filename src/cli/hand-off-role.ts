/** `init --handoff FILE` with the source's credentials alone: the role is for the target's administrator to make; leave is given here. */
import { formatRoleArn } from '#domain/arn.ts';
import { parseArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { makeRoleStepOf } from '#domain/hand-off-input.ts';
import { parseSpecRequest, type SpecRequest } from '#domain/parse-spec.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import { withoutPermissions } from '#domain/said-permissions.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { approve } from '#core/approve.ts';
import { recordFirst } from '#core/carry-out.ts';
import { identify } from '#core/identify.ts';
import { isLetIn } from '#core/provable.ts';
import { planGrant } from '#core/plan-grant.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';
import { expectAccount, expectTwoAccounts, settleSpec } from '#core/settle-spec.ts';
import { commandLine } from './answers.ts';
import { applyJournaled } from './apply-journaled.ts';
import { withGrantee } from './ask-grant.ts';
import { askPlan } from './ask-plan.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import type { TargetOutcome } from './each-target.ts';
import { EXTERNAL_ID_BYTES, NOT_GENERATED } from './external-id.ts';
import { holdOf } from './file-spec.ts';
import { expectNoOther, grantArns, grantOf, writeHandOff } from './hand-off.ts';
import { planEntry } from './plan-entry.ts';
import { toldCommand } from './render/hang.ts';
import type { Recorder } from './save-config.ts';
import { proveBy } from './prove-command.ts';
import { openMain } from './open-accounts.ts';
import type { Target, Targets } from './targets.ts';
import { tryLast } from './try-file.ts';

const cannot = (message: string, text: string): XacctError =>
  new XacctError(problem('USAGE', message, { path: '--handoff', hints: [{ text }] }));

/** The target as far as it is known without its credentials. */
const targetOf = (account: string, source: CallerIdentity): CallerIdentity => ({
  account,
  arn: `arn:${parseArn(source.arn)?.partition ?? 'aws'}:iam::${account}:root`,
  userId: account,
});

const expectHandable = ({ role: { trust }, source: { hub, instances } }: Spec): void => {
  if (hub || instances.some(({ makesRole }) => makesRole))
    throw cannot(
      'a hub or a role of instances is made together with the role that trusts it: that takes the credentials of both sides',
      'trust a user or a role that exists, by its ARN',
    );
  if (trust.some(({ kind }) => kind === 'oidc'))
    throw cannot(
      'tokens enter by a provider in the target, which a hand-off does not make',
      'trust a user or a role of the source',
    );
};

const planGrants = async (request: SpecRequest, spec: Spec, source: AwsSide): Promise<Plan> => {
  const arns = request.source.isGranted ? grantArns(request, spec) : [];
  const plans = await Promise.all(arns.map((arn) => planGrant(grantOf(arn, spec), source)));
  return { targetAccount: spec.sourceAccount, changes: plans.flatMap(({ changes }) => changes), unread: [], trustList: [] };
};

interface Run {
  readonly targets: Targets;
  readonly record: Recorder;
  readonly input: Input;
  readonly context: Context;
}

export const handOverRole = async (
  target: Target,
  file: Given<string>,
  { targets, record, input, context }: Run,
): Promise<TargetOutcome> => {
  const isDryRun = input.isSet('dry-run');
  // What the role may do is not handed over: it is the other's to say.
  const parsed = parseSpecRequest(
    withoutPermissions(target.input, '--handoff'),
    isDryRun ? NOT_GENERATED : context.random.hex(EXTERNAL_ID_BYTES),
  );
  if (!parsed.ok) throw XacctError.of(parsed.diagnostics);
  const request = await withGrantee(parsed.value, input, context);
  const { targetAccount } = request;
  if (targetAccount === undefined) throw cannot('in which account is the role to be made?', 'name it: --target-account ID');
  await expectNoOther(file, context);
  const source = await openMain('source', { target, region: request.region, input, context });
  const caller = await identify('source', source.sessions);
  expectAccount(caller, request.sourceAccount, 'source', '--source-profile');
  const who = { source: caller, target: targetOf(targetAccount, caller) };
  expectTwoAccounts(who.source, who.target);
  const spec = await settleSpec(request, who, { source, reporter: context.reporter });
  expectHandable(spec);
  const plan = await planGrants(request, spec, source);
  const { partition, role } = spec;
  const arn = formatRoleArn({ partition, account: targetAccount, path: role.path, name: role.name });
  const step = makeRoleStepOf(spec);
  const answer = plan.changes.length === 0 ? 'yes' : await askPlan(input, context)(plan);
  const approved = approve(plan, answer);
  const entry = { proved: false, role: { arn, externalId: step.externalIds[0] ?? null }, plan: planEntry(plan), verify: null };
  if (isDryRun) return { status: 0, text: '', entry: { ...entry, applied: [] } };
  if (approved === undefined) throw new XacctError(problem('DECLINED', 'nothing was changed'));
  const hold = holdOf(targets, context);
  const write = () => applyJournaled(approved, { iams: { source: source.iam, target: undefined }, hold }, context);
  await hold(() => recordFirst(() => record({ spec, caller }, target), write));
  const outcome = {
    status: input.isSet('require-proof') ? 1 : 0,
    text: '',
    entry: { ...entry, applied: changesOf(approved).map(({ address }) => address) },
  };
  const named = input.text('source-profile')?.value;
  const own = commandLine(['verify', ...(named === undefined ? [] : ['--source-profile', named])]);
  const finish = async (): Promise<TargetOutcome> => {
    const handoff = await writeHandOff(step, file, context);
    const proof = context.paint.command(isLetIn(spec, caller) ? own : proveBy(spec, []));
    context.say(toldCommand('once it is made, prove it', proof, context));
    return { ...outcome, entry: { ...outcome.entry, handoff } };
  };
  return tryLast(outcome, finish, context);
};
