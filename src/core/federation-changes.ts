/** What must change in what stands beside the roles: OIDC providers and instance profiles. Pure. */
import type { DesiredInstanceProfile, DesiredProvider, SideName } from '#domain/desired.ts';
import { noChange, type Change } from '#domain/plan.ts';
import type { InstanceProfileState, ProviderState } from './ports/account-iam.ts';
import { addressIn, stepIn } from './steps.ts';
import { tagSteps } from './tag-steps.ts';

export const issuerOf = ({ url }: Pick<DesiredProvider, 'url'>): string => url.replace(/^https?:\/\//, '');

/** It gains audiences and loses none: others may use it. */
export const providerChange = (side: SideName, wanted: DesiredProvider, found: ProviderState | undefined): Change => {
  const address = addressIn(side, `provider/${issuerOf(wanted)}`);
  const { arn, url, clientIds, tags } = wanted;
  if (found === undefined) {
    const provider = { arn, url, clientIds, tags };
    const step = stepIn(side, issuerOf(wanted), {
      phase: 'found',
      write: { kind: 'create-provider', provider },
      undo: { kind: 'delete-provider', arn },
    });
    const after = { url, clientIds };
    return { action: 'create', address, risk: 'widens access', before: null, after, steps: [step] };
  }
  const before = { url, clientIds: found.clientIds };
  const missing = clientIds.filter((id) => !found.clientIds.includes(id));
  if (missing.length === 0) return noChange(address, before);
  const steps = missing.map((clientId) =>
    stepIn(side, `${clientId} of ${issuerOf(wanted)}`, {
      phase: 'found',
      write: { kind: 'add-client-id', arn, clientId },
      undo: { kind: 'remove-client-id', arn, clientId },
    }),
  );
  const after = { url, clientIds: [...found.clientIds, ...missing] };
  return { action: 'update', address, risk: 'widens access', before, after, steps };
};

const roleStep = (side: SideName, profileName: string, roleName: string) =>
  stepIn(side, `${roleName} of ${profileName}`, {
    phase: 'join',
    write: { kind: 'add-role-to-profile', profileName, roleName },
    undo: { kind: 'remove-role-from-profile', profileName, roleName },
  });

/** Instances that have it get another role at once, or none for a moment. */
const replaceSteps = (side: SideName, profileName: string, before: string, after: string) => [
  stepIn(side, `${before} of ${profileName}`, {
    phase: 'make',
    write: { kind: 'remove-role-from-profile', profileName, roleName: before },
    undo: { kind: 'add-role-to-profile', profileName, roleName: before },
  }),
  roleStep(side, profileName, after),
];

export const instanceProfileChanges = (
  side: SideName,
  wanted: DesiredInstanceProfile,
  found: InstanceProfileState | undefined,
): readonly Change[] => {
  const { name, path, roleName, tags } = wanted;
  const address = addressIn(side, `instance-profile/${name}`);
  if (found === undefined) {
    const step = stepIn(side, name, {
      phase: 'make',
      write: { kind: 'create-instance-profile', profile: { name, path, tags } },
      undo: { kind: 'delete-instance-profile', name },
    });
    const steps = [step, roleStep(side, name, roleName)];
    return [{ action: 'create', address, risk: 'widens access', before: null, after: { path, role: roleName }, steps }];
  }
  const before = { path: found.path, role: found.roleName ?? null };
  const tagging = tagSteps(side, { kind: 'instance-profile', name }, found.tags, tags);
  const after = { path: found.path, role: roleName };
  const roles =
    found.roleName === roleName
      ? []
      : found.roleName === undefined
        ? [roleStep(side, name, roleName)]
        : replaceSteps(side, name, found.roleName, roleName);
  if (roles.length + tagging.length === 0) return [noChange(address, before)];
  const risk = found.roleName === roleName ? 'none' : found.roleName === undefined ? 'widens access' : 'removes access';
  return [{ action: 'update', address, risk, before, after, steps: [...tagging, ...roles] }];
};
