/** What both kinds of a hand-off have in common when they are accepted: the number that tells the file, the yes, and what is told at the end. */
import { note, problem, warning } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import type { HandOffStep } from '#domain/hand-off.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { approve, heldBack, type ApprovedPlan } from '#core/approve.ts';
import type { Hold } from '#core/ports/journal.ts';
import { again, type Asked } from './again.ts';
import { askPlan, mayAsk } from './ask-plan.ts';
import type { Input, Outcome } from './command.ts';
import type { Context } from './context.ts';
import { tellHeldBack, tellLeft } from './held-back.ts';
import { planEntry } from './plan-entry.ts';

export interface Accepting {
  readonly file: string;
  readonly sha256: string;
  readonly hold: Hold;
  readonly input: Input;
  readonly context: Context;
}

export const askedOf = ({ file, input }: Pick<Accepting, 'file' | 'input'>): Asked => ({ verb: 'accept', input, names: [file] });

/** Throws WRONG_HANDOFF for another file than the one that was meant, before anything of it is believed. */
export const expectDigest = (wanted: Given<string> | undefined, sha256: string, file: string): void => {
  if (wanted === undefined) return;
  const { value, place } = wanted;
  if (!/^[0-9a-f]{64}$/i.test(value))
    throw new XacctError(
      problem('INVALID_VALUE', `"${value}" is no SHA-256: 64 hexadecimal digits are needed`, {
        path: place,
        hints: [{ text: 'it is the number that init --handoff printed, where the file was written' }],
      }),
    );
  if (value.toLowerCase() === sha256) return;
  throw new XacctError(
    problem('WRONG_HANDOFF', `${file} is not the file that was meant: its SHA-256 is ${sha256}`, {
      path: place,
      hints: [{ text: 'carry nothing of it out; ask for the file again, and for its number by another channel' }],
    }),
  );
};

/** Whoever says yes beforehand has read no number. */
const tellNotCompared = ({ file, sha256, context }: Accepting): void =>
  context.reporter.tell(
    warning(
      'NOT_COMPARED',
      `nobody compared the SHA-256 of ${file} with the one that was printed where it was written: ${sha256}`,
      [{ text: 'have the other administrator tell you the number by another channel, and name it: --sha256 HEX' }],
    ),
  );

/** The yes to what the file asks for. */
export const approved = async (plan: Plan, accepting: Accepting): Promise<ApprovedPlan | undefined> => {
  const { sha256, input, context } = accepting;
  const isCompared = input.text('sha256') !== undefined;
  const why = isCompared
    ? 'It is the file with the SHA-256 that you named.'
    : `Only if the other administrator reads the same SHA-256 to you: ${sha256}`;
  const answer = await askPlan(input, context, { command: 'accept', why, isYes: false })(plan);
  if (input.isSet('dry-run') || changesOf(plan).length === 0) return undefined;
  const agreed = approve(plan, answer);
  if (agreed === undefined) throw new XacctError(note('DECLINED', 'nothing was changed'));
  if (!isCompared && !mayAsk(input, context) && changesOf(agreed).length > 0) tellNotCompared(accepting);
  return agreed;
};

/** `after`: what somebody does when it is done. */
export const acceptOutcome = (
  { kind }: HandOffStep,
  { plan, agreed, after }: { readonly plan: Plan; readonly agreed: ApprovedPlan | undefined; readonly after: string },
  accepting: Accepting,
): Outcome => {
  const { file, sha256, input, context } = accepting;
  const isDryRun = input.isSet('dry-run');
  const isPlanned = changesOf(plan).length > 0;
  const left = heldBack(plan).filter((change) => !input.isSet('prune') && !(agreed?.changes.includes(change) ?? !isDryRun));
  const prune = again('accept', askedOf(accepting), ['--prune']);
  tellHeldBack(left, prune, context);
  if (isDryRun) context.say(isPlanned ? 'a dry run: nothing was changed\n' : '');
  else if (left.length > 0) tellLeft(left, { next: prune }, context);
  else context.say(after);
  return {
    // Who was asked, and left it, knows.
    status: left.length > 0 && !mayAsk(input, context) ? 1 : 0,
    text: '',
    result: {
      targets: [
        {
          name: file,
          step: kind,
          sha256,
          plan: planEntry(plan),
          applied: agreed ? changesOf(agreed).map(({ address }) => address) : [],
          isDryRun,
        },
      ],
    },
  };
};
