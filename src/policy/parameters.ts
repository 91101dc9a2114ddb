/**
 * What STS refuses before it asks any policy: parameters that are out of bounds. A duration outside 900 to 43200 is one of them, as
 * STS words it so; the role's own maximum and the chaining hour are the layer `duration`.
 * Source: AWS STS API Reference, AssumeRole and AssumeRoleWithWebIdentity.
 */
import { parseRoleArn, type RoleArn } from '#domain/arn.ts';
import type { Reason } from '#domain/cause.ts';
import { checkLimit, formatLimitFault, formatValidationErrors, type LimitFault, type LimitName } from '#domain/limits.ts';
import { fixByCaller } from './fix.ts';
import { setting, type RequestChange } from './request-proposals.ts';
import type { RequestFault } from './request-fault.ts';
import type { AssumeRoleRequest, Scenario } from './scenario.ts';
import { checkTags } from './session-tags.ts';

interface BoundFault {
  readonly place: string;
  readonly fault: LimitFault;
}

const NONE: readonly BoundFault[] = [];

const REASON_OF: Readonly<Record<LimitFault['kind'], Reason>> = {
  length: 'PARAMETER_LENGTH',
  pattern: 'PARAMETER_PATTERN',
  range: 'PARAMETER_RANGE',
};

const faultOf = (place: string, limit: LimitName, value: string | number | undefined): readonly BoundFault[] => {
  const fault = value === undefined ? undefined : checkLimit(limit, value);
  return fault === undefined ? NONE : [{ place, fault }];
};

const tagFaults = ({ tags = {}, transitiveTagKeys = [] }: AssumeRoleRequest): readonly BoundFault[] => [
  ...Object.entries(tags).flatMap(([key, value], i) => [
    ...faultOf(`tags.${i + 1}.member.key`, 'tagKey', key),
    ...faultOf(`tags.${i + 1}.member.value`, 'tagValue', value),
  ]),
  ...transitiveTagKeys.flatMap((key, i) => faultOf(`transitiveTagKeys.${i + 1}.member`, 'tagKey', key)),
];

const checkBounds = ({ caller, role, request }: Scenario): readonly BoundFault[] => {
  const { sessionName, durationSeconds, externalId, sourceIdentity, policy, tags, transitiveTagKeys } = request;
  return [
    ...faultOf('roleArn', 'roleArn', role.arn),
    ...faultOf('roleSessionName', 'roleSessionName', sessionName),
    ...faultOf('durationSeconds', 'durationSeconds', durationSeconds),
    ...faultOf('externalId', 'externalId', externalId),
    ...faultOf('sourceIdentity', 'sourceIdentity', sourceIdentity),
    ...(caller.kind === 'web-identity' && typeof policy === 'string' ? faultOf('policy', 'webIdentityPolicy', policy) : NONE),
    ...(tags === undefined && transitiveTagKeys === undefined ? NONE : tagFaults(request)),
  ];
};

/** The nearest value that is allowed, where there is one: an external id is agreed on, so no other will do. */
const nearest = (place: string, value: string): RequestChange | null => {
  if (place === 'durationSeconds')
    return setting({ 'request.durationSeconds': Math.min(43_200, Math.max(900, Math.floor(Number(value)) || 900)) });
  if (place !== 'roleSessionName') return null;
  const name = value.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return setting({ 'request.sessionName': name.length < 2 ? `${name}session` : name });
};

const boundsRefusal = (faults: readonly BoundFault[], scenario: Scenario): RequestFault | undefined => {
  const [first] = faults;
  if (first === undefined) return undefined;
  const { place, fault } = first;
  return {
    verdict: 'invalid',
    layer: 'parameter',
    reason: REASON_OF[fault.kind],
    explanation: `${place} is ${JSON.stringify(fault.value)}, and STS wants: ${fault.constraint}`,
    awsCode: 'ValidationError',
    awsMessage: formatValidationErrors(faults.map((it) => formatLimitFault(it.place, it.fault))),
    fix: fixByCaller(`give another ${place}`, scenario, nearest(place, fault.value)),
  };
};

const notARole = (arn: string, scenario: Scenario): RequestFault => ({
  verdict: 'invalid',
  layer: 'parameter',
  reason: 'ROLE_ARN_INVALID',
  explanation: `"${arn}" is not the ARN of a role`,
  awsCode: 'ValidationError',
  awsMessage: `${arn} is invalid`,
  fix: fixByCaller('name the role as arn:aws:iam::ACCOUNT:role/NAME', scenario),
});

/** Before any policy is asked; hands back what the role's ARN says. */
export const checkParameters = (
  scenario: Scenario,
): { readonly ok: true; readonly target: RoleArn } | { readonly ok: false; readonly fault: RequestFault } => {
  const bounds = boundsRefusal(checkBounds(scenario), scenario);
  if (bounds !== undefined) return { ok: false, fault: bounds };
  const target = parseRoleArn(scenario.role.arn);
  if (target === undefined) return { ok: false, fault: notARole(scenario.role.arn, scenario) };
  const fault = checkTags(scenario);
  return fault === undefined ? { ok: true, target } : { ok: false, fault };
};
