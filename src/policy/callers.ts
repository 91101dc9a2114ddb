/** Callers that STS turns away whatever the policies say. */
import { ROOT_REFUSED } from '#domain/access-denied.ts';
import { isAccountId, type RoleArn } from '#domain/arn.ts';
import { contradictionIn } from './contradictions.ts';
import type { Layer, Reason } from '#domain/cause.ts';
import { plainFinding, type Finding } from './explain.ts';
import { fixByCaller } from './fix.ts';
import type { CallerFacts } from './principal.ts';
import type { Caller, Scenario } from './scenario.ts';
import { tokenFault } from './web-identity.ts';

interface Refusal {
  readonly layer: Layer;
  readonly reason: Reason;
  readonly explanation: string;
  readonly remedy: string;
}

const PARTITION = (from: string | undefined, to: string): Refusal => ({
  layer: 'partition',
  reason: 'PARTITION_MISMATCH',
  explanation: `the caller is in partition ${from} and the role in ${to}; roles trust only principals of their own partition`,
  remedy: `call with credentials of partition ${to}`,
});

const refuseToken = ({ caller, time }: Scenario, { provider }: CallerFacts, target: RoleArn): Refusal | undefined => {
  if (provider === undefined) return undefined;
  const fault = tokenFault(caller.claims ?? {}, provider, time);
  if (fault !== undefined) return { layer: 'caller', ...fault, remedy: 'call with a token of that provider that is still valid' };
  const [, partition = target.partition] = provider.arn.split(':');
  return provider.arn.startsWith('arn:') && partition !== target.partition ? PARTITION(partition, target.partition) : undefined;
};

const refuse = (scenario: Scenario, facts: CallerFacts, target: RoleArn): Refusal | undefined => {
  const { caller } = scenario;
  if (caller.kind === 'service' && !caller.arn.includes(':')) return undefined;
  if (caller.kind === 'web-identity') return refuseToken(scenario, facts, target);
  if (facts.account === undefined || !isAccountId(facts.account))
    return {
      layer: 'caller',
      reason: 'CALLER_NOT_AN_ARN',
      explanation: `"${caller.arn}" is not the ARN of a caller`,
      remedy: 'name the caller as `aws sts get-caller-identity` prints it',
    };
  if (facts.partition !== target.partition) return PARTITION(facts.partition, target.partition);
  // The ARN decides: a root that is called a user is still a root.
  if (caller.kind === 'root' || facts.identity.form === 'root')
    return {
      layer: 'caller',
      reason: 'ROOT_CALLER',
      explanation: ROOT_REFUSED.toLowerCase().replace(/\.$/, ''),
      remedy: 'call as a user or a role of the account',
    };
  if (caller.kind === 'federated-user')
    return {
      layer: 'caller',
      reason: 'FEDERATED_USER_CALLER',
      explanation: 'a federated user session may call nothing of STS but GetCallerIdentity',
      remedy: 'call as a user or a role of the account',
    };
  return undefined;
};

/** Of any question: one part of such a caller would be let in, and another not. */
export const contradicted = (caller: Caller, facts: CallerFacts): Finding | undefined => {
  const contradiction = contradictionIn(caller, facts.identity);
  return contradiction === undefined
    ? undefined
    : plainFinding(
        'denied',
        'caller',
        'CALLER_CONTRADICTORY',
        `the scenario contradicts itself: ${contradiction}`,
        fixByCaller('describe one caller, as `aws sts get-caller-identity` prints it'),
      );
};

/** Undefined for a caller whose policies are worth asking. */
export const checkCaller = (scenario: Scenario, facts: CallerFacts, target: RoleArn): Finding | undefined => {
  const contradiction = contradicted(scenario.caller, facts);
  if (contradiction !== undefined) return contradiction;
  const refusal = refuse(scenario, facts, target);
  if (refusal === undefined) return undefined;
  const { layer, reason, explanation, remedy } = refusal;
  return plainFinding('denied', layer, reason, explanation, fixByCaller(remedy));
};
