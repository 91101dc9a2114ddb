/** A call to assume a role, asked of each of its actions; and the same call made otherwise. */
import type { RoleArn } from '#domain/arn.ts';
import { actionsOf } from './actions.ts';
import { buildAssumeRoleContext } from './context.ts';
import type { ActionRequest, Layers } from './layers.ts';
import { obstaclesTo, type Obstacle } from './obstacles.ts';
import { checkParameters } from './parameters.ts';
import type { CallerFacts } from './principal.ts';
import type { Scenario } from './scenario.ts';

/** What is read from a scenario once and asked many times. */
export interface Situation {
  readonly scenario: Scenario;
  readonly facts: CallerFacts;
  readonly target: RoleArn;
  readonly isSameAccount: boolean;
  readonly layers: Layers;
}

/** Undefined where STS turns the call away before it asks a policy. Who calls otherwise knows what is sent: nothing of it is a guess. */
const obstaclesToCall = (situation: Situation, scenario: Scenario): readonly Obstacle[] | undefined => {
  if (!checkParameters(scenario).ok) return undefined;
  const { isGuess: _, ...facts } = situation.facts;
  const otherwise: Situation = { ...situation, scenario, facts };
  return actionsOf(scenario).flatMap((action) =>
    obstaclesTo(situation.layers, requestFor(otherwise, action), situation.isSameAccount),
  );
};

export const requestFor = (situation: Situation, action: string): ActionRequest => {
  const { scenario, facts, target } = situation;
  return {
    caller: scenario.caller,
    facts,
    action,
    actionKey: action.toLowerCase(),
    resource: scenario.role.arn,
    context: buildAssumeRoleContext(scenario, action, facts, target.account),
    call: { scenario, obstaclesTo: (asked) => obstaclesToCall(situation, asked) },
  };
};
