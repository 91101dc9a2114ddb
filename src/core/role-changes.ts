/** What must change on the role itself: its trust policy, settings and tags. Pure. */
import type { Desired } from '#domain/compile.ts';
import { noChange, type Change, type Risk, type Step } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import type { RoleState } from './ports/target-iam.ts';

/** The AWS principals that a trust policy names, in any statement that allows. */
export const trustedBy = (document: PolicyDocument): readonly string[] => {
  const allows = statementsOf(document).filter(({ Effect }) => Effect === 'Allow');
  const named = allows.flatMap(({ Principal = {} }) =>
    Principal === '*' ? ['*'] : Object.values(Principal).flatMap((names) => listOf(names)),
  );
  return [...new Set(named)].toSorted();
};

/** The external IDs that a statement takes; undefined when it asks for none. */
const externalIdsOf = ({ Condition }: Statement): readonly string[] | undefined => {
  const ids = Condition?.['StringEquals']?.['sts:ExternalId'];
  return ids === undefined ? undefined : listOf(ids).map(String);
};

/** A statement's conditions without its external IDs, as comparable text. */
const otherConditionsOf = ({ Condition = {} }: Statement): string => {
  const { StringEquals = {}, ...others } = Condition;
  const { 'sts:ExternalId': _, ...rest } = StringEquals;
  return JSON.stringify(Object.keys(rest).length > 0 ? { ...others, StringEquals: rest } : others);
};

const conditionsOf = (document: PolicyDocument): string =>
  JSON.stringify(statementsOf(document).map(({ Condition }) => Condition ?? null));

type ConditionChange = 'same' | 'wider' | 'dropped' | 'narrower';

/** How the conditions of the one statement that xacct writes differ; of any other document only equality is understood. */
const compareConditions = (before: PolicyDocument, after: PolicyDocument): ConditionChange => {
  if (conditionsOf(before) === conditionsOf(after)) return 'same';
  const [[was, ...wasMore], [is, ...isMore]] = [statementsOf(before), statementsOf(after)];
  if (was === undefined || is === undefined || wasMore.length > 0 || isMore.length > 0) return 'narrower';
  if (otherConditionsOf(was) !== otherConditionsOf(is)) return otherConditionsOf(is) === '{}' ? 'dropped' : 'narrower';
  const [ids, newIds] = [externalIdsOf(was), externalIdsOf(is)];
  if (newIds === undefined) return 'dropped';
  return ids?.every((id) => newIds.includes(id)) === true ? 'wider' : 'narrower';
};

/** What a trust policy allows beside sts:AssumeRole may be in use as well: sts:TagSession, sts:SetSourceIdentity. */
const actionsOf = (document: PolicyDocument): readonly string[] =>
  statementsOf(document).flatMap(({ Effect, Action }) =>
    Effect === 'Allow' ? listOf(Action ?? '*').map((action) => action.toLowerCase()) : [],
  );

/** Whoever can assume the role by `before` must still be able to by `after`; anything not understood counts as a loss. */
const riskOf = (before: PolicyDocument, after: PolicyDocument): Risk => {
  const kept = new Set(trustedBy(after));
  if (trustedBy(before).some((arn) => !kept.has(arn))) return 'removes access';
  const allowed = new Set(actionsOf(after));
  if (actionsOf(before).some((action) => !allowed.has(action))) return 'removes access';
  const conditions = compareConditions(before, after);
  if (conditions === 'narrower') return 'removes access';
  return conditions === 'dropped' ? 'drops a condition' : 'widens access';
};

const createRole = (desired: Desired): readonly Change[] => {
  const { name, path, description, maxSessionSeconds, trustPolicy } = desired.role;
  const role = { name, path, description, maxSessionSeconds, trustPolicy, tags: desired.tags };
  const address = `role/${name}`;
  const step = {
    id: `create-role ${name}`,
    phase: 'make',
    write: { kind: 'create-role', role },
    undo: { kind: 'delete-role', roleName: name },
  } as const;
  return [{ action: 'create', address, risk: 'widens access', before: null, after: role, steps: [step] }];
};

const trustChange = (role: RoleState, desired: Desired): Change => {
  const address = `role/${role.name}/trust`;
  const { trustPolicy: before } = role;
  const { trustPolicy: after } = desired.role;
  if (policyEquals(before, after)) return noChange(address, before);
  const step = {
    id: `update-trust ${role.name}`,
    phase: 'make',
    write: { kind: 'update-trust', roleName: role.name, trustPolicy: after },
    undo: { kind: 'update-trust', roleName: role.name, trustPolicy: before },
  } as const;
  return {
    action: 'update',
    address,
    risk: riskOf(before, after),
    before,
    after,
    steps: [step],
  };
};

const settingsChange = (role: RoleState, desired: Desired): Change => {
  const address = `role/${role.name}/settings`;
  const before = { description: role.description, maxSessionSeconds: role.maxSessionSeconds };
  const after = { description: desired.role.description, maxSessionSeconds: desired.role.maxSessionSeconds };
  if (before.description === after.description && before.maxSessionSeconds === after.maxSessionSeconds)
    return noChange(address, before);
  const step = {
    id: `update-role ${role.name}`,
    phase: 'make',
    write: { kind: 'update-role', roleName: role.name, settings: after },
    undo: { kind: 'update-role', roleName: role.name, settings: before },
  } as const;
  return { action: 'update', address, risk: 'none', before, after, steps: [step] };
};

/** Tags that others put on the role stay. */
const tagChange = (role: RoleState, desired: Desired): Change => {
  const address = `role/${role.name}/tags`;
  const wanted = Object.entries(desired.tags).filter(([key, value]) => role.tags[key] !== value);
  if (wanted.length === 0) return noChange(address, role.tags);
  const step = (id: string, entries: typeof wanted, undo: Step['undo']): readonly Step[] => {
    const write = { kind: 'tag-role', roleName: role.name, tags: Object.fromEntries(entries) } as const;
    return entries.length === 0 ? [] : [{ id: `${id} ${role.name}`, phase: 'make', write, ...(undo && { undo }) }];
  };
  // Two steps, because what takes them back differs: a new tag goes, a changed one gets its old value.
  const replaced = wanted.filter(([key]) => role.tags[key] !== undefined);
  const added = wanted.filter(([key]) => role.tags[key] === undefined);
  const before = Object.fromEntries(replaced.map(([key]) => [key, role.tags[key] ?? '']));
  return {
    action: 'update',
    address,
    risk: 'none',
    before: role.tags,
    after: { ...role.tags, ...desired.tags },
    steps: [
      ...step('tag-role', added, { kind: 'untag-role', roleName: role.name, keys: added.map(([key]) => key) }),
      ...step('retag-role', replaced, { kind: 'tag-role', roleName: role.name, tags: before }),
    ],
  };
};

export const roleChanges = (role: RoleState | undefined, desired: Desired): readonly Change[] =>
  role === undefined
    ? createRole(desired)
    : [trustChange(role, desired), settingsChange(role, desired), tagChange(role, desired)];
