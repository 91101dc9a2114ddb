/** `generate` keeps the external id that a role of ours already asks for, so that a re-run locks nobody out. Pure. */
import { ownershipTags } from '#domain/compile.ts';
import { ID_TAG } from '#domain/desired.ts';
import type { Spec } from '#domain/spec.ts';
import { askedValues } from '#domain/asked-values.ts';
import type { RoleState } from './ports/account-iam.ts';

export const keepExternalId = (spec: Spec, role: RoleState | undefined): Spec => {
  if (spec.role.externalId.kind !== 'generate' || role === undefined) return spec;
  if (role.tags[ID_TAG] !== ownershipTags(spec)[ID_TAG]) return spec;
  const [first, ...rest] = askedValues(role.trustPolicy, 'sts:ExternalId');
  return first === undefined
    ? spec
    : { ...spec, role: { ...spec.role, externalId: { kind: 'given', values: [first, ...rest] } } };
};
