/** A live explanation: the verdict, the one cause, who has to change what, and what could not be read. */
import type { LiveAnswer } from '#core/explain-live.ts';
import { labelled, renderFix, type Page } from './fix.ts';
import { renderUnread } from './unread.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

const VERDICTS = { allowed: 'may assume', denied: 'may not assume', invalid: 'cannot ask to assume' } as const;

const placeOf = ({ layer, policy, statement }: LiveAnswer): string | undefined => {
  if (layer === null) return undefined;
  const where = policy === null ? layer : `${layer}${policy.name === undefined ? '' : ` policy ${policy.name}`}`;
  if (statement === null) return where;
  return `${where}, statement ${statement.index}${statement.sid === null ? '' : ` "${statement.sid}"`} (counted from 0)`;
};

const CONFIDENCE = {
  high: 'high: nothing that could not be read would change it',
  low: 'low: something that could not be read may change it',
} as const;

/** A first line that is read alone must not sound surer than the answer is. */
const DOUBTS = {
  allowed: ', unless something that could not be read refuses it',
  denied: ', as far as is known',
  invalid: '',
} as const;

const headline = ({ verdict, isSettled, confidence, caller, role }: LiveAnswer, { paint, width }: Page): readonly string[] => {
  const isSure = isSettled && confidence === 'high';
  const mark = verdict !== 'allowed' ? paint.red('✗') : isSure ? paint.green('✓') : paint.yellow('?');
  const said = isSettled ? VERDICTS[verdict] : 'may or may not be let in: too little could be read of';
  const doubt = confidence === 'high' || !isSettled ? '' : DOUBTS[verdict];
  const lines = wrap(printable(`${caller} ${said} ${role}${doubt}`), width - 2);
  return lines.map((line, i) => (i === 0 ? `${mark} ${paint.bold(line)}` : `  ${paint.bold(line)}`));
};

export const renderLive = (answer: LiveAnswer, page: Page, isVerbose = false): string => {
  const { verdict, explanation, reason, element, fix, confidence, unread } = answer;
  const place = placeOf(answer);
  const said =
    element === null ? undefined : element.actual === null ? 'the call has none' : `it was ${element.actual.join(', ')}`;
  const lines = [
    ...headline(answer, page),
    ...labelled(verdict === 'allowed' ? 'because' : 'cause', `${explanation} [${reason}]`, page),
    ...(place === undefined ? [] : labelled('layer', place, page)),
    ...(element === null || said === undefined
      ? []
      : labelled('wanted', `${element.key ?? element.element}: ${element.wanted.join(', ')}; ${said}`, page)),
    // Before the fix: nobody should change a policy on a guess.
    ...labelled(
      'sure',
      `${CONFIDENCE[confidence]}${confidence === 'low' && fix !== null ? '; see what, below, before you change anything' : ''}`,
      page,
    ),
    ...(fix === null ? [] : renderFix(fix, page)),
    ...renderUnread(unread, page, isVerbose),
  ];
  return `${lines.join('\n')}\n`;
};
