/** Proves through STS that the role can be assumed, and that what must be refused is refused. Never writes; credentials stay in the port. */
import { sentExternalId, type Access } from '#domain/access.ts';
import type { Clock } from '#domain/clock.ts';
import { problem } from '#domain/diagnostic.ts';
import { CHECKS, type Check, type CheckId, type Skippable, type VerifyReport } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { LoadDiagnosis, Symptom } from './diagnosis.ts';
import { identify } from './identify.ts';
import type { Reporter } from './ports/reporter.ts';
import type { AssumedSession, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import { askUntil } from './propagation.ts';

export interface VerifyPorts {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly diagnosis: LoadDiagnosis;
}

export interface VerifyOptions {
  readonly skip: readonly Skippable[];
  /** How long to wait for a role or a trust policy that IAM has not spread yet. */
  readonly waitMs: number;
  /** This run just wrote: a probe may still be let in by the trust policy of before. */
  readonly justChanged: boolean;
  readonly allowSameAccount: boolean;
  /** What the source should be; undefined when nobody said. */
  readonly sourceAccount: string | undefined;
  readonly signal?: AbortSignal;
}

type Answer = AssumedSession | Refusal;

interface Finding {
  readonly status: 'pass' | 'fail';
  readonly expected: string;
  readonly observed: string;
  readonly reason?: string;
  readonly symptom?: Symptom;
}

interface Found<T> {
  readonly check: Check;
  readonly symptom: Symptom | null;
  readonly answer: T;
}

/** Asks, judges the answer, and says both; the judgement itself is pure. */
const check = async <T>(
  id: CheckId,
  ports: VerifyPorts,
  ask: () => Promise<T>,
  judge: (answer: T) => Finding,
): Promise<Found<T>> => {
  const { title, kind } = CHECKS[id];
  const startedAt = ports.clock.now();
  ports.reporter.progress({ kind: 'started', id, title });
  const answer = await ask();
  const { symptom = null, ...finding } = judge(answer);
  ports.reporter.progress({ kind: 'finished', id, title, status: finding.status === 'pass' ? 'done' : 'failed' });
  return { check: { id, title, kind, ...finding, ms: Math.round(ports.clock.now() - startedAt) }, symptom, answer };
};

const skip = (id: CheckId, ports: VerifyPorts, reason: string): Found<undefined> => {
  const { title, kind } = CHECKS[id];
  ports.reporter.progress({ kind: 'finished', id, title: `${title} (${reason})`, status: 'skipped' });
  return {
    check: { id, title, kind, status: 'skip', expected: '', observed: null, reason, ms: 0 },
    symptom: null,
    answer: undefined,
  };
};

const said = (answer: Answer): string =>
  answer.kind === 'assumed' ? `assumed ${answer.arn}` : `${answer.code}: ${answer.message}`;

/** The source must be who was declared, and not the target itself. */
const refuseWrongSource = (source: CallerIdentity, access: Access, options: VerifyOptions): void => {
  const name = { text: 'name the credentials that will run Terraform', command: 'xacct verify --source-profile NAME' };
  const path = '--source-profile';
  if (source.account === access.role.account && !options.allowSameAccount)
    throw new XacctError(
      problem('TARGET_AS_SOURCE', `these are the target's credentials (${source.arn}); name the source: --source-profile`, {
        path,
        hints: [name, { text: 'if the role is meant for its own account', command: 'xacct verify --same-account' }],
      }),
    );
  const { sourceAccount } = options;
  if (sourceAccount !== undefined && source.account !== sourceAccount)
    throw new XacctError(
      problem('WRONG_ACCOUNT', `the source should be account ${sourceAccount}, and these credentials are ${source.arn}`, {
        path,
        hints: [name],
      }),
    );
};

const proveIdentity = (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<Found<CallerIdentity>> =>
  check(
    'source-identity',
    ports,
    async () => {
      const who = await identify('source', ports.sessions);
      refuseWrongSource(who, access, options);
      return who;
    },
    ({ arn }) => ({ status: 'pass', expected: 'an identity', observed: arn }),
  );

const proveAssumeRole = (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<Found<Answer>> => {
  const { roleArn, sessionName, sessionSeconds } = access;
  const externalId = sentExternalId(access);
  const request = { roleArn, sessionName, sessionSeconds, ...(externalId !== undefined && { externalId }) };
  const expected = `a session of ${sessionSeconds} s`;
  return check(
    'assume-role',
    ports,
    () => askUntil('assumed', request, options.waitMs, ports, options.signal),
    (answer) =>
      answer.kind === 'assumed'
        ? { status: 'pass', expected, observed: said(answer) }
        : { status: 'fail', expected, observed: said(answer), symptom: { kind: 'refusal', refusal: answer } },
  );
};

const proveTargetIdentity = (session: AssumedSession, access: Access, ports: VerifyPorts): Promise<Found<CallerIdentity>> =>
  check(
    'target-identity',
    ports,
    () => session.identity(),
    (inside) => {
      const expected = `a session in account ${access.role.account}`;
      return inside.account === access.role.account
        ? { status: 'pass', expected, observed: inside.arn }
        : {
            status: 'fail',
            expected,
            observed: inside.arn,
            symptom: { kind: 'seen', code: 'WRONG_TARGET', subject: inside.arn },
          };
    },
  );

const proveNoExternalId = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<Found<unknown>> => {
  if (options.skip.includes('negative') || options.skip.includes('no-external-id'))
    return skip('no-external-id', ports, 'as asked: whether the external ID is enforced was not proved');
  if (access.externalIds.length === 0) return skip('no-external-id', ports, 'no external ID is declared');
  // Nothing but the external ID differs: a trust policy may ask for the session's name, too, and would refuse for that.
  const { roleArn, sessionName, sessionSeconds } = access;
  const request = { roleArn, sessionName, sessionSeconds };
  const expected = 'AccessDenied';
  return check(
    'no-external-id',
    ports,
    () => askUntil('refused', request, options.justChanged ? options.waitMs : 0, ports, options.signal),
    (answer) => {
      // The credentials of a session that should not exist are dropped here, unused.
      if (answer.kind === 'assumed') {
        const reason = 'the external ID is not enforced';
        return {
          status: 'fail',
          expected,
          observed: 'STS let the source in',
          reason,
          symptom: { kind: 'seen', code: 'EXTERNAL_ID_NOT_ENFORCED', subject: null },
        };
      }
      return answer.code === 'AccessDenied'
        ? { status: 'pass', expected, observed: said(answer) }
        : { status: 'fail', expected, observed: said(answer), reason: 'refused, but not for the missing external ID' };
    },
  );
};

/** Throws XacctError when the source has no usable credentials or nobody answers; a failed proof is data. */
export const verify = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<VerifyReport> => {
  const identity = await proveIdentity(access, ports, options);
  const source = identity.answer;
  const assumed = await proveAssumeRole(access, ports, options);
  const session = assumed.answer.kind === 'assumed' ? assumed.answer : undefined;
  // A refused probe proves something only where the same caller gets in with everything right.
  const unreached = 'the role could not be assumed';
  const [inside, negative] = session
    ? await Promise.all([proveTargetIdentity(session, access, ports), proveNoExternalId(access, ports, options)])
    : [skip('target-identity', ports, unreached), skip('no-external-id', ports, unreached)];
  const symptom = assumed.symptom ?? inside.symptom ?? negative.symptom;
  return {
    source: { account: source.account, arn: source.arn, credentialSource: ports.sessions.credentialSource() },
    target: { account: access.role.account, roleArn: access.roleArn, sessionArn: session?.arn ?? null },
    checks: [identity.check, assumed.check, inside.check, negative.check],
    maxSessionSeconds: session ? access.sessionSeconds : null,
    cause: symptom && (await (await ports.diagnosis()).diagnose(symptom, { access, source })),
  };
};
