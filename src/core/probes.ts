/**
 * What verify asks of STS once the caller got in with everything right, as a table: the request, which differs from the good one in one
 * thing, when it proves anything, and what its answer means. Pure; run-probes.ts asks it.
 */
import type { CauseCode } from '#domain/causes.ts';
import { formatDuration } from '#domain/duration.ts';
import type { CheckId } from '#domain/verify-report.ts';
import type { Finding } from './check.ts';
import type { SaidOfTrust } from './diagnosis.ts';
import type { AssumedSession, AssumeRoleRequest, Refusal } from './ports/sessions.ts';

type Answer = AssumedSession | Refusal;

/** What the set-up says of the trust policy, where anybody said it. */
export interface Declared extends SaidOfTrust {
  /** All that the trust policy takes, the one that is sent among them. */
  readonly externalIds: readonly string[];
  readonly mfa: boolean;
  /** The role's maximum; undefined where it is not known. */
  readonly maxSessionSeconds: number | undefined;
}

export interface ProbeContext {
  /** The request that got in. */
  readonly good: AssumeRoleRequest;
  readonly declared: Declared;
  /** Whoever asks is a session of another role. */
  readonly isChained: boolean;
  /** … has a token in the place of credentials. */
  readonly hasToken: boolean;
  readonly hasLongTermKeys: boolean;
  /** Those keys showed a code of their MFA device before the good request. */
  readonly showedCode: boolean;
  readonly hasOutsider: boolean;
  /** Who that is, once it was asked. */
  readonly outsiderArn?: string;
}

export interface Probe {
  readonly id: CheckId;
  /** `asked`: where its precondition holds, and with --thorough, which takes all. */
  readonly when: 'always' | 'asked' | 'thorough';
  readonly by: 'source' | 'plain' | 'outsider';
  /** Why it would prove nothing here. */
  readonly skip: (context: ProbeContext) => string | undefined;
  /** One after the other, until an answer is not the wanted one; none: the good request has answered it. */
  readonly requests: (context: ProbeContext) => readonly AssumeRoleRequest[];
  readonly judge: (answers: readonly Answer[], context: ProbeContext) => Finding;
}

export const sayAnswer = (answer: Answer): string =>
  answer.kind === 'assumed' ? `assumed ${answer.arn}` : `${answer.code}: ${answer.message}`;

const without = (request: AssumeRoleRequest): AssumeRoleRequest => {
  const { externalId: _, ...rest } = request;
  return rest;
};

interface Refused {
  /** What the refusal must be for. */
  readonly by: (refusal: Refusal) => boolean;
  readonly expected: string;
  /** Where STS lets it in. */
  readonly cause: CauseCode;
  readonly letIn: string;
  readonly otherwise: string;
  /** Whom the cause's sentence is about. */
  readonly subject?: (context: ProbeContext) => string | undefined;
}

/** The credentials of a session that should not exist are dropped here, unused. */
const mustBeRefused =
  ({ by, expected, cause, letIn, otherwise, subject }: Refused) =>
  ([answer]: readonly Answer[], context: ProbeContext): Finding => {
    if (answer === undefined || answer.kind === 'assumed')
      return {
        status: 'fail',
        expected,
        observed: 'STS let the source in',
        reason: letIn,
        symptom: { kind: 'seen', code: cause, subject: subject?.(context) ?? null },
      };
    return by(answer)
      ? { status: 'pass', expected, observed: sayAnswer(answer) }
      : { status: 'fail', expected, observed: sayAnswer(answer), reason: otherwise };
  };

const isDenied = ({ code }: Refusal): boolean => code === 'AccessDenied';

const whyNoId = ({ good, hasToken, declared }: ProbeContext): string | undefined => {
  if (good.externalId !== undefined) return undefined;
  return hasToken && declared.externalIds.length > 0
    ? 'a token enters without an external ID: STS takes none with it'
    : 'no external ID is declared';
};

/** Bounds of ExternalId: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const LONGEST_ID = 1224;
const LONGEST_SECONDS = 43_200;

/** The right one with more behind it: a trust policy that compares by a pattern takes it. */
const wrongId = (id: string): string => `${id.slice(0, LONGEST_ID - 6)}-wrong`;

