/** What init says at its end, and its entry in the envelope. */
import { sentExternalId } from '#domain/access.ts';
import { warning } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import { isProved, type VerifyReport } from '#domain/verify-report.ts';
import type { InitReport } from '#core/init-target.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import { changesEntry } from './plan-entry.ts';
import type { TargetOutcome } from './each-target.ts';
import { renderVerify } from './render/verify.ts';

/** What was changed, and what was left as it is. */
export const tellMade = ({ applied, desired, drift, plan }: InitReport, input: Input, context: Context): void => {
  if (applied.length > 0)
    context.say(`made ${applied.length} change${applied.length === 1 ? '' : 's'} in account ${desired.targetAccount}\n`);
  if (input.isSet('dry-run') && changesOf(plan).length > 0) context.say('a dry run: nothing was changed\n');
  for (const { address, risk } of drift)
    context.reporter.tell(
      warning('HELD_BACK', `${address} stays as it is, because the change ${risk}`, [
        { text: 'if that is meant', command: commandLine(['init', ...input.typed, '--prune']) },
      ]),
    );
};

const tellUnproved = ({ desired: { access, sourceGrant } }: InitReport, context: Context): void => {
  const externalId = sentExternalId(access);
  context.reporter.tell({
    severity: 'note',
    code: 'NOT_PROVED',
    message: 'made, not proved: the credentials of the source were not given',
    hints: [
      { text: `the source's own policies must allow it: ${JSON.stringify(sourceGrant)}` },
      {
        text: 'whoever runs Terraform proves it, with the credentials of the source, by',
        command: commandLine([
          'verify',
          '--role-arn',
          access.roleArn,
          ...(externalId === undefined ? [] : ['--external-id', externalId]),
        ]),
      },
    ],
  });
};

/** What was changed is in force once the lock is off; init does not take it off. */
const tellLocked = (roleName: string, { targets }: Input, context: Context): void =>
  context.reporter.tell(
    warning('ROLE_LOCKED', `role ${roleName} is locked: nobody gets in, whatever its trust policy says; it was not proved`, [
      { text: 'let it be used again', command: commandLine(['unlock', ...targets]) },
    ]),
  );

export interface Made {
  readonly report: InitReport;
  /** undefined: nobody could prove it, or it was a dry run. */
  readonly proof: VerifyReport | undefined;
  /** The command that comes next. */
  readonly next: string;
}

export const initOutcome = ({ report, proof, next }: Made, input: Input, context: Context): TargetOutcome => {
  const { desired, plan, applied } = report;
  const isDryRun = input.isSet('dry-run');
  const isGood = proof !== undefined && isProved(proof);
  if (proof) context.say(renderVerify(proof, context.paint, context.width, input.isSet('verbose')));
  else if (!isDryRun && !plan.isLocked) tellUnproved(report, context);
  if (plan.isLocked) tellLocked(desired.role.name, input, context);
  if (isGood) context.say(`next: ${context.paint.command(next)}\n`);
  const isBad = proof === undefined ? input.isSet('require-proof') && !isDryRun : !isGood;
  const externalId = sentExternalId(desired.access) ?? null;
  return {
    status: isBad ? 1 : 0,
    text: '',
    entry: {
      proved: isGood,
      role: { arn: desired.role.arn, externalId: externalId === NOT_GENERATED ? null : externalId },
      plan: changesEntry(plan),
      applied,
      verify: proof ?? null,
    },
  };
};
