/** What must change in inline policies: those of a role of ours, and the ones that we put on principals of others. Pure. */
import type { DesiredGrant, DesiredRole, InlineOwner } from '#domain/desired.ts';
import { noChange, type Change } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { KEPT_POLICY } from '#domain/kept-trust.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { LOCK_POLICY } from '#domain/role-lock.ts';
import { permissionsRiskOf } from './permissions-risk.ts';
import type { ObservedRole } from './observe.ts';
import { addressIn, stepIn, type Site } from './steps.ts';

interface Inline {
  readonly owner: InlineOwner;
  readonly policyName: string;
}

const addressOf = (site: Site, { owner, policyName }: Inline): string =>
  addressIn(site, `${owner.kind}/${owner.name}/inline/${policyName}`);

const subjectOf = ({ owner, policyName }: Inline): string => `${policyName} of ${owner.kind} ${owner.name}`;

const putChange = (site: Site, inline: Inline, before: PolicyDocument | undefined, after: PolicyDocument): Change => {
  const address = addressOf(site, inline);
  if (before !== undefined && policyEquals(before, after)) return noChange(address, before);
  const { owner, policyName } = inline;
  const step = stepIn(site, subjectOf(inline), {
    phase: 'join',
    write: { kind: 'put-inline', owner, policyName, document: after },
    undo:
      before === undefined
        ? { kind: 'delete-inline', owner, policyName }
        : { kind: 'put-inline', owner, policyName, document: before },
  });
  return {
    action: before === undefined ? 'create' : 'update',
    address,
    risk: permissionsRiskOf(before, after),
    before: before ?? null,
    after,
    steps: [step],
  };
};

/** `elsewhere`: a policy of the same words is attached before this one goes. */
const deleteChange = (site: Site, inline: Inline, before: PolicyDocument, elsewhere: boolean): Change => {
  const { owner, policyName } = inline;
  const step = stepIn(site, subjectOf(inline), {
    phase: 'part',
    write: { kind: 'delete-inline', owner, policyName },
    undo: { kind: 'put-inline', owner, policyName, document: before },
  });
  return {
    action: 'delete',
    address: addressOf(site, inline),
    risk: elsewhere ? 'none' : permissionsRiskOf(before, undefined),
    before,
    after: null,
    steps: [step],
  };
};

export const inlineChanges = (site: Site, wanted: DesiredRole, found: ObservedRole): readonly Change[] => {
  const owner = { kind: 'role', name: wanted.name } as const;
  const documents = Object.entries(wanted.inline ?? {});
  const names = new Set(documents.map(([name]) => name));
  const leftovers = [...found.inline].filter(([name]) => !names.has(name) && name !== LOCK_POLICY && name !== KEPT_POLICY);
  return [
    ...documents.map(([policyName, document]) => putChange(site, { owner, policyName }, found.inline.get(policyName), document)),
    ...leftovers.map(([policyName, document]) =>
      deleteChange(
        site,
        { owner, policyName },
        document,
        wanted.policies.some((policy) => policyEquals(policy.document, document)),
      ),
    ),
  ];
};

export const grantChange = (site: Site, grant: DesiredGrant, found: PolicyDocument | undefined): Change =>
  putChange(site, grant, found, grant.document);
