/**
 * Finds AWS's refusals inside a sentence or a whole log, each once. The sentences themselves are read by access-denied.ts.
 * Source: IAM User Guide, "Troubleshoot access denied error messages"; STS API Reference, AssumeRole, errors.
 */
import { formatAccessDenied, parseAccessDenied, parseWebIdentityDenied } from './access-denied.ts';
import type { FoundRefusal, KnownRefusal, RefusalSaid } from './found-refusal.ts';
import { lineAt, stripLog } from './log-text.ts';

interface Match {
  readonly offset: number;
  readonly sentence: string;
  readonly said: RefusalSaid;
}

const START = /\bUser:\s+\S+(?:\n\S+)?\s+is\s+not\s+authorized\s+to\s+perform:/g;
/** No sentence is longer; an ARN has 2048 characters at most. */
const MOST = 6000;

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

const accessDeniedAt = (text: string, offset: number, end: number): Match | undefined => {
  const raw = text.slice(offset, Math.min(end, offset + MOST));
  // Words that are wrapped differently are the same words; an empty line ends the message.
  const paragraph = rejoin(raw.split(/\n[ \t]*\n/)[0] ?? raw).replaceAll(/\s+/g, ' ');
  const quoted = paragraph.replace(/ on resource: ["'](\S+?)["']/, ' on resource: $1');
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
  return { offset, sentence, said: { kind: 'access-denied', said: clean, isExplicit, hasEncoded } };
};

const accessDenials = (text: string): readonly Match[] => {
  const starts = [...text.matchAll(START)].map(({ index }) => index);
  return starts.flatMap((offset, i) => accessDeniedAt(text, offset, starts[i + 1] ?? text.length) ?? []);
};

const words = (sentence: string): RegExp => new RegExp(sentence.replaceAll(' ', String.raw`\s+`), 'g');

const CONSTRAINT = String.raw`(?:Member must (?:not be null|have (?:length|value) (?:less|greater) than or equal to \d+|satisfy regular expression pattern: \S+)|[^\n"<;]+)`;

/** The first group, where there is one, is the subject. */
const KNOWN: readonly (readonly [KnownRefusal, RegExp])[] = [
  ['ROOT_CALLER', words(String.raw`Roles may not be assumed by root accounts\.?`)],
  [
    'DURATION_ABOVE_ROLE_MAXIMUM',
    words(String.raw`The requested DurationSeconds exceeds the MaxSessionDuration set for this role\.?`),
  ],
  [
    'DURATION_ABOVE_CHAINING_LIMIT',
    words(String.raw`The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining\.?`),
  ],
  [
    'PARAMETER_REFUSED',
    words(String.raw`\d+ validation errors? detected: (Value [\s\S]{0,600}?failed to satisfy constraint: ${CONSTRAINT})`),
  ],
  ['ROLE_ARN_INVALID', /\bValidationError\b[^\n]{0,160}?:\s+(arn:[^\s"'<]+)\s+is\s+invalid\b/g],
  ['INVALID_PRINCIPAL', words(String.raw`Invalid principal in policy: "(?:AWS|SERVICE|FEDERATED)":"([^"\s]+)"`)],
  ['TAG_CONFLICTS_WITH_TRANSITIVE', words('conflicts with a transitive tag key')],
  ['PACKED_POLICY_TOO_LARGE', words(String.raw`Packed policy consumes (\d+)% of allotted space`)],
  ['STS_REGION_DISABLED', words(String.raw`STS is not activated in this region for account:\s*(\d{12})`)],
  ['EXPIRED_TOKEN', words('The (?:provided token has|security token included in the request is) expired')],
  ['UNKNOWN_ACCESS_KEY', words('The security token included in the request is invalid')],
  ['WRONG_SIGNATURE', words('The request signature we calculated does not match the signature you provided')],
  ['CLOCK_SKEWED', /Signature\s+(?:expired|not\s+yet\s+current):\s+[0-9TZ]+/g],
  ['MFA_REFUSED', words('MultiFactorAuthentication failed')],
  ['NO_OIDC_PROVIDER', words(String.raw`No OpenIDConnect provider found in your account for ([^\s"'<,]+)`)],
  ['TOKEN_AUDIENCE', words('Incorrect token audience|Missing a required claim: aud')],
  ['TOKEN_EXPIRED', /Token\s+expired:\s+current\s+date\/time/g],
  [
    'TOKEN_INVALID',
    words("Couldn't retrieve verification key from your identity provider|Provided Token is not a Login With Amazon token"),
  ],
];

const collapse = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const knownRefusals = (text: string): readonly Match[] =>
  KNOWN.flatMap(([code, pattern]) =>
    [...text.matchAll(pattern)].map((match) => {
      const subject = match[1] === undefined ? null : collapse(match[1]).replace(/\.$/, '');
      return { offset: match.index, sentence: collapse(match[0]), said: { kind: 'known', code, subject } as const };
    }),
  );

const WEB_IDENTITY = words(String.raw`Not authorized to perform sts:AssumeRoleWithWebIdentity\b`);

const webIdentityRefusals = (text: string): readonly Match[] =>
  [...text.matchAll(WEB_IDENTITY)].map((match) => {
    const sentence = collapse(match[0]);
    return {
      offset: match.index,
      sentence,
      said: { kind: 'web-identity', action: parseWebIdentityDenied(sentence) ?? 'sts:AssumeRoleWithWebIdentity' },
    };
  });

/** EC2 names nobody and encodes the rest; where it does name somebody, that sentence is found by itself. */
const ENCODED = words('not authorized to perform this operation. Encoded authorization failure message:');

const encodedRefusals = (text: string): readonly Match[] =>
  [...text.matchAll(ENCODED)].map(({ index }) => ({
    offset: index,
    sentence: 'You are not authorized to perform this operation.',
    said: { kind: 'known', code: 'ENCODED_MESSAGE', subject: null },
  }));

const ROLE_ARN = /\barn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]*[\w+=@-]/g;

const onlyRoleIn = (text: string): string | null => {
  const named = new Set(text.match(ROLE_ARN) ?? []);
  const [only] = named;
  return named.size === 1 && only !== undefined ? only : null;
};

const matchesIn = (text: string): readonly Match[] =>
  [accessDenials, webIdentityRefusals, knownRefusals, encodedRefusals].flatMap((find) => find(text));

/** How much the sentences say: a broken one says less. */
const telling = (matches: readonly Match[]): number =>
  matches.reduce((sum, { said }) => {
    if (said.kind !== 'access-denied') return sum + 1;
    return sum + 1 + (said.said.resource === undefined ? 0 : 1) + (said.said.reason === undefined ? 0 : 1);
  }, 0);

/** Copied from a narrow terminal, words themselves are broken: the longest lines of a paragraph go on in the next one. */
const joinBroken = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => {
      const lines = paragraph.split('\n');
      const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
      return lines.map((line, i) => (line.length === width || i === lines.length - 1 ? line : `${line}\n`)).join('');
    })
    .join('\n\n');

/** Every different refusal in the text, in the order in which they stand there. */
export const findRefusals = (text: string): readonly FoundRefusal[] => {
  const plain = stripLog(text);
  const whole = matchesIn(plain);
  const joined = matchesIn(joinBroken(plain));
  const matches = telling(joined) > telling(whole) ? joined : whole;
  const roleArn = onlyRoleIn(plain);
  const found = new Map<string, FoundRefusal>();
  for (const { offset, sentence, said } of matches.toSorted((a, b) => a.offset - b.offset)) {
    const key = said.kind === 'known' ? `${said.code} ${said.subject ?? ''}` : sentence;
    const former = found.get(key);
    const line = former?.line ?? lineAt(plain, offset);
    found.set(key, { ...said, sentence, line, times: (former?.times ?? 0) + 1, roleArn });
  }
  return [...found.values()];
};
