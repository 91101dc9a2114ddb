/** Asks the evaluator before every action, and refuses in AWS's words. The only file that joins the sandbox to the policy room's decisions. */
import { judgeAccess, judgeAssumeRole } from '#policy/evaluate.ts';
import type { Judgement } from '#policy/judgement.ts';
import type { AccessQuery, Caller, Scenario } from '#policy/scenario.ts';
import { AwsError } from './errors.ts';

/** One permission that a call needs. */
export type Permission = Omit<AccessQuery, 'id' | 'time' | 'caller'>;

/** Throws AccessDenied when the caller's policies do not allow it. `time` is ISO 8601. */
export const assertAllowed = (caller: Caller, permission: Permission, time: string): void =>
  assertAnswer(judgeAccess({ ...permission, caller, time }));

/** Throws AccessDenied, ValidationError, InvalidParameterValue or MalformedPolicyDocument when the role may not be assumed so. */
export const assertMayAssume = (scenario: Scenario): void => assertAnswer(judgeAssumeRole(scenario));

const assertAnswer = ({ decision, answer }: Judgement): void => {
  if (answer !== null) throw new AwsError(answer.code, answer.message, decision.reason);
};
