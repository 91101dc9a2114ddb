/** A cause that the caller removes alone, by asking otherwise: the change as a command of xacct, of the AWS CLI, and as HCL. Pure. */
import { parseArn } from '#domain/arn.ts';
import type { Change, Fix } from '#domain/cause.ts';
import { formatDuration } from '#domain/duration.ts';
import { shellWord } from '#domain/shell-word.ts';
import { changeRequest } from '#policy/apply-fix.ts';
import { requestTexts } from '#policy/fix.ts';
import type { AssumeRoleRequest as PolicyRequest, Scenario } from '#policy/scenario.ts';
import { callerOfArn } from './caller-of-arn.ts';
import type { Situation } from './diagnosis.ts';
import type { AssumeRoleRequest } from './ports/sessions.ts';

export type RequestChange = Extract<Change, { readonly kind: 'change-request' }>;

export const setting = (path: string, value: string | number): RequestChange => ({
  kind: 'change-request',
  set: { [path]: value },
  unset: [],
});

export const unset = (...paths: readonly string[]): RequestChange => ({ kind: 'change-request', set: {}, unset: paths });

/** What was asked for, as the evaluator has it. */
export const policyRequestOf = (asked: AssumeRoleRequest): PolicyRequest => {
  const { roleArn: _, probe: __, sessionSeconds, ...rest } = asked;
  return { ...rest, ...(sessionSeconds !== undefined && { durationSeconds: sessionSeconds }) };
};

const flag = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}`, shellWord(value)];

/** What is asked for, as the flags of verify and explain. */
const requestFlags = (request: PolicyRequest): readonly string[] => [
  ...flag('external-id', request.externalId),
  ...flag('session-name', request.sessionName),
  ...flag('duration', request.durationSeconds === undefined ? undefined : formatDuration(request.durationSeconds)),
  ...Object.entries(request.tags ?? {}).flatMap(([key, value]) => flag('session-tag', `${key}=${value}`)),
  ...(request.transitiveTagKeys ?? []).flatMap((key) => flag('transitive-tag', key)),
  ...flag('source-identity', request.sourceIdentity),
  ...flag('region', request.region),
];

/** verify with the whole request. */
export const verifyCommand = (roleArn: string, request: PolicyRequest): string =>
  ['xacct verify', ...flag('role-arn', roleArn), ...requestFlags(request)].join(' ');

/** For whoever may read what could not be read here: the statement, and the patch for it. */
export const explainCommand = ({ access, source, request, insight }: Situation, side: 'source' | 'target'): string =>
  [
    'xacct explain',
    ...flag('role-arn', access.roleArn),
    ...flag('as', source.arn),
    ...requestFlags(policyRequestOf(request)),
    ...flag('org', insight.organization?.account === source.account ? insight.organization.id : undefined),
    `--${side}-profile NAME`,
  ].join(' ');

/** Undefined for a change that no request can make, such as an MFA code. */
export const changedCommand = ({ access, request }: Situation, change: RequestChange): string | undefined => {
  const scenario = scenarioOf(access.roleArn, '', request);
  const isOfRequest = [...Object.keys(change.set), ...change.unset].every((path) => path.startsWith('request.'));
  return isOfRequest ? verifyCommand(access.roleArn, changeRequest(scenario, change).request) : undefined;
};

const scenarioOf = (roleArn: string, callerArn: string, request: AssumeRoleRequest): Scenario => ({
  caller: callerOfArn(callerArn) ?? { arn: callerArn, kind: 'user' },
  role: { arn: roleArn, trustPolicy: 'unknown' },
  request: policyRequestOf(request),
});

/** `you` ask otherwise. */
export const changeFix = (situation: Situation, change: RequestChange, summary: string): Fix => {
  const { access, source, request } = situation;
  const scenario = scenarioOf(access.roleArn, source.arn, request);
  const xacct = changedCommand(situation, change);
  return {
    actor: 'you',
    account: parseArn(source.arn)?.account ?? null,
    summary,
    change,
    ...requestTexts(change, scenario),
    ...(xacct !== undefined && { xacct }),
    message: null,
  };
};
