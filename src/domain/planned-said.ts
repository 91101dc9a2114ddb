/**
 * Whether what a plan in a file says was said is what its Spec wants. Only the Spec is planned again and shown; but what was said goes into a new
 * xacct.yaml, where the next run would take a forged word for a person's.
 */
import { parseArn, parseRoleArn, parseRootArn } from './arn.ts';
import type { Given } from './fields.ts';
import { halfName, halfOf, HALVES } from './pair.ts';
import type { PlanFile, PlannedTarget } from './plan-file.ts';
import { permissionSetOf, settleArn, type Principal } from './principal.ts';
import { parsePrincipal, type PrincipalRequest } from './principal-request.ts';
import type { Spec } from './spec.ts';
import { NOTHING_GIVEN, type GivenList, type SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

/** `ec2:NAME` is the only word for a role that is not its ARN, and means one of the source. */
const isWordFor = (said: string, arn: string, sourceAccount: string): boolean => {
  const role = parseRoleArn(arn);
  return role?.account === sourceAccount && said === `ec2:${role.name}`;
};

const isAsItSays = (principal: Principal, sourceAccount: string): boolean =>
  principal.kind !== 'aws' ||
  (parseArn(principal.arn)?.account === principal.account &&
    (principal.said === undefined || isWordFor(principal.said, principal.arn, sourceAccount)));

/** A repository that was named without ids, which were asked of GitHub. */
const withoutIds = (name: string): string => name.replaceAll(/@\d+/g, '');

/** Whether this principal is what such words come to. */
const isMeant = (
  request: PrincipalRequest,
  principal: Principal,
  { sourceAccount, partition }: Spec,
  instance: string,
): boolean => {
  switch (request.kind) {
    case 'oidc':
      return principal.kind === 'oidc' && [principal.name, withoutIds(principal.name)].includes(request.name);
    case 'sso':
      return (
        principal.kind === 'sso' &&
        principal.permissionSet === request.permissionSet &&
        principal.account === (request.account ?? sourceAccount)
      );
    case 'session':
      return principal.kind === 'sso'
        ? principal.account === request.account && principal.permissionSet === permissionSetOf(request.roleName)
        : principal.kind === 'aws' &&
            principal.account === request.account &&
            parseRoleArn(principal.arn)?.name === request.roleName;
    case 'ec2':
      return principal.kind === 'aws' && principal.said === `ec2:${request.roleName ?? instance}`;
    case 'self':
      return principal.kind === 'aws';
    case 'account':
      return (
        principal.kind === 'aws' &&
        parseRootArn(principal.arn)?.account === request.account &&
        parseArn(principal.arn)?.partition === partition
      );
    case 'arn': {
      const settled = settleArn(request.arn, request.account);
      return settled.kind === 'sso'
        ? principal.kind === 'sso' && principal.permissionSet === settled.permissionSet && principal.account === settled.account
        : principal.kind === 'aws' && principal.arn === request.arn;
    }
  }
};

const areMeant = (list: GivenList, principals: readonly Principal[], spec: Spec, instance: string): boolean =>
  (list ?? []).every((given) => {
    const request = parsePrincipal(given);
    return request.ok && principals.some((principal) => isMeant(request.value, principal, spec, instance));
  });

const isAmong = (list: GivenList, wanted: readonly string[]): boolean =>
  (list ?? []).every(({ value }) => wanted.includes(value));

/** Whoever gets leave is trusted, and is let in by a policy of its own where that is for us to give. */
const isGranted = (given: Given<string>, { role, source, sourceAccount }: Spec): boolean => {
  const request = parsePrincipal(given);
  if (!request.ok || request.value.kind !== 'arn') return request.ok;
  const { arn, account } = request.value;
  const isTrusted = role.trust.some(
    (principal) => principal.kind === 'aws' && (principal.arn === arn || parseRootArn(principal.arn)?.account === account),
  );
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return isTrusted && (account !== sourceAccount || source.grants.some((owner) => owner.name === name));
};

/** What no other value of the Spec holds, and a new file says all the same. */
const isSourceMeant = (said: SpecInput, spec: Spec): boolean => {
  const { hub, isGranted: isGiven } = spec.source;
  const instance = said.instanceRole?.value ?? VALUES.instanceRole.default;
  const asksLeave = said.grantSource?.value === true || (said.grantTo ?? []).length > 0;
  return (
    areMeant(said.sourceTrust, hub?.trust ?? [], spec, instance) &&
    (hub === undefined || hub.role.name === (said.hubRole?.value ?? VALUES.hubRole.default)) &&
    (!asksLeave || isGiven) &&
    said.sourcePermissionsBoundary?.value === spec.source.permissionsBoundary &&
    (said.grantTo ?? []).every((given) => isGranted(given, spec)) &&
    (said.sessionPolicy === undefined) === (spec.session.policy === undefined)
  );
};

const isHalf = ({ spec, pair }: PlannedTarget): boolean => {
  if (pair === undefined) return true;
  const { half, undivided } = pair;
  const said = halfOf({ ...NOTHING_GIVEN, ...undivided }, half);
  const trusted = [...spec.role.trust, ...(spec.source.hub?.trust ?? [])];
  const instance = said.instanceRole?.value ?? VALUES.instanceRole.default;
  // Of a half without a role in the source no boundary is said.
  const isIdle = spec.source.hub === undefined && spec.source.instances.length === 0;
  return (
    undivided.pair?.value === true &&
    halfName(undivided.name, half) === spec.name &&
    said.roleName?.value === spec.role.name &&
    areMeant(said.trust, trusted, spec, instance) &&
    isAmong(said.presets, spec.permissions.presets) &&
    isAmong(said.policyArns, spec.permissions.policyArns) &&
    (said.allowAdmin?.value !== true || spec.permissions.isAdminAllowed) &&
    isSourceMeant(isIdle ? { ...said, sourcePermissionsBoundary: undefined } : said, spec)
  );
};

/** The file says both halves undivided, once: so each must be there, and say the same. */
const areHalvesAlike = ({ config, targets }: PlanFile): boolean => {
  const undivided = targets.flatMap(({ pair }) => pair?.undivided ?? []);
  const [first] = undivided;
  if (config !== null || first === undefined) return true;
  return (
    HALVES.every((half) => targets.some(({ pair }) => pair?.half === half)) &&
    targets.some(({ spec }) => spec.source.permissionsBoundary === first.sourcePermissionsBoundary?.value) &&
    undivided.every((one) => JSON.stringify(one) === JSON.stringify(first))
  );
};

const isSaid = (target: PlannedTarget): boolean => {
  const { spec, input, pair } = target;
  const said = { ...NOTHING_GIVEN, ...input };
  const principals = [...spec.role.trust, ...(spec.role.untrusted ?? []), ...(spec.source.hub?.trust ?? [])];
  return (
    said.name === spec.name &&
    principals.every((principal) => isAsItSays(principal, spec.sourceAccount)) &&
    (pair !== undefined || isSourceMeant(said, spec)) &&
    said.pair?.value !== true &&
    said.planTrust === undefined &&
    isHalf(target)
  );
};

export const isSaidAsPlanned = (file: PlanFile): boolean => file.targets.every(isSaid) && areHalvesAlike(file);
