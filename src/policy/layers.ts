/** Every policy between a caller and a resource, compiled, sorted into its layer, and asked for its denies and allows. */
import type { PolicyKind, PolicyRef } from '#domain/cause.ts';
import { compilePolicy, UNREADABLE_POLICY, type CompiledPolicy, type CompiledStatement } from './compile.ts';
import type { Context } from './context.ts';
import { levelNames } from './level-names.ts';
import type { Obstacle } from './obstacles.ts';
import { hasOwnPolicies, matchPrincipals, strongerGrant, type CallerFacts, type Grant } from './principal.ts';
import type { Caller, OrganizationLevel, PolicySource, Scenario, TargetRole, Unreadable } from './scenario.ts';
import { allOf, type Truth } from './truth.ts';

/** Policies of one kind (and one level) that act as a union: one Allow among them is enough. */
export interface PolicySet {
  readonly kind: PolicyKind;
  readonly level: string | null;
  readonly policies: readonly CompiledPolicy[];
  /** Something in it could not be read: it is taken to allow. */
  readonly isUnreadable: boolean;
}

export interface Layers {
  /** In the order in which a refusal is blamed: organization, resource, then the caller's own. */
  readonly all: readonly PolicySet[];
  /** Null for an action that no resource policy guards. */
  readonly trust: PolicySet | null;
  /** Null for a service and a web identity, which have no policies of their own. */
  readonly identity: PolicySet | null;
  readonly boundary: PolicySet | null;
  readonly session: PolicySet | null;
  readonly scps: readonly PolicySet[];
  readonly rcps: readonly PolicySet[];
}

/** One action of one caller, with its context. */
export interface ActionRequest {
  readonly caller: Caller;
  readonly facts: CallerFacts;
  /** As a person would write it; `actionKey` is the same in lower case, as policies are compiled. */
  readonly action: string;
  readonly actionKey: string;
  readonly resource: string;
  readonly context: Context;
  /** The call that this is part of; absent for an action other than assuming a role. */
  readonly call?: Call;
}

export interface Call {
  readonly scenario: Scenario;
  /** All that would stand against the call made so; undefined where STS would turn it away before it asks a policy. */
  readonly obstaclesTo: (asked: Scenario) => readonly Obstacle[] | undefined;
}

export interface Hit {
  readonly set: PolicySet;
  readonly policyIndex: number;
  readonly statement: CompiledStatement;
  /** How the statement names the caller; undefined where the policy has no principal. */
  readonly grant: Grant | undefined;
  /** False: only if a fact that nobody stated is as the statement wants it. */
  readonly isCertain: boolean;
}

const isUnknown = (source: PolicySource | readonly PolicySource[]): source is Unreadable => source === 'unknown';

const setOf = (kind: PolicyKind, sources: readonly PolicySource[] | Unreadable, level: string | null = null): PolicySet => {
  const list = isUnknown(sources) ? [] : sources;
  return {
    kind,
    level,
    policies: list.map((source) => (isUnknown(source) ? UNREADABLE_POLICY : compilePolicy(source, kind))),
    isUnreadable: isUnknown(sources) || list.some(isUnknown),
  };
};

const levelsOf = (kind: 'scp' | 'rcp', levels: readonly OrganizationLevel[] | Unreadable | undefined): readonly PolicySet[] => {
  if (levels === undefined) return [];
  if (isUnknown(levels)) return [setOf(kind, levels)];
  const names = levelNames(levels);
  return levels.map(({ policies, level }, i) => setOf(kind, policies, names[i] ?? level));
};

const oneOrMany = (source: PolicySource | readonly PolicySource[]): readonly PolicySource[] | Unreadable =>
  isUnknown(source) || Array.isArray(source) ? (source as readonly PolicySource[] | Unreadable) : [source];

/**
 * SCPs and RCPs spare the management account and service-linked roles; SCPs bind the caller's account, RCPs the role's.
 * Source: AWS Organizations User Guide, "Service control policies" and "Resource control policies".
 */
