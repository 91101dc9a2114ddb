/** AWS's sentence that names caller, action and resource, found anywhere in a text whose lines a log or a terminal may have broken. */
import { formatAccessDenied, parseAccessDenied } from './access-denied.ts';
import type { RefusalMatch } from './found-refusal.ts';

const START = /\bUser:\s+\S+(?:\n\S+)?\s+is\s+not\s+authorized\s+to\s+perform:/g;
/** No sentence is longer; an ARN has 2048 characters at most. */
export const LONGEST_SENTENCE = 6000;

/** A terminal may break a long name in the middle: what follows the rest of it is the sentence's next words. */
const rejoin = (text: string): string =>
  text
    .replace(/^(User:\s+\S+)\n(\S+)(?=\s+is\s+not)/, '$1$2')
    .replace(
      /(on\s+resource:\s+\S+)\n([\w+=,.@/:-]+)(?=\s+(?:because\s+no|with\s+an\s+explicit\s+deny)\b)/,
      (whole, head: string, tail: string) => (/^(?:because|with)$/.test(tail) ? whole : head + tail),
    );

/** What closes a sentence around AWS's own: quotes, brackets, the next element of XML, a full stop. */
const withoutTail = (word: string): string =>
  word
    .replace(/^["'`(]+/, '')
    .replace(/["'`<\\].*$/, '')
    .replace(/[)\]}]+[.,;:]*$/, '')
    .replace(/[.,;:]+$/, '');

const OLD_EXPLICIT = /^User: \S+ is not authorized to perform: \S+(?: on resource: \S+)? with an explicit deny(?! in)/;

const accessDeniedAt = (text: string, offset: number, end: number): RefusalMatch | undefined => {
  const raw = text.slice(offset, Math.min(end, offset + LONGEST_SENTENCE));
  // Words that are wrapped differently are the same words; an empty line ends the message.
  const paragraph = rejoin(raw.split(/\n[ \t]*\n/)[0] ?? raw).replaceAll(/\s+/g, ' ');
  const quoted = paragraph.replace(/ on resource: ["'](\S+?)["']/, ' on resource: $1').replaceAll(/::"(\d{12})":/g, '::$1:');
  const said = parseAccessDenied(quoted);
  if (said === undefined) return undefined;
  const { resource, reason, callerArn } = said;
  const clean = {
    callerArn,
    action: withoutTail(said.action),
    ...(resource === undefined ? {} : { resource: reason === undefined ? withoutTail(resource) : resource }),
    ...(reason === undefined ? {} : { reason }),
  };
  const isExplicit = reason?.isExplicit ?? OLD_EXPLICIT.test(quoted);
  const sentence = formatAccessDenied(clean) + (isExplicit && reason === undefined ? ' with an explicit deny' : '');
  const hasEncoded = /Encoded authorization failure message:/.test(paragraph);
  return { offset, sentence, said: { kind: 'access-denied', said: clean, isExplicit, hasEncoded }, isVague: false };
};

export const accessDenials = (text: string): readonly RefusalMatch[] => {
  const starts = [...text.matchAll(START)].map(({ index }) => index);
  return starts.flatMap((offset, i) => accessDeniedAt(text, offset, starts[i + 1] ?? text.length) ?? []);
};
