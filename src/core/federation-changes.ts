/** What must change in what stands beside the roles: OIDC providers and instance profiles. Pure. */
import type { DesiredInstanceProfile, DesiredProvider } from '#domain/desired.ts';
import { noChange, type Change } from '#domain/plan.ts';
import type { InstanceProfileState, ProviderState } from './ports/account-iam.ts';
import { addressIn, stepIn, type Site } from './steps.ts';
import { tagSteps } from './tag-steps.ts';

export const issuerOf = ({ url }: Pick<DesiredProvider, 'url'>): string => url.replace(/^https?:\/\//, '');

/** It gains audiences and loses none: others may use it. */
export const providerChange = (site: Site, wanted: DesiredProvider, found: ProviderState | undefined): Change => {
  const address = addressIn(site, `provider/${issuerOf(wanted)}`);
  const { arn, url, clientIds, tags } = wanted;
  if (found === undefined) {
    const provider = { arn, url, clientIds, tags };
    const step = stepIn(site, issuerOf(wanted), {
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
    stepIn(site, `${clientId} of ${issuerOf(wanted)}`, {
      phase: 'found',
      write: { kind: 'add-client-id', arn, clientId },
      undo: { kind: 'remove-client-id', arn, clientId },
    }),
  );
  const after = { url, clientIds: [...found.clientIds, ...missing] };
  return { action: 'update', address, risk: 'widens access', before, after, steps };
};

const roleStep = (site: Site, profileName: string, roleName: string) =>
  stepIn(site, `${roleName} of ${profileName}`, {
    phase: 'join',
    write: { kind: 'add-role-to-profile', profileName, roleName },
    undo: { kind: 'remove-role-from-profile', profileName, roleName },
  });

/** Instances that have it get another role at once, or none for a moment. */
const replaceSteps = (site: Site, profileName: string, before: string, after: string) => [
  stepIn(site, `${before} of ${profileName}`, {
    phase: 'make',
    write: { kind: 'remove-role-from-profile', profileName, roleName: before },
    undo: { kind: 'add-role-to-profile', profileName, roleName: before },
  }),
  roleStep(site, profileName, after),
];

export const instanceProfileChanges = (
  site: Site,
  wanted: DesiredInstanceProfile,
  found: InstanceProfileState | undefined,
): readonly Change[] => {
  const { name, path, roleName, tags } = wanted;
  const address = addressIn(site, `instance-profile/${name}`);
  if (found === undefined) {
    const step = stepIn(site, name, {
      phase: 'found',
      write: { kind: 'create-instance-profile', profile: { name, path, tags } },
      undo: { kind: 'delete-instance-profile', name },
    });
    const steps = [step, roleStep(site, name, roleName)];
    return [{ action: 'create', address, risk: 'widens access', before: null, after: { path, role: roleName }, steps }];
  }
  const before = { path: found.path, role: found.roleName ?? null };
  const tagging = tagSteps(site, { kind: 'instance-profile', name }, found.tags, tags);
  const after = { path: found.path, role: roleName };
  const roles =
    found.roleName === roleName
      ? []
      : found.roleName === undefined
        ? [roleStep(site, name, roleName)]
        : replaceSteps(site, name, found.roleName, roleName);
  if (roles.length + tagging.length === 0) return [noChange(address, before)];
  const risk = found.roleName === roleName ? 'none' : found.roleName === undefined ? 'widens access' : 'removes access';
  return [{ action: 'update', address, risk, before, after, steps: [...tagging, ...roles] }];
};
