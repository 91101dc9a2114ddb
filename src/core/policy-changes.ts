/** What must change in the managed policies of a role: those that we make, and what is attached. Pure. */
import { policyDescription } from '#domain/compile.ts';
import type { DesiredPolicy, DesiredRole } from '#domain/desired.ts';
import { noChange, type Change } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { ObservedRole } from './observe.ts';
import { isFree, isOurs } from './ownership.ts';
import { permissionsRiskOf } from './permissions-risk.ts';
import type { PolicyState } from './ports/account-iam.ts';
import { addressIn, stepIn, type Site } from './steps.ts';
import { tagSteps } from './tag-steps.ts';

/** One that nobody claimed gets the tags that make it ours. */
const adoption = (site: Site, role: DesiredRole, { arn, tags }: PolicyState): readonly Change[] => {
  const steps = tagSteps(site, { kind: 'policy', name: arn }, tags, role.tags);
  if (steps.length === 0 || !isFree(tags)) return [];
  const address = addressIn(site, `policy/${arn.slice(arn.lastIndexOf('/') + 1)}/tags`);
  return [{ action: 'adopt', address, risk: 'none', before: tags, after: { ...tags, ...role.tags }, steps }];
};

const policyChange = (site: Site, role: DesiredRole, wanted: DesiredPolicy, found: PolicyState | undefined): Change => {
  const address = addressIn(site, `policy/${wanted.name}`);
  if (found === undefined) {
    const { arn, name, description, document } = wanted;
    const policy = { name, path: role.path, description, document, tags: role.tags };
    const step = stepIn(site, name, {
      phase: 'make',
      write: { kind: 'create-policy', arn, policy },
      undo: { kind: 'delete-policy', arn },
    });
    return { action: 'create', address, risk: 'widens access', before: null, after: document, steps: [step] };
  }
  if (policyEquals(found.document, wanted.document)) return noChange(address, found.document);
  const step = stepIn(site, wanted.name, {
    phase: 'make',
    write: { kind: 'update-policy', arn: wanted.arn, document: wanted.document },
    undo: { kind: 'update-policy', arn: wanted.arn, document: found.document },
  });
  const risk = permissionsRiskOf(found.document, wanted.document);
  return { action: 'update', address, risk, before: found.document, after: wanted.document, steps: [step] };
};

const attachmentChange = (site: Site, roleName: string, policyArn: string, found: ObservedRole): Change => {
  const address = addressIn(site, `role/${roleName}/attachment/${policyArn}`);
  if (found.attachments.includes(policyArn)) return noChange(address, policyArn);
  const step = stepIn(site, policyArn, {
    phase: 'join',
    write: { kind: 'attach-policy', roleName, policyArn },
    undo: { kind: 'detach-policy', roleName, policyArn },
  });
  return { action: 'create', address, risk: 'widens access', before: null, after: policyArn, steps: [step] };
};

const detachChange = (site: Site, roleName: string, policyArn: string): Change => {
  const step = stepIn(site, policyArn, {
    phase: 'part',
    write: { kind: 'detach-policy', roleName, policyArn },
    undo: { kind: 'attach-policy', roleName, policyArn },
  });
  const address = addressIn(site, `role/${roleName}/attachment/${policyArn}`);
  return { action: 'delete', address, risk: 'removes access', before: policyArn, after: null, steps: [step] };
};

/** A policy that we made goes with its attachment. */
const deleteChange = (site: Site, role: DesiredRole, { arn, document, tags }: PolicyState): Change => {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const policy = { name, path: role.path, description: policyDescription(role.name), document, tags };
  const step = stepIn(site, name, {
    phase: 'sweep',
    write: { kind: 'delete-policy', arn },
    undo: { kind: 'create-policy', arn, policy },
  });
  const address = addressIn(site, `policy/${name}`);
  return {
    action: 'delete',
    address,
    risk: permissionsRiskOf(document, undefined),
    before: document,
    after: null,
    steps: [step],
  };
};

/** What hangs on a role of ours and is no longer wanted, and policies of ours that are no longer of use. */
const leftoverChanges = (site: Site, role: DesiredRole, found: ObservedRole): readonly Change[] => {
  const wanted = new Set([...role.attachments, ...role.policies.map(({ arn }) => arn)]);
  const surplus = [...new Set([...found.attachments, ...found.policies.keys()])].filter((arn) => !wanted.has(arn));
  return surplus.flatMap((arn) => {
    const policy = found.policies.get(arn);
    return [
      ...(found.attachments.includes(arn) ? [detachChange(site, role.name, arn)] : []),
      ...(policy && isOurs(policy.tags, role.tags) ? [deleteChange(site, role, policy)] : []),
    ];
  });
};

export const policyChanges = (site: Site, role: DesiredRole, found: ObservedRole): readonly Change[] => [
  ...role.policies.flatMap((policy) => {
    const state = found.policies.get(policy.arn);
    return [...(state ? adoption(site, role, state) : []), policyChange(site, role, policy, state)];
  }),
  ...role.attachments.map((arn) => attachmentChange(site, role.name, arn, found)),
  ...leftoverChanges(site, role, found),
];