const PROBES: readonly Probe[] = [
  {
    id: 'every-external-id',
    when: 'asked',
    by: 'source',
    skip: (context) => whyNoId(context) ?? (context.declared.externalIds.length > 1 ? undefined : 'there is no other'),
    requests: ({ good, declared }) =>
      declared.externalIds
        .filter((id) => id !== good.externalId)
        .map((externalId) => ({ ...good, externalId, probe: 'every-external-id' })),
    judge: (answers) => {
      const expected = 'a session with each';
      const refused = answers.find((answer) => answer.kind === 'refused');
      if (refused === undefined) return { status: 'pass', expected, observed: `${answers.length} more let the source in` };
      return {
        status: 'fail',
        expected,
        observed: sayAnswer(refused),
        reason: 'one of the listed external IDs is refused',
        symptom: { kind: 'seen', code: 'EXTERNAL_ID_NOT_ACCEPTED', subject: null },
      };
    },
  },
  {
    id: 'no-external-id',
    when: 'always',
    by: 'source',
    skip: whyNoId,
    requests: ({ good }) => [{ ...without(good), probe: 'no-external-id' }],
    judge: mustBeRefused({
      by: isDenied,
      expected: 'AccessDenied',
      cause: 'EXTERNAL_ID_NOT_ENFORCED',
      letIn: 'the external ID is not enforced',
      otherwise: 'refused, but not for the missing external ID',
    }),
  },
  {
    id: 'wrong-external-id',
    when: 'thorough',
    by: 'source',
    skip: whyNoId,
    requests: ({ good }) => [{ ...good, externalId: wrongId(good.externalId ?? ''), probe: 'wrong-external-id' }],
    judge: mustBeRefused({
      by: isDenied,
      expected: 'AccessDenied',
      cause: 'EXTERNAL_ID_NOT_COMPARED',
      letIn: 'an external ID that is not declared is taken, too',
      otherwise: 'refused, but not for the wrong external ID',
    }),
  },
  {
    id: 'too-long-duration',
    when: 'thorough',
    by: 'source',
    skip: ({ isChained, declared }) => {
      if (isChained) return 'a session made by a session lasts one hour at most, whatever the role says';
      return declared.maxSessionSeconds === LONGEST_SECONDS ? 'the role allows the longest that there is, 12 h' : undefined;
    },
    requests: ({ good }) => [{ ...good, sessionSeconds: LONGEST_SECONDS, probe: 'too-long-duration' }],
    judge: (answers, context) => {
      const { declared } = context;
      const expected = "a ValidationError for the role's maximum";
      const [answer] = answers;
      if (answer?.kind === 'assumed' && declared.maxSessionSeconds === undefined)
        return { status: 'skip', expected, observed: null, reason: "12 h were given: they are the role's own maximum" };
      return mustBeRefused({
        by: ({ message }) => message.includes('MaxSessionDuration'),
        expected,
        cause: 'DURATION_NOT_LIMITED',
        letIn: `12 h were given, and the role's maximum should be ${formatDuration(declared.maxSessionSeconds ?? 0)}`,
        otherwise: "refused, but not for the role's maximum",
      })(answers, context);
    },
  },
  {
    id: 'no-mfa',
    when: 'thorough',
    by: 'plain',
    skip: ({ declared, hasLongTermKeys }) => {
      if (!declared.mfa) return 'no MFA is declared';
      return hasLongTermKeys ? undefined : 'a session cannot leave its MFA out: only long-term keys prove it';
    },
    // Without a code the good request itself was the one that must be refused, and it got in.
    requests: ({ good, showedCode }) => (showedCode ? [{ ...good, probe: 'no-mfa' }] : []),
    judge: mustBeRefused({
      by: isDenied,
      expected: 'AccessDenied',
      cause: 'MFA_NOT_ENFORCED',
      letIn: 'long-term keys get in with no MFA code',
      otherwise: 'refused, but not for the missing MFA code',
    }),
  },
  {
    id: 'wrong-audience',
    when: 'thorough',
    by: 'source',
    skip: ({ hasToken }) =>
      hasToken
        ? 'nobody but its issuer can make a token for another audience'
        : 'the source has credentials, and no token with an audience',
    requests: () => [],
    judge: () => ({ status: 'skip', expected: '', observed: null }),
  },
  {
    id: 'outsider',
    when: 'asked',
    by: 'outsider',
    skip: ({ hasOutsider }) => (hasOutsider ? undefined : 'no outsider was named: --outsider PROFILE'),
    requests: ({ good }) => [{ ...good, probe: 'outsider' }],
    judge: mustBeRefused({
      by: isDenied,
      expected: 'AccessDenied',
      cause: 'OUTSIDER_LET_IN',
      letIn: 'the trust policy lets the outsider in, too',
      otherwise: 'refused, but not for who it is',
      subject: ({ outsiderArn }) => outsiderArn,
    }),
  },
];

/** Those of this run, in the order of the table. */
export const probesOf = (context: ProbeContext, isThorough: boolean): readonly Probe[] =>
  PROBES.filter(({ when, skip }) => isThorough || when === 'always' || (when === 'asked' && skip(context) === undefined));
