/** xacct destroy: a forecast, a yes, and then everything that init made goes, and nothing else. */
import { note, warning } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import { approve } from '#core/approve.ts';
import { iamsOf } from '#core/plan-target.ts';
import { planRemoval } from '#core/plan-removal.ts';
import { again, namesFor, tellingAgain, type Asked } from '#cli/again.ts';
import { applyJournaled } from '#cli/apply-journaled.ts';
import type { CommandDefinition, Input } from '#cli/command.ts';
import { askConsent } from '#cli/consent.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { holdOf } from '#cli/file-spec.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { forgetProof } from '#cli/proof-file.ts';
import { renderRemoval } from '#cli/render/removal.ts';
import { ROLE_OPTIONS, roleWishOf } from '#cli/role-wish.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';

const DAY_MS = 86_400_000;
/** A role that was used since then is likely to be used again. */
const RECENT_MS = 7 * DAY_MS;

/** `3h ago`, `12 days ago`; undefined where AWS reports no use. */
const agoOf = (
  lastUsedAt: string | undefined,
  now: number,
): { readonly text: string; readonly isRecent: boolean } | undefined => {
  if (lastUsedAt === undefined) return undefined;
  const ms = Math.max(0, now - Date.parse(lastUsedAt));
  const minutes = Math.max(60, Math.floor(ms / 60_000) * 60);
  const text = ms >= 2 * DAY_MS ? `${Math.floor(ms / DAY_MS)} days` : formatDuration(minutes);
  return { text: `${text} ago`, isRecent: ms <= RECENT_MS };
};

/** Before the yes: once the role is gone, nothing tells any more what there was. */
const tellUnread = (sourceUnread: string | undefined, asked: Asked, context: Context): void => {
  if (sourceUnread === undefined) return;
  context.reporter.tell(
    note('NOT_PROVED', `the source account was not looked at (${sourceUnread}): a grant that init put there, if any, stays`, [
      {
        text: 'to remove it, too, name credentials that may',
        command: again('destroy', asked, ['--source-profile', 'NAME']),
      },
    ]),
  );
};

/** What the file says is wanted is still wanted by it; of a pair it says so once. */
const tellAfter = (names: ReadonlySet<string>, { loaded }: Targets, context: Context): void => {
  for (const name of loaded ? names : [])
    context.reporter.tell(
      note('NOT_SAVED', `${loaded?.source.path ?? ''} still describes ${name}: init would make it again`, [
        { text: 'remove it there, if it is gone for good' },
      ]),
    );
};

interface Destroyed extends TargetOutcome {
  /** Addresses. */
  readonly removed: readonly string[];
}

const destroyOne = async (target: Target, targets: Targets, input: Input, context: Context): Promise<Destroyed> => {
  const wish = roleWishOf(target);
  const accounts = await openAccounts(target, target.input.region?.value, input, context);
  const removal = await planRemoval(wish, accounts);
  const { plan, kept, role } = removal;
  const use = agoOf(role?.lastUsedAt, context.clock.now());
  if (!input.isSet('quiet') || !input.isSet('yes'))
    context.say(renderRemoval({ ...removal, name: wish.name, lastUse: use?.text }, context.paint, context.width));
  const gone = { name: target.input.name, account: plan.targetAccount, roleName: wish.name };
  const asked = { verb: 'destroy', input, names: namesFor(target, targets, input) };
  if (plan.changes.length === 0) {
    if (role === undefined) await forgetProof(gone, targets, context);
    tellUnread(removal.sourceUnread, asked, context);
    return { removed: [], status: 0, text: '', entry: { removed: [], kept } };
  }
  if (use?.isRecent === true)
    context.reporter.tell(
      warning('RECENTLY_USED', `role ${wish.name} was used ${use.text}: whoever did will be refused`, [
        {
          text: 'to shut it and be able to open it again',
          command: again('lock', asked),
        },
      ]),
    );
  tellUnread(removal.sourceUnread, asked, context);
  await askConsent(
    {
      command: 'destroy',
      message: `Remove all of this from account ${plan.targetAccount}${target.inFile ? ` (target ${target.input.name})` : ''}?`,
      why: 'It cannot be undone: a role that is made again is another one to AWS.',
      word: use?.isRecent === true ? wish.name : undefined,
    },
    input,
    context,
  );
  const approved = approve(plan, 'yes-prune');
  const options = { iams: iamsOf(accounts), hold: holdOf(targets, context), onFailure: 'forward' } as const;
  // Before the first write: cut off after it, what is half there would count as proved.
  await forgetProof(gone, targets, context);
  if (approved) await applyJournaled(approved, options, context);
  const removed = plan.changes.map(({ address }) => address);
  context.say(`removed ${removed.length} thing${removed.length === 1 ? '' : 's'} from account ${plan.targetAccount}\n`);
  return { removed, status: 0, text: '', entry: { removed, kept } };
};

export const destroyCommand: CommandDefinition = {
  options: ROLE_OPTIONS,
  examples: [
    ['xacct destroy dev', 'forecast, question, removal of the target dev of xacct.yaml'],
    ['xacct destroy --role-name xacct-terraform --target-profile admin-b --yes', 'no file, no questions'],
  ],
  run: async (input, context) => {
    const targets = await readTargets(input, context, { name: 'destroy', needs: 'role' });
    await tellCutOff(targets, context);
    const gone = new Set<string>();
    const work = async (target: Target): Promise<TargetOutcome> => {
      const { removed, ...done } = await destroyOne(target, targets, input, context);
      if (removed.length > 0) gone.add(target.inFile?.name ?? target.input.name);
      return done;
    };
    const outcome = await eachTarget(targets.targets, context, tellingAgain('destroy', targets, input, work));
    tellAfter(gone, targets, context);
    return outcome;
  },
};
