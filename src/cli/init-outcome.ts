/** What init says at its end, and its entry in the envelope. */
import { sentExternalId } from '#domain/access.ts';
import { warning } from '#domain/diagnostic.ts';
import { MFA_SESSION } from '#domain/spec-checks.ts';
import { accountsOf, changesOf, type Step } from '#domain/plan.ts';
import type { InstanceWish } from '#domain/source-wish.ts';
import { sayLock, type LockState } from '#domain/lock-state.ts';
import { isProved, type VerifyReport } from '#domain/verify-report.ts';
import type { InitReport } from '#core/init-target.ts';
import { again, reaching, type Asked } from './again.ts';
import { mayAsk } from './ask-plan.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import { tellHeldBack, tellLeft } from './held-back.ts';
import { changesEntry } from './plan-entry.ts';
import type { TargetOutcome } from './each-target.ts';
import { toldCommand } from './render/hang.ts';
import { renderVerify } from './render/verify.ts';

const counted = (steps: readonly Step[]): string =>
  accountsOf(steps)
    .map((account) => {
      const { length } = steps.filter((step) => step.account === account);
      return `${length} change${length === 1 ? '' : 's'} in account ${account}`;
    })
    .join(' and ');

/** The run with what it left; a plan in a file was made without it. */
const pruning = (asked: Asked): string =>
  asked.input.text('plan') === undefined ? again('init', asked, ['--prune']) : reaching('init', asked, ['--prune']);

/** What was changed, and what was left as it is. */
export const tellMade = ({ applied, drift, plan }: InitReport, asked: Asked, context: Context): void => {
  if (applied.length > 0) context.say(`made ${counted(applied)}\n`);
  if (asked.input.isSet('dry-run') && changesOf(plan).length > 0) context.say('a dry run: nothing was changed\n');
  tellHeldBack(drift, pruning(asked), context);
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html; a container behind a bridge is one hop farther from the metadata. */
export const tellInstances = (instances: readonly InstanceWish[], context: Context): void => {
  for (const { profileName, role } of instances) {
    const id = '--instance-id i-INSTANCE';
    context.say(
      [
        `an instance gets role ${role.name} by its profile, once; one that runs does so within seconds:`,
        `  ${context.paint.command(`aws ec2 associate-iam-instance-profile ${id} --iam-instance-profile Name=${profileName}`)}`,
        'containers on it reach its credentials only with a hop more:',
        `  ${context.paint.command(`aws ec2 modify-instance-metadata-options ${id} --http-put-response-hop-limit 2`)}`,
        '',
      ].join('\n'),
    );
  }
};

/** What the source's administrator must do, and how they are told. */
const grantHints = (document: string, asked: Asked) => [
  { text: `the source's own policies must allow it: ${document}` },
  {
    text: 'its administrator does that with `xacct accept grant.json`, from the file that this writes',
    command: again('init', asked, ['--handoff', 'grant.json', '--yes']),
  },
];

const tellUnproved = ({ report: { desired }, unprovable, verify }: Made, asked: Asked, context: Context): void => {
  const { access, sourceGrant } = desired;
  context.reporter.tell({
    severity: 'note',
    code: 'NOT_PROVED',
    message: `made, not proved: ${unprovable ?? 'the credentials of the source were not given'}`,
    hints: [
      ...(unprovable === undefined && access.webIdentity === undefined && !asked.input.text('handoff')
        ? grantHints(JSON.stringify(sourceGrant), asked)
        : []),
      {
        text: 'whoever runs Terraform proves it, with the credentials of the source, by',
        command: verify,
      },
    ],
  });
};

/** What was changed is in force once the lock is off; init does not take it off. */
const tellLocked = (lock: LockState, roleName: string, asked: Asked, context: Context): void =>
  context.reporter.tell(
    warning('ROLE_LOCKED', `${roleName}: ${sayLock(lock, (text) => text)}; it was not proved`, [
      ...(lock.lacks ? [{ text: 'shut it to everybody', command: again('lock', asked) }] : []),
      { text: 'let it be used again', command: again('unlock', asked) },
    ]),
  );

/** The AWS provider has no place for an MFA code. */
const WITH_MFA =
  "the role wants an MFA code, which Terraform's provider cannot send: run it with the keys of a session that began with one";

/** A condition of the trust policy stays that was to go: whoever enters as was wanted may be refused, which says nothing of what was made. */
export const leavesDoor = ({ desired, drift }: InitReport): boolean =>
  drift.some(({ address, risk }) => address === `role/${desired.role.name}/trust` && risk === 'drops a condition');

export interface Made {
  readonly report: InitReport;
  /** undefined: nobody could prove it, or it was a dry run. */
  readonly proof: VerifyReport | undefined;
  /** Why the credentials of the source at hand can prove nothing. */
  readonly unprovable?: string | undefined;
  /** The command that proves it, for whoever can. */
  readonly verify: string;
  /** The command that comes next; undefined where Terraform cannot use the role: it wants an MFA code. */
  readonly next: string | undefined;
}

export const initEntry = ({ desired, plan, applied }: InitReport, proof: VerifyReport | undefined): object => {
  const externalId = sentExternalId(desired.access) ?? null;
  return {
    proved: proof !== undefined && isProved(proof),
    role: { arn: desired.role.arn, externalId: externalId === NOT_GENERATED ? null : externalId },
    plan: changesEntry(plan),
    applied: applied.map(({ id }) => id),
    verify: proof ?? null,
  };
};

export const initOutcome = (made: Made, asked: Asked, context: Context): TargetOutcome => {
  const { report, proof, next } = made;
  const { input } = asked;
  const { desired, plan } = report;
  const isDryRun = input.isSet('dry-run');
  const isGood = proof !== undefined && isProved(proof);
  if (proof) context.say(renderVerify(proof, context.paint, context.width, input.isSet('verbose')));
  else if (!isDryRun && !plan.lock && !leavesDoor(report)) tellUnproved(made, asked, context);
  if (plan.lock) tellLocked(plan.lock, desired.role.name, asked, context);
  const isLeft = report.drift.length > 0 && !isDryRun;
  const but = leavesDoor(report) ? ', and so not proved' : '';
  if (isLeft) tellLeft(report.drift, { next: pruning(asked), but }, context);
  else if (isGood && next !== undefined) context.say(toldCommand('next', context.paint.command(next), context));
  if (next === undefined && !isDryRun) context.say(toldCommand(WITH_MFA, context.paint.command(MFA_SESSION), context));
  // Nobody can use a role that is locked, which is not what was asked for.
  const isBad = proof === undefined ? !isDryRun && (plan.lock !== undefined || input.isSet('require-proof')) : !isGood;
  return {
    // Who was asked, and left it, knows.
    status: isBad || (isLeft && !mayAsk(input, context)) ? 1 : 0,
    text: '',
    entry: initEntry(report, proof),
  };
};
