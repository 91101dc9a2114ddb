/** The positive proofs, one function each: the source is who it should be, it gets in, and what it gets is in the target. */
import type { Access, WebIdentity } from '#domain/access.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import { isSkipped, type LongestRun, type Skippable } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { check, skipCheck, type CheckPorts, type Found } from './check.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal } from './ports/sessions.ts';
import { sayAnswer } from './probes.ts';
import { isSessionOf, refuseWithoutToken } from './way-in.ts';

type Answer = AssumedSession | Refusal;

export interface ExpectedSource {
  readonly allowSameAccount: boolean;
  /** What the source should be; undefined when nobody said. */
  readonly sourceAccount: string | undefined;
}

const GITHUB = 'https://token.actions.githubusercontent.com';

/** https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
const GITHUB_TOKEN =
  'curl -sSH "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" | jq -r .value > "$RUNNER_TEMP/token"';

/** A step such as aws-actions/configure-aws-credentials has spent the token, and left the job as the role: how it gets in is proved by a token alone. */
const tokenHint = ({ issuer }: WebIdentity): Hint => ({
  text: 'the job has signed in to the role already; prove how its token gets in, before or after that step, by a token in a file',
  command:
    issuer === GITHUB
      ? `${GITHUB_TOKEN} && AWS_WEB_IDENTITY_TOKEN_FILE="$RUNNER_TEMP/token" xacct verify`
      : 'AWS_WEB_IDENTITY_TOKEN_FILE=PATH xacct verify',
});

/** The source must be who was declared, and not the target itself. A token is of no account. */
const refuseWrongSource = (source: CallerIdentity, access: Access, expected: ExpectedSource): void => {
  if (source.claims !== undefined) return;
  const name = { text: 'name the credentials that will run Terraform', command: 'xacct verify --source-profile NAME' };
  const path = '--source-profile';
  const byToken = access.webIdentity && isSessionOf(source, access) ? [tokenHint(access.webIdentity)] : [];
  if (source.account === access.role.account && !expected.allowSameAccount)
    throw new XacctError(
      problem('TARGET_AS_SOURCE', `these are the target's credentials (${source.arn}); name the source: --source-profile`, {
        path,
        hints: [...byToken, name, { text: 'if the role is meant for its own account', command: 'xacct verify --same-account' }],
      }),
    );
  const { sourceAccount } = expected;
  if (sourceAccount !== undefined && source.account !== sourceAccount)
    throw new XacctError(
      problem('WRONG_ACCOUNT', `the source should be account ${sourceAccount}, and these credentials are ${source.arn}`, {
        path,
        hints: [name],
      }),
    );
  refuseWithoutToken(access, source);
};

const sayCaller = ({ arn, userId, claims }: CallerIdentity): string =>
  claims === undefined ? arn : `a token of ${arn} for ${userId}, which STS has yet to check`;

/** Throws XacctError: without the right source there is nothing to prove. */
export const proveIdentity = (
  access: Access,
  ports: CheckPorts,
  identity: () => Promise<CallerIdentity>,
  expected: ExpectedSource,
): Promise<Found<CallerIdentity>> =>
  check(
    'source-identity',
    ports,
    async () => {
      const who = await identity();
      refuseWrongSource(who, access, expected);
      return who;
    },
    (who) => ({ status: 'pass', expected: 'an identity', observed: sayCaller(who) }),
  );

export const proveEntry = (request: AssumeRoleRequest, ports: CheckPorts, ask: () => Promise<Answer>): Promise<Found<Answer>> => {
  const expected = `a session of ${request.sessionSeconds ?? 0} s`;
  return check('assume-role', ports, ask, (answer) =>
    answer.kind === 'assumed'
      ? { status: 'pass', expected, observed: sayAnswer(answer) }
      : { status: 'fail', expected, observed: sayAnswer(answer), symptom: { kind: 'refusal', refusal: answer } },
  );
};

export const proveTargetIdentity = (
  session: AssumedSession,
  { role }: Access,
  ports: CheckPorts,
): Promise<Found<CallerIdentity>> =>
  check(
    'target-identity',
    ports,
    () => session.identity(),
    (inside) => {
      const expected = `a session in account ${role.account}`;
      return inside.account === role.account
        ? { status: 'pass', expected, observed: inside.arn }
        : {
            status: 'fail',
            expected,
            observed: inside.arn,
            symptom: { kind: 'seen', code: 'WRONG_TARGET', subject: inside.arn },
          };
    },
  );

/** Asks nobody: the credentials say it themselves. */
export const proveRun = async (
  run: LongestRun,
  expectedSeconds: number,
  ports: CheckPorts,
  skip: readonly Skippable[],
): Promise<Found<unknown>> => {
  const expected = `credentials for ${formatDuration(expectedSeconds)}`;
  if (isSkipped('expected-run', skip)) return skipCheck('expected-run', ports, 'as asked');
  if (!run.isKnown) return skipCheck('expected-run', ports, run.reason);
  return check(
    'expected-run',
    ports,
    async () => run,
    ({ seconds, reason }) =>
      seconds === null || seconds >= expectedSeconds
        ? { status: 'pass', expected, observed: reason }
        : {
            status: 'fail',
            expected,
            observed: reason,
            symptom: { kind: 'seen', code: 'RUN_OUTLIVES_CREDENTIALS', subject: formatDuration(seconds) },
          },
  );
};
