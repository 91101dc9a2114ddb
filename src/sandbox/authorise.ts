/** Asks the evaluator before every action, and refuses in AWS's words. The only file that joins the sandbox to the policy room's decisions. */
import { judgeAccess, judgeAssumeRole } from '#policy/evaluate.ts';
import type { Judgement } from '#policy/judgement.ts';
import type { AccessQuery, Scenario } from '#policy/scenario.ts';
import { AwsError } from './errors.ts';
import { callerOf, type Client } from './model/caller.ts';
import type { Principal } from './model/principal.ts';
import type { World } from './model/world.ts';

/** One permission that a call needs. */
export type Permission = Omit<AccessQuery, 'id' | 'time' | 'caller'>;

/** A call whose caller is known. */
export interface Signed extends Client {
  readonly world: World;
  readonly principal: Principal;
  /** Of the credential scope. */
  readonly region: string;
}

/**
 * Throws AccessDenied for what the caller's policies do not allow, as they are now. What is asked for belongs to the caller's account,
 * and so to its organization: no resource policy is asked that could let another in.
 */
export const createGuard = (call: Signed): ((permission: Permission) => void) => {
  const { world, principal, region } = call;
  const caller = callerOf(world, principal, call);
  const orgId = world.organization?.get(principal.account.id)?.orgId;
  const place = { 'aws:RequestedRegion': region, ...(orgId !== undefined && { 'aws:ResourceOrgID': orgId }) };
  const time = new Date(world.clock.now()).toISOString();
  return (permission) => assertAnswer(judgeAccess({ ...permission, caller, time, context: { ...place, ...permission.context } }));
};

/** Throws AccessDenied, ValidationError, InvalidParameterValue or MalformedPolicyDocument when the role may not be assumed so. */
export const assertMayAssume = (scenario: Scenario): void => assertAnswer(judgeAssumeRole(scenario));

const assertAnswer = ({ decision, answer }: Judgement): void => {
  if (answer !== null) throw new AwsError(answer.code, answer.message, decision.reason);
};
