/**
 * Sentences that name nobody: those of STS and IAM, and those of programs that got no answer, or did not print it.
 * Source: STS API Reference, AssumeRole, errors; the programs' own words as people post them.
 */
import { parseWebIdentityDenied } from './access-denied.ts';
import type { KnownRefusal, RefusalMatch } from './found-refusal.ts';

/** `vague`: a heading, which says nothing where the cause itself stands in the same log. */
type Sentence = readonly [code: KnownRefusal, pattern: RegExp, vague?: 'vague'];

const words = (sentence: string): RegExp => new RegExp(sentence.replaceAll(' ', String.raw`\s+`), 'g');

const CONSTRAINT = String.raw`(?:Member must (?:not be null|have (?:length|value) (?:less|greater) than or equal to \d+|satisfy regular expression pattern: \S+)|[^\n"<;]+)`;
const ROLE = String.raw`["'(]?(arn:aws[a-z-]*:iam::[^:\s]{1,40}:role/[\w+=,.@/<>*-]*[\w+=@>*-])["')]?`;
/** What stands between an error's code and its sentence: a colon, `when calling the X operation:`, tags of XML. */
const GAP = String.raw`\b[\s\S]{0,90}?`;

/** The code, with its sentence where that follows; or the sentence alone. */
const coded = (codes: string, sentence: string): RegExp => words(`(?:(?:${codes})(?:${GAP}(?:${sentence}))?|(?:${sentence}))`);

/** The first group, where there is one, is the subject. */
const SENTENCES: readonly Sentence[] = [
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
  [
    'EXPIRED_TOKEN',
    coded('ExpiredToken(?:Exception)?', 'The (?:provided token has|security token included in the request is) expired'),
  ],
  [
    'UNKNOWN_ACCESS_KEY',
    coded(
      'InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId',
      'The security token included in the request is invalid|The AWS Access Key Id you provided does not exist in our records',
    ),
  ],
  [
    'WRONG_SIGNATURE',
    coded('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided'),
  ],
  ['CLOCK_SKEWED', /Signature\s+(?:expired|not\s+yet\s+current):\s+[0-9TZ]+|RequestTimeTooSkewed|Request\s+has\s+expired/g],
  ['MFA_REFUSED', words('MultiFactorAuthentication failed')],
  ['MFA_NOT_ASKED', words('assume role with MFA enabled, but AssumeRoleTokenProvider session option not set')],
  ['NO_OIDC_PROVIDER', words(String.raw`No OpenIDConnect provider found in your account for ([^\s"'<,]+)`)],
  ['TOKEN_AUDIENCE', words('Incorrect token audience|Missing a required claim: aud')],
  ['TOKEN_EXPIRED', /Token\s+expired:\s+current\s+date\/time/g],
  [
    'TOKEN_INVALID',
    words("Couldn't retrieve verification key from your identity provider|Provided Token is not a Login With Amazon token"),
  ],
  [
    'ID_TOKEN_MISSING',
    words(
      'Credentials could not be loaded, please check your action inputs|Did you mean to set the `id-token` permission|Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable',
    ),
  ],
  [
    'SSO_SIGN_IN_NEEDED',
    words(
      '(?:Error loading SSO Token: Token for [^\\n]{1,200}? does not exist|[Tt]he SSO session (?:associated with this profile )?has expired(?: or is (?:otherwise )?invalid)?|Token has expired and refresh failed|Unable to load SSO token|refresh cached SSO token failed)',
    ),
  ],
  [
    'PROFILE_MISSING',
    words(
      String.raw`(?:The config profile \(([^\n)]{1,128})\) could not be found|failed to get shared config profile, ([\w.@+=-]{1,128}))`,
    ),
  ],
  [
    'NO_CREDENTIALS',
    words(
      '(?:Unable to locate credentials|NoCredentialProviders: no valid providers in chain|NoCredentialProviders|NoCredentialsError|no EC2 IMDS role found|CredentialsProviderError: Could not load credentials from any providers|Unable to load (?:AWS )?credentials from any (?:provider|of the providers) in the chain|Missing credentials in config|Request is missing Authentication Token|MissingAuthenticationToken)',
    ),
  ],
  [
    'NO_CREDENTIALS',
    words(
      '(?:[Nn]o valid credential sources? (?:for [^\\n]{1,40} )?found|[Cc]ould not find credentials|[Nn]eed to perform AWS calls for account [\\w*<>{}-]{1,40}, but no credentials (?:have been |were )?(?:configured|found)|Unable to resolve AWS account to use|[Cc]ould not load credentials from any providers)',
    ),
    'vague',
  ],
  ['ASSUME_FAILED', words(`(?:IAM Role|The role) ${ROLE} cannot be assumed`), 'vague'],
  ['ASSUME_FAILED', words(`current credentials could not be used to assume ${ROLE}`), 'vague'],
  ['ASSUME_FAILED', words(`[Cc]ould not assume ${ROLE}`), 'vague'],
  ['ASSUME_FAILED', words('(?<!is )[Nn]ot authorized to perform:? sts:AssumeRole(?!With)\\b'), 'vague'],
  [
    'ASSUME_FAILED',
    words('Could not assume role in target account using current credentials|Cannot assume IAM Role\\b'),
    'vague',
  ],
  [
    'S3_REFUSED',
    words(
      String.raw`(?:in S3 bucket "([^"\n]{3,63})"[^╵]{0,500}?api error (?:Forbidden: Forbidden|AccessDenied: Access Denied)|AccessDenied: Access Denied|\(AccessDenied\) when calling the \w+ operation: Access Denied|<Code>AccessDenied</Code>\s*<Message>Access Denied</Message>)`,
    ),
  ],
  // EC2 names nobody and encodes the rest; where it does name somebody, that sentence is found by itself.
  [
    'ENCODED_MESSAGE',
    words(
      String.raw`You are not authorized to perform this operation\. Encoded authorization failure message: ([\w-]+(?:\n[\w-]{40,})*)`,
    ),
  ],
];

