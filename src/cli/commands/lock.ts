/** xacct lock and unlock: at once nobody gets in, and nobody who is in can do anything; and that taken back. */
import type { Clock } from '#domain/clock.ts';
import { note, problem } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ApplyOptions } from '#core/apply.ts';
import { approve } from '#core/approve.ts';
import { planLock, type LockPlan } from '#core/lock-role.ts';
import { iamsOf } from '#core/plan-target.ts';
import { tellingAgain } from '#cli/again.ts';
import { applyJournaled } from '#cli/apply-journaled.ts';
import type { CommandDefinition, Input } from '#cli/command.ts';
import { askConsent } from '#cli/consent.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { holdOf } from '#cli/file-spec.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { told } from '#cli/render/hang.ts';
import { ROLE_OPTIONS, roleWishOf } from '#cli/role-wish.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';

type Way = 'lock' | 'unlock';

/** Where the role has no room for the policy of the lock, or nobody may put it there, sessions that are open go on: AWS's own policy ends them, too. */
const wayOut =
  ({ role }: LockPlan): NonNullable<ApplyOptions['wayOut']> =>
  ({ write }) => {
    if (write.kind !== 'put-inline') return [];
    const [, partition = 'aws'] = role.arn.split(':');
    const words = ['attach-role-policy', '--role-name', role.name, '--policy-arn', `arn:${partition}:iam::aws:policy/AWSDenyAll`];
    return [
      {
        text: "sessions that are open go on: end them by AWS's own policy, which stays until somebody detaches it",
        command: `aws iam ${words.map(shellWord).join(' ')}`,
      },
    ];
  };

const SAID = {
  lock: (role: string) => `locked ${role}: nobody gets in, and sessions that are open can do nothing`,
  unlock: (role: string) =>
    `unlocked ${role}: it lets in whom its trust policy names, and sessions from before the lock that have not expired work again`,
} as const;

const ALREADY = { lock: 'is locked already', unlock: 'is not locked' } as const;

const outcomeOf = (way: Way, { role, plan }: LockPlan): TargetOutcome => ({
  status: 0,
  text: '',
  entry: {
    role: { arn: role.arn },
    locked: way === 'lock',
    changed: changesOf(plan).map(({ address }) => address),
  },
});

const LOOKS = 5;
const FIRST_PAUSE_MS = 1000;

const openedAgain = ({ role, plan }: LockPlan): XacctError =>
  new XacctError(
    problem('STALE', `role ${role.name} of account ${plan.targetAccount} is opened again as soon as it is locked`, {
      hints: [
        { text: 'stop whoever does that (an init, Terraform, a pipeline), and lock it again', command: 'xacct lock' },
        { text: 'CloudTrail says who: UpdateAssumeRolePolicy, DeleteRolePolicy' },
      ],
    }),
  );

interface Locking {
  /** Plans anew from what is there. */
  readonly look: () => Promise<LockPlan>;
  readonly carryOut: (planned: LockPlan) => Promise<void>;
  readonly clock: Clock;
}

/** Another run may have opened the trust policy while this one shut it, and what IAM answers may be of a moment ago: until it says that it is shut. */
const untilLocked = async (left: number, pauseMs: number, { look, carryOut, clock }: Locking): Promise<void> => {
  const planned = await look();
  if (changesOf(planned.plan).length === 0) return;
  if (left === 0) throw openedAgain(planned);
  await carryOut(planned);
  await clock.sleep(pauseMs);
  await untilLocked(left - 1, pauseMs * 2, { look, carryOut, clock });
};

const work = async (way: Way, target: Target, targets: Targets, input: Input, context: Context): Promise<TargetOutcome> => {
  const accounts = await openAccounts(target, target.input.region?.value, input, context);
  const look = (): Promise<LockPlan> => planLock(roleWishOf(target), way, accounts);
  const planned = await look();
  const { role, plan } = planned;
  if (changesOf(plan).length === 0) {
    context.reporter.tell(note('ROLE_LOCKED', `role ${role.name} of account ${plan.targetAccount} ${ALREADY[way]}`));
    return outcomeOf(way, planned);
  }
  const message =
    way === 'lock'
      ? `Lock role ${role.name} of account ${plan.targetAccount} now?`
      : `Let role ${role.name} of account ${plan.targetAccount} be used again?`;
  await askConsent({ command: way, message, why: '', word: undefined }, input, context);
  const carryOut = async (now: LockPlan): Promise<void> => {
    const approved = approve(now.plan, 'yes-prune');
    // Half a lock is better than none, and the same command does the other half.
    const options = {
      iams: iamsOf(accounts),
      hold: holdOf(targets, context),
      onFailure: 'forward',
      wayOut: wayOut(now),
    } as const;
    if (approved) await applyJournaled(approved, options, context);
  };
  await carryOut(planned);
  if (way === 'lock') await untilLocked(LOOKS, FIRST_PAUSE_MS, { look, carryOut, clock: context.clock });
  context.say(told(SAID[way](role.arn), context));
  return outcomeOf(way, planned);
};

const runIn =
  (way: Way): CommandDefinition['run'] =>
  async (input, context) => {
    const targets = await readTargets(input, context, { name: way, needs: 'role' });
    await tellCutOff(targets, context);
    return eachTarget(
      targets.targets,
      context,
      tellingAgain(way, targets, input, (target) => work(way, target, targets, input, context)),
    );
  };

export const lockCommand: CommandDefinition = {
  options: ROLE_OPTIONS,
  examples: [
    ['xacct lock prod --yes', 'credentials of the source leaked: nobody gets into prod from now on'],
    ['xacct lock --role-arn arn:aws:iam::222222222222:role/xacct-terraform --target-profile admin-b', 'without a file'],
  ],
  run: runIn('lock'),
};

export const unlockCommand: CommandDefinition = {
  options: ROLE_OPTIONS,
  examples: [
    ['xacct unlock prod', 'asks, and lets in again whom the trust policy names'],
    ['xacct unlock --all --yes', 'every target of xacct.yaml'],
  ],
  run: runIn('unlock'),
};
