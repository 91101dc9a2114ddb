/**
 * An interface endpoint of STS in the caller's VPC: calls that come through it bring its id and no address, and its policy has to allow them.
 * Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
import { formatAccessDenied } from '#domain/access-denied.ts';
import { parseArn } from '#domain/arn.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Caller, Scenario } from '#policy/scenario.ts';
import { accessDenied } from './errors.ts';

export interface VpcEndpoint {
  /** `vpce-…` */
  readonly id: string;
  /** Full access where there is none. */
  readonly policy?: PolicyDocument;
}

export const throughEndpoint = (caller: Caller, { id }: VpcEndpoint): Caller => {
  const { sourceIp: _, ...rest } = caller;
  return { ...rest, conditionKeys: { ...caller.conditionKeys, 'aws:SourceVpce': id } };
};

const names = ({ Principal }: Statement, { arn, roleArn }: Caller): boolean => {
  const account = parseArn(arn)?.account ?? '';
  const own = ['*', arn, roleArn, account, `arn:${parseArn(arn)?.partition}:iam::${account}:root`];
  const named = typeof Principal === 'object' ? listOf(Principal['AWS']) : ['*'];
  return named.some((name) => own.includes(name));
};

/** What a resource's policy says to this caller, as a policy of the caller's own. */
const asOwn = (policy: PolicyDocument, caller: Caller): PolicyDocument => ({
  ...policy,
  Statement: statementsOf(policy)
    .filter((statement) => names(statement, caller))
    .map((statement) => {
      const { Principal: _, ...own } = statement;
      return own;
    }),
});

/** Throws AccessDenied where the endpoint's policy does not let the call through. */
export const assertThroughEndpoint = (scenario: Scenario, { policy }: VpcEndpoint): void => {
  if (policy === undefined) return;
  const { boundary: _, sessionPolicy: __, scps: ___, ...plain } = scenario.caller;
  const { arn } = scenario.role;
  const { verdict, reason, action } = decideAssumeRole({
    ...scenario,
    caller: { ...plain, identityPolicies: [asOwn(policy, plain)] },
    role: { arn, trustPolicy: 'unknown', maxSessionDuration: 43_200 },
  });
  if (verdict === 'allowed') return;
  const said = { layer: 'vpc-endpoint', isExplicit: reason === 'EXPLICIT_DENY' } as const;
  throw accessDenied(formatAccessDenied({ callerArn: plain.arn, action, resource: arn, reason: said }), reason);
};
