/** What must change in the managed policies of a role: those that we make, and what is attached. Pure. */
import { policyDescription } from '#domain/compile.ts';
import type { DesiredPolicy, DesiredRole, SideName } from '#domain/desired.ts';
import { noChange, type Change } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { ObservedRole } from './observe.ts';
import { isFree, isOurs } from './ownership.ts';
import { permissionsRiskOf } from './permissions-risk.ts';
import type { PolicyState } from './ports/account-iam.ts';
import { addressIn, stepIn } from './steps.ts';
import { tagSteps } from './tag-steps.ts';

/** One that nobody claimed gets the tags that make it ours. */
const adoption = (side: SideName, role: DesiredRole, { arn, tags }: PolicyState): readonly Change[] => {
  const steps = tagSteps(side, { kind: 'policy', name: arn }, tags, role.tags);
  if (steps.length === 0 || !isFree(tags)) return [];
  const address = addressIn(side, `policy/${arn.slice(arn.lastIndexOf('/') + 1)}/tags`);
  return [{ action: 'adopt', address, risk: 'none', before: tags, after: { ...tags, ...role.tags }, steps }];
};

const policyChange = (side: SideName, role: DesiredRole, wanted: DesiredPolicy, found: PolicyState | undefined): Change => {
  const address = addressIn(side, `policy/${wanted.name}`);
  if (found === undefined) {
    const { arn, name, description, document } = wanted;
    const policy = { name, path: role.path, description, document, tags: role.tags };
    const step = stepIn(side, name, {
      phase: 'make',
      write: { kind: 'create-policy', arn, policy },
      undo: { kind: 'delete-policy', arn },
    });
    return { action: 'create', address, risk: 'widens access', before: null, after: document, steps: [step] };
  }
  if (policyEquals(found.document, wanted.document)) return noChange(address, found.document);
  const step = stepIn(side, wanted.name, {
    phase: 'make',
    write: { kind: 'update-policy', arn: wanted.arn, document: wanted.document },
    undo: { kind: 'update-policy', arn: wanted.arn, document: found.document },
  });
  const risk = permissionsRiskOf(found.document, wanted.document);
  return { action: 'update', address, risk, before: found.document, after: wanted.document, steps: [step] };
};

const attachmentChange = (side: SideName, roleName: string, policyArn: string, found: ObservedRole): Change => {
  const address = addressIn(side, `role/${roleName}/attachment/${policyArn}`);
  if (found.attachments.includes(policyArn)) return noChange(address, policyArn);
  const step = stepIn(side, policyArn, {
    phase: 'join',
    write: { kind: 'attach-policy', roleName, policyArn },
    undo: { kind: 'detach-policy', roleName, policyArn },
  });
  return { action: 'create', address, risk: 'widens access', before: null, after: policyArn, steps: [step] };
};

const detachChange = (side: SideName, roleName: string, policyArn: string): Change => {
  const step = stepIn(side, policyArn, {
    phase: 'part',
    write: { kind: 'detach-policy', roleName, policyArn },
    undo: { kind: 'attach-policy', roleName, policyArn },
  });
  const address = addressIn(side, `role/${roleName}/attachment/${policyArn}`);
  return { action: 'delete', address, risk: 'removes access', before: policyArn, after: null, steps: [step] };
};

/** A policy that we made goes with its attachment. */
const deleteChange = (side: SideName, role: DesiredRole, { arn, document, tags }: PolicyState): Change => {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const policy = { name, path: role.path, description: policyDescription(role.name), document, tags };
  const step = stepIn(side, name, {
    phase: 'sweep',
    write: { kind: 'delete-policy', arn },
    undo: { kind: 'create-policy', arn, policy },
  });
  const address = addressIn(side, `policy/${name}`);
  return { action: 'delete', address, risk: 'removes access', before: document, after: null, steps: [step] };
};

/** What hangs on a role of ours and is no longer wanted, and policies of ours that are no longer of use. */
const leftoverChanges = (side: SideName, role: DesiredRole, found: ObservedRole): readonly Change[] => {
  const wanted = new Set([...role.attachments, ...role.policies.map(({ arn }) => arn)]);
  const surplus = [...new Set([...found.attachments, ...found.policies.keys()])].filter((arn) => !wanted.has(arn));
  return surplus.flatMap((arn) => {
    const policy = found.policies.get(arn);
    return [
      ...(found.attachments.includes(arn) ? [detachChange(side, role.name, arn)] : []),
      ...(policy && isOurs(policy.tags, role.tags) ? [deleteChange(side, role, policy)] : []),
    ];
  });
};

export const policyChanges = (side: SideName, role: DesiredRole, found: ObservedRole): readonly Change[] => [
  ...role.policies.flatMap((policy) => {
    const state = found.policies.get(policy.arn);
    return [...(state ? adoption(side, role, state) : []), policyChange(side, role, policy, state)];
  }),
  ...role.attachments.map((arn) => attachmentChange(side, role.name, arn, found)),
  ...leftoverChanges(side, role, found),
];
