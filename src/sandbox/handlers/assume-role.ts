/** An AssumeRole request as the evaluator's Scenario: the role as STS knows it, the caller with its policies, the request. */
import { parseRoleArn } from '#domain/arn.ts';
import type { Caller, Scenario, TargetRole } from '#policy/scenario.ts';
import { formatAccessDenied } from '#domain/access-denied.ts';
import { accessDenied } from '#sandbox/errors.ts';
import { findNamed, type Account, type Role } from '#sandbox/model/account.ts';
import { callerOf, tagMap } from '#sandbox/model/caller.ts';
import { compiled } from '#sandbox/model/compiled.ts';
import { trustInForce } from '#sandbox/model/consistency.ts';
import type { World } from '#sandbox/model/world.ts';
import { arnOfPrincipal } from '#sandbox/model/principal.ts';
import { visibleTrust } from '#sandbox/model/trust.ts';
import { throughEndpoint } from '#sandbox/vpc-endpoint.ts';
import type { AssumeRoleRequest } from '#sandbox/wire/generated/sts-types.ts';
import type { Call } from './handler.ts';

/** STS hides whether a role exists: one that does not, or is not propagated yet, is AccessDenied. */
export const findAssumableRole = (call: Call, roleArn: string): { readonly account: Account; readonly role: Role } => {
  const { world } = call;
  const parsed = parseRoleArn(roleArn);
  const account = world.accounts.get(parsed?.account ?? '');
  const role = account === undefined ? undefined : findNamed(account.roles, parsed?.name ?? '');
  const isUsable = role !== undefined && role.arn === roleArn && role.usableAt <= world.clock.now();
  if (account !== undefined && isUsable) return { account, role };
  const callerArn = arnOfPrincipal(call.principal);
  const reason = role === undefined || role.arn !== roleArn ? 'NO_SUCH_ROLE' : 'NOT_YET_CONSISTENT';
  throw accessDenied(formatAccessDenied({ callerArn, action: 'sts:AssumeRole', resource: roleArn }), reason);
};

/** The role as the evaluator wants it: by the trust policy in force, with its place in the organization. */
export const targetOf = (world: World, account: Account, role: Role): TargetRole => {
  const member = world.organization?.get(account.id);
  return {
    arn: role.arn,
    trustPolicy: compiled('trust', visibleTrust(world, trustInForce(world, role))),
    maxSessionDuration: role.maxSessionSeconds,
    tags: tagMap(role.tags),
    uniqueId: role.id,
    ...(member !== undefined && { orgId: member.orgId }),
    // RCPs do not bind what the management account has.
    ...(member !== undefined && !member.isManagement && { rcps: member.rcps }),
  };
};

const callingFrom = (call: Call): Caller => {
  const caller = callerOf(call.world, call.principal, call);
  const { vpcEndpoint } = call.world.faults.settings();
  return vpcEndpoint === undefined ? caller : throughEndpoint(caller, vpcEndpoint);
};

/** `mfaAt` is defined where the request proves an MFA device. */
export const toScenario = (
  call: Call,
  { account, role, mfaAt }: { readonly account: Account; readonly role: Role; readonly mfaAt: number | undefined },
  input: AssumeRoleRequest,
): Scenario => ({
  time: new Date(call.world.clock.now()).toISOString(),
  caller: { ...callingFrom(call), ...(mfaAt !== undefined && { mfa: true, mfaAge: 0 }) },
  role: targetOf(call.world, account, role),
  request: {
    sessionName: input.RoleSessionName,
    region: call.region,
    ...(input.ExternalId !== undefined && { externalId: input.ExternalId }),
    ...(input.Tags !== undefined && { tags: tagMap(input.Tags) }),
    ...(input.TransitiveTagKeys !== undefined && { transitiveTagKeys: input.TransitiveTagKeys }),
    ...(input.SourceIdentity !== undefined && { sourceIdentity: input.SourceIdentity }),
    ...(input.DurationSeconds !== undefined && { durationSeconds: input.DurationSeconds }),
    ...(input.Policy !== undefined && { policy: input.Policy }),
  },
});