const collapse = (text: string): string =>
  text
    .replaceAll(/(?:<\/?\w+>\s*)+/g, ': ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const subjectOf = (code: KnownRefusal, groups: readonly (string | undefined)[]): string | null => {
  const named = groups.find((group) => group !== undefined);
  if (named === undefined) return null;
  return code === 'ENCODED_MESSAGE' ? named.replaceAll(/\s+/g, '') : collapse(named).replace(/\.$/, '');
};

const sentenceOf = (code: KnownRefusal, whole: string): string =>
  code === 'ENCODED_MESSAGE' ? 'You are not authorized to perform this operation.' : collapse(whole);

export const knownRefusals = (text: string): readonly RefusalMatch[] =>
  SENTENCES.flatMap(([code, pattern, vague]) =>
    [...text.matchAll(pattern)].map((match): RefusalMatch => {
      const [whole, ...groups] = match;
      const said = { kind: 'known', code, subject: subjectOf(code, groups) } as const;
      return { offset: match.index, sentence: sentenceOf(code, whole), said, isVague: vague !== undefined };
    }),
  );

const WEB_IDENTITY = words(String.raw`Not authorized to perform sts:AssumeRoleWith(?:WebIdentity|SAML)\b`);

/** The caller of an unsigned request has no name, and STS says nothing more. */
export const webIdentityRefusals = (text: string): readonly RefusalMatch[] =>
  [...text.matchAll(WEB_IDENTITY)].map(({ index, 0: whole }) => {
    const sentence = collapse(whole);
    const action = parseWebIdentityDenied(sentence) ?? 'sts:AssumeRoleWithWebIdentity';
    return { offset: index, sentence, said: { kind: 'web-identity', action }, isVague: false };
  });
