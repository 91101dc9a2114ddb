/** `generate` keeps the external id that a role of ours already asks for, so that a re-run locks nobody out. Pure. */
import { ownershipTags } from '#domain/compile.ts';
import { ID_TAG } from '#domain/desired.ts';
import { listOf, statementsOf } from '#domain/policy-document.ts';
import type { Spec } from '#domain/spec.ts';
import type { RoleState } from './ports/account-iam.ts';

const externalIdsIn = (role: RoleState): readonly string[] =>
  statementsOf(role.trustPolicy).flatMap(({ Effect, Condition }) =>
    Effect === 'Allow' ? listOf(Condition?.['StringEquals']?.['sts:ExternalId']).map(String) : [],
  );

export const keepExternalId = (spec: Spec, role: RoleState | undefined): Spec => {
  if (spec.role.externalId.kind !== 'generate' || role === undefined) return spec;
  if (role.tags[ID_TAG] !== ownershipTags(spec)[ID_TAG]) return spec;
  const [first, ...rest] = [...new Set(externalIdsIn(role))];
  return first === undefined
    ? spec
    : { ...spec, role: { ...spec.role, externalId: { kind: 'given', values: [first, ...rest] } } };
};