export const buildLayers = (caller: Caller, facts: CallerFacts, role: TargetRole | undefined, isSameAccount: boolean): Layers => {
  const isBare = !hasOwnPolicies(caller);
  const isManagement = caller.managementAccount === true;
  const hasScps = !isBare && !isManagement && !facts.isServiceLinked;
  const hasRcps = !facts.isServiceLinked && !(isManagement && isSameAccount);
  const trust = role === undefined ? null : setOf('trust', isUnknown(role.trustPolicy) ? 'unknown' : [role.trustPolicy]);
  const identity = isBare || caller.kind === 'root' ? null : setOf('identity', caller.identityPolicies ?? []);
  const boundary = isBare || caller.boundary === undefined ? null : setOf('boundary', oneOrMany(caller.boundary));
  const session = isBare || caller.sessionPolicy === undefined ? null : setOf('session-policy', oneOrMany(caller.sessionPolicy));
  const scps = hasScps ? levelsOf('scp', caller.scps ?? (isSameAccount ? role?.scps : undefined)) : [];
  const rcps = hasRcps ? levelsOf('rcp', role?.rcps) : [];
  const all = [...rcps, ...scps, trust, identity, boundary, session].filter((set) => set !== null);
  return { all, trust, identity, boundary, session, scps, rcps };
};

/** The session policy that the request itself brings decides nothing, but must be well-formed. */
export const requestedPolicySet = (source: PolicySource | undefined): readonly PolicySet[] =>
  source === undefined ? [] : [setOf('session-policy', [source])];

/** Whether the statement speaks of this caller at all, and how. */
export const grantIn = (statement: CompiledStatement, request: ActionRequest): Grant | 'unnamed' | undefined =>
  statement.principals === null ? 'unnamed' : matchPrincipals(statement.principals, request.caller, request.facts);

/** Whether a statement that covers the action applies, its principal aside. */
const appliesTo = (statement: CompiledStatement, { resource, context }: ActionRequest): Truth => {
  const covers = statement.coversResource(resource, context);
  if (covers === false) return false;
  const holds = allOf(statement.conditions, (condition) => condition.holds(context));
  return holds === true ? covers : holds;
};

const isBetter = (hit: Hit, best: Hit | undefined): boolean =>
  best === undefined || (hit.grant !== best.grant && strongerGrant(best.grant, hit.grant) === hit.grant);

/** The statements of one effect that apply: the best that certainly does, and the best that may. */
interface Found {
  readonly certain: Hit | undefined;
  readonly possible: Hit | undefined;
}

const find = (set: PolicySet, request: ActionRequest, effect: 'Allow' | 'Deny'): Found => {
  let certain: Hit | undefined;
  let possible: Hit | undefined;
  for (const [policyIndex, policy] of set.policies.entries())
    for (const statement of policy.byEffect[effect]) {
      if (!statement.coversAction(request.actionKey)) continue;
      const named = grantIn(statement, request);
      const truth = named !== undefined && appliesTo(statement, request);
      if (named === undefined || truth === false) continue;
      const hit: Hit = {
        set,
        policyIndex,
        statement,
        grant: named === 'unnamed' ? undefined : named,
        isCertain: truth === true,
      };
      if (truth === 'maybe') possible = isBetter(hit, possible) ? hit : possible;
      else if (named === 'unnamed') return { certain: hit, possible };
      else if (isBetter(hit, certain)) certain = hit;
    }
  return { certain, possible };
};

/** Every Deny of the set that applies or may. */
export const applyingDenies = (
  { policies }: PolicySet,
  request: ActionRequest,
): readonly Pick<Hit, 'policyIndex' | 'statement'>[] =>
  policies.flatMap(({ byEffect }, policyIndex) =>
    byEffect.Deny.filter(
      (statement) =>
        statement.coversAction(request.actionKey) &&
        grantIn(statement, request) !== undefined &&
        appliesTo(statement, request) !== false,
    ).map((statement) => ({ policyIndex, statement })),
  );

/** A Deny that certainly applies, else one that may. */
export const findDeny = (set: PolicySet, request: ActionRequest): Hit | undefined => {
  const { certain, possible } = find(set, request, 'Deny');
  return certain ?? possible;
};

/** The Allows that name the caller most strongly: the order of statements makes no difference. */
export const findAllow = (set: PolicySet, request: ActionRequest): Found => find(set, request, 'Allow');

export const policyRefOf = (set: PolicySet, index: number): PolicyRef => {
  const { kind, level } = set;
  const name = set.policies[index]?.name ?? null;
  if (level === null) return name === null ? { kind, index } : { kind, index, name };
  return name === null ? { kind, index, level } : { kind, index, level, name };
};
