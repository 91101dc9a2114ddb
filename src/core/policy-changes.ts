/** What must change in the policies of the role: those that we make, and what is attached. Pure. */
import { policyDescription, type Desired, type DesiredPolicy } from '#domain/compile.ts';
import { noChange, type Change } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { Observed } from './observe.ts';
import { isOurs } from './ownership.ts';
import type { PolicyState } from './ports/target-iam.ts';

const policyChange = (wanted: DesiredPolicy, found: PolicyState | undefined, desired: Desired): Change => {
  const address = `policy/${wanted.name}`;
  if (found === undefined) {
    const { name, description, document } = wanted;
    const policy = { name, path: desired.role.path, description, document, tags: desired.tags };
    const step = {
      id: `create-policy ${name}`,
      phase: 'make',
      write: { kind: 'create-policy', arn: wanted.arn, policy },
      undo: { kind: 'delete-policy', arn: wanted.arn },
    } as const;
    return { action: 'create', address, risk: 'widens access', before: null, after: document, steps: [step] };
  }
  if (policyEquals(found.document, wanted.document)) return noChange(address, found.document);
  const step = {
    id: `update-policy ${wanted.name}`,
    phase: 'make',
    write: { kind: 'update-policy', arn: wanted.arn, document: wanted.document },
    undo: { kind: 'update-policy', arn: wanted.arn, document: found.document },
  } as const;
  return { action: 'update', address, risk: 'none', before: found.document, after: wanted.document, steps: [step] };
};

const attachmentChange = (policyArn: string, observed: Observed, desired: Desired): Change => {
  const roleName = desired.role.name;
  const address = `role/${roleName}/attachment/${policyArn}`;
  if (observed.attachments.includes(policyArn)) return noChange(address, policyArn);
  const step = {
    id: `attach-policy ${policyArn}`,
    phase: 'join',
    write: { kind: 'attach-policy', roleName, policyArn },
    undo: { kind: 'detach-policy', roleName, policyArn },
  } as const;
  return { action: 'create', address, risk: 'widens access', before: null, after: policyArn, steps: [step] };
};

/** What hangs on a role of ours and is no longer wanted; a policy that we made goes with its attachment. */
const leftoverChange = (policyArn: string, observed: Observed, desired: Desired): readonly Change[] => {
  const roleName = desired.role.name;
  const detach: Change = {
    action: 'delete',
    address: `role/${roleName}/attachment/${policyArn}`,
    risk: 'removes access',
    before: policyArn,
    after: null,
    steps: [
      {
        id: `detach-policy ${policyArn}`,
        phase: 'part',
        write: { kind: 'detach-policy', roleName, policyArn },
        undo: { kind: 'attach-policy', roleName, policyArn },
      },
    ],
  };
  const policy = observed.policies.get(policyArn);
  if (policy === undefined || !isOurs(policy.tags, desired)) return [detach];
  const name = policyArn.slice(policyArn.lastIndexOf('/') + 1);
  const write = { kind: 'delete-policy', arn: policyArn } as const;
  const undo = {
    kind: 'create-policy',
    arn: policyArn,
    policy: {
      name,
      path: desired.role.path,
      description: policyDescription(roleName),
      document: policy.document,
      tags: policy.tags,
    },
  } as const;
  const step = { id: `delete-policy ${name}`, phase: 'sweep', write, undo } as const;
  return [
    detach,
    { action: 'delete', address: `policy/${name}`, risk: 'removes access', before: policy.document, after: null, steps: [step] },
  ];
};

export const policyChanges = (observed: Observed, desired: Desired): readonly Change[] => {
  const wanted = new Set(desired.attachments);
  const leftovers = observed.attachments.filter((arn) => !wanted.has(arn));
  return [
    ...desired.policies.map((policy) => policyChange(policy, observed.policies.get(policy.arn), desired)),
    ...desired.attachments.map((arn) => attachmentChange(arn, observed, desired)),
    ...leftovers.flatMap((arn) => leftoverChange(arn, observed, desired)),
  ];
};
