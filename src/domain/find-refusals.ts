/** Finds AWS's refusals inside a sentence or a log of any length, each once. The sentences are in denied-sentences.ts and known-sentences.ts. */
import { accessDenials, LONGEST_SENTENCE } from './denied-sentences.ts';
import type { FoundRefusal, KnownRefusal, RefusalMatch } from './found-refusal.ts';
import { knownRefusals, webIdentityRefusals } from './known-sentences.ts';
import { countLines, joinBroken, logStripper } from './log-text.ts';

/** What is searched at once: a log may be longer than a string can be. */
const WINDOW = 1 << 20;
/** What a sentence that begins at the end of a window may need of the next one. */
const OVERLAP = 2 * LONGEST_SENTENCE;
/** More than anybody reads; what comes after them is counted. */
const MOST_DIFFERENT = 500;

const ROLE_ARN = /\barn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]*[\w+=@-]/g;

const matchesIn = (text: string): readonly RefusalMatch[] =>
  [accessDenials, webIdentityRefusals, knownRefusals].flatMap((find) => find(text));

/** How much the sentences say: a broken one says less. */
const telling = (matches: readonly RefusalMatch[]): number =>
  matches.reduce((sum, { said }) => {
    if (said.kind !== 'access-denied') return sum + 1;
    return sum + 1 + (said.said.resource === undefined ? 0 : 1) + (said.said.reason === undefined ? 0 : 1);
  }, 0);

/** In the order of the text; a terminal that was narrow broke the words themselves, and joining the lines finds more then. */
const bestMatches = (text: string): readonly RefusalMatch[] => {
  const whole = matchesIn(text);
  const joined = joinBroken(text);
  const ofJoined = joined.text === text ? [] : matchesIn(joined.text);
  const best =
    telling(ofJoined) > telling(whole) ? ofJoined.map((match) => ({ ...match, offset: joined.originOf(match.offset) })) : whole;
  return best.toSorted((a, b) => a.offset - b.offset);
};

interface Entry {
  readonly said: RefusalMatch['said'];
  readonly at: Pick<FoundRefusal, 'sentence' | 'line' | 'times'>;
  readonly isVague: boolean;
}

const CREDENTIALS: readonly KnownRefusal[] = [
  'EXPIRED_TOKEN',
  'UNKNOWN_ACCESS_KEY',
  'WRONG_SIGNATURE',
  'CLOCK_SKEWED',
  'MFA_REFUSED',
  'MFA_NOT_ASKED',
  'ID_TOKEN_MISSING',
  'SSO_SIGN_IN_NEEDED',
  'PROFILE_MISSING',
  'NO_CREDENTIALS',
];

/** Whether `other` is the cause below the heading. */
const isCauseOf = ({ said: heading }: Entry, { said: other }: Entry): boolean => {
  if (heading.kind !== 'known' || other === heading) return false;
  const isOfRole = heading.code === 'ASSUME_FAILED';
  if (other.kind === 'web-identity') return true;
  if (other.kind === 'access-denied')
    return (
      other.said.action.startsWith('sts:') && (!isOfRole || heading.subject === null || other.said.resource === heading.subject)
    );
  if (other.code === 'ASSUME_FAILED') return isOfRole && heading.subject === null && other.subject !== null;
  return isOfRole ? other.code !== 'S3_REFUSED' && other.code !== 'ENCODED_MESSAGE' : CREDENTIALS.includes(other.code);
};

const withoutHeadings = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry) => !entry.isVague || !entries.some((other) => isCauseOf(entry, other)));

const keyOf = ({ said, sentence }: RefusalMatch): string =>
  said.kind === 'known' ? `${said.code} ${said.subject ?? ''}` : sentence;

export interface RefusalSearch {
  /** The next part of the text; it may end anywhere. */
  add(part: string): void;
  /** Every different refusal, in the order in which they stand there, and how many different ones were left out of that. */
  end(): { readonly found: readonly FoundRefusal[]; readonly leftOut: number };
}

/** Takes a text of any length, part by part, in linear time and with a few MB of memory. */
export const openRefusalSearch = (): RefusalSearch => {
  const strip = logStripper();
  const entries = new Map<string, Entry>();
  const beyond = new Set<string>();
  const roles = new Set<string>();
  let text = '';
  let linesBefore = 0;

  const note = (match: RefusalMatch, line: number): void => {
    const key = keyOf(match);
    const former = entries.get(key);
    if (former === undefined && entries.size >= MOST_DIFFERENT) {
      if (beyond.size < MOST_DIFFERENT) beyond.add(key);
      return;
    }
    const { said, sentence } = match;
    entries.set(key, {
      said,
      at: { sentence, line: former?.at.line ?? line, times: (former?.at.times ?? 0) + 1 },
      isVague: match.isVague && (former?.isVague ?? true),
    });
  };

  /** Notes what begins before `cut`; the rest of the text is there for sentences that go on. */
  const search = (cut: number): void => {
    let line = linesBefore + 1;
    let at = 0;
    for (const match of bestMatches(text)) {
      if (match.offset >= cut) break;
      line += countLines(text, at, match.offset);
      at = match.offset;
      note(match, line);
    }
    for (const { 0: arn, index } of text.matchAll(ROLE_ARN)) {
      if (roles.size > 1 || index >= cut) break;
      roles.add(arn);
    }
    linesBefore += countLines(text, 0, cut);
    text = text.slice(cut);
  };

  const searchFull = (): void => {
    while (text.length > WINDOW + OVERLAP) {
      const rest = text.slice(WINDOW + OVERLAP);
      text = text.slice(0, WINDOW + OVERLAP);
      const lineEnd = text.lastIndexOf('\n', WINDOW) + 1;
      search(lineEnd > WINDOW / 2 ? lineEnd : WINDOW);
      text += rest;
    }
  };

  return {
    add: (part) => {
      for (let at = 0; at < part.length; at += WINDOW) {
        text += strip.take(part.slice(at, at + WINDOW));
        searchFull();
      }
    },
    end: () => {
      text += strip.end();
      searchFull();
      search(text.length + 1);
      const [only] = roles;
      const roleArn = roles.size === 1 && only !== undefined ? only : null;
      const found = withoutHeadings([...entries.values()]).map(({ said, at }): FoundRefusal => ({ ...said, ...at, roleArn }));
      return { found, leftOut: beyond.size };
    },
  };
};

/** Every different refusal in the text, in the order in which they stand there. */
export const findRefusals = (text: string): readonly FoundRefusal[] => {
  const search = openRefusalSearch();
  search.add(text);
  return search.end().found;
};
