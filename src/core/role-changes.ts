/** What must change on a role itself, on either side: its trust policy, settings, boundary and tags. Pure. */
import type { DesiredRole } from '#domain/desired.ts';
import { noChange, withNotes, type Change } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { isTrustLocked, lockTrust } from '#domain/role-lock.ts';
import { isFree } from './ownership.ts';
import type { RoleState } from './ports/account-iam.ts';
import { addressIn, stepIn, type Site } from './steps.ts';
import { tagSteps } from './tag-steps.ts';
import { orphansIn, trustRiskOf } from './trust-risk.ts';

const createRole = (site: Site, wanted: DesiredRole): readonly Change[] => {
  const { name, path, description, maxSessionSeconds, permissionsBoundary, trustPolicy, tags } = wanted;
  const role = {
    name,
    path,
    description,
    maxSessionSeconds,
    ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    trustPolicy,
    tags,
  };
  const step = stepIn(site, name, {
    // The target's trust policy may name a role of the source, which then has to exist.
    phase: site.side === 'source' ? 'found' : 'make',
    write: { kind: 'create-role', role },
    undo: { kind: 'delete-role', roleName: name },
  });
  const address = addressIn(site, `role/${name}`);
  return [{ action: 'create', address, risk: 'widens access', before: null, after: role, steps: [step] }];
};

const orphanNote = (id: string): string =>
  `${id} is the id of a ${id.startsWith('AROA') ? 'role' : 'user'} that was deleted: this id is no longer anybody, and one that was made again under the same name is refused until this is applied`;

const trustChange = (site: Site, role: RoleState, wanted: DesiredRole): Change => {
  const address = addressIn(site, `role/${role.name}/trust`);
  const { trustPolicy: before } = role;
  // A lock stays until unlock, whatever else changes.
  const after = isTrustLocked(before) ? lockTrust(wanted.trustPolicy) : wanted.trustPolicy;
  if (policyEquals(before, after)) return noChange(address, before);
  const step = stepIn(site, role.name, {
    phase: 'make',
    write: { kind: 'update-trust', roleName: role.name, trustPolicy: after },
    undo: { kind: 'update-trust', roleName: role.name, trustPolicy: before },
  });
  const notes = orphansIn(before).map(orphanNote);
  return withNotes({ action: 'update', address, risk: trustRiskOf(before, after), before, after, steps: [step] }, notes);
};

const settingsChange = (site: Site, role: RoleState, wanted: DesiredRole): Change => {
  const address = addressIn(site, `role/${role.name}/settings`);
  const before = { description: role.description, maxSessionSeconds: role.maxSessionSeconds };
  const after = { description: wanted.description, maxSessionSeconds: wanted.maxSessionSeconds };
  if (before.description === after.description && before.maxSessionSeconds === after.maxSessionSeconds)
    return noChange(address, before);
  const step = stepIn(site, role.name, {
    phase: 'make',
    write: { kind: 'update-role', roleName: role.name, settings: after },
    undo: { kind: 'update-role', roleName: role.name, settings: before },
  });
  return { action: 'update', address, risk: 'none', before, after, steps: [step] };
};

/** Nobody here knows when it came apart: a boundary that is asked for is put on a role as it is made. */
const boundaryNotes = (before: string | undefined, { permissionsBoundary: after, isShared }: DesiredRole): readonly string[] => {
  if (after === undefined) return [];
  const found = before === undefined ? 'the role has no boundary' : `the role has the boundary ${before}`;
  return [
    `${found}: somebody changed it since the role was made, or what is asked for is new`,
    ...(isShared ? ['it bounds whatever enters through this role, into every target'] : []),
  ];
};

/**
 * A boundary takes away from what the role may do, and lifting one gives it back. Where nobody says what bounds a role that targets share,
 * one that is there is the organization's, or of whoever administers the source, and stays.
 */
const boundaryChange = (site: Site, role: RoleState, wanted: DesiredRole): readonly Change[] => {
  const address = addressIn(site, `role/${role.name}/boundary`);
  const [before, after] = [role.permissionsBoundary, wanted.permissionsBoundary];
  if (before === after || (after === undefined && wanted.isShared))
    return before === undefined ? [] : [noChange(address, before)];
  const writeOf = (policyArn: string | undefined) =>
    policyArn === undefined
      ? ({ kind: 'delete-boundary', roleName: role.name } as const)
      : ({ kind: 'put-boundary', roleName: role.name, policyArn } as const);
  const step = stepIn(site, role.name, { phase: 'make', write: writeOf(after), undo: writeOf(before) });
  const change: Change = {
    action: before === undefined ? 'create' : after === undefined ? 'delete' : 'update',
    address,
    risk: after === undefined ? 'drops a condition' : 'removes access',
    before: before ?? null,
    after: after ?? null,
    steps: [step],
  };
  return [withNotes(change, boundaryNotes(before, wanted))];
};

/** Tags that others put on the role stay. */
const tagChange = (site: Site, role: RoleState, wanted: DesiredRole): Change => {
  const address = addressIn(site, `role/${role.name}/tags`);
  const steps = tagSteps(site, { kind: 'role', name: role.name }, role.tags, wanted.tags);
  if (steps.length === 0) return noChange(address, role.tags);
  // Without its tags it is somebody else's; the conflict was told, and answered.
  const action = isFree(role.tags) ? 'adopt' : 'update';
  return { action, address, risk: 'none', before: role.tags, after: { ...role.tags, ...wanted.tags }, steps };
};

export const roleChanges = (site: Site, wanted: DesiredRole, found: RoleState | undefined): readonly Change[] =>
  found === undefined
    ? createRole(site, wanted)
    : [
        trustChange(site, found, wanted),
        settingsChange(site, found, wanted),
        ...boundaryChange(site, found, wanted),
        tagChange(site, found, wanted),
      ];
