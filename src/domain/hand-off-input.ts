/** A role that is to be made, as it is handed over: from a Spec, and as the values that init works from. Pure. */
import type { Given } from './fields.ts';
import type { MakeRoleStep } from './hand-off.ts';
import { namePrincipal, type Principal } from './principal.ts';
import type { Spec } from './spec.ts';
import { NOTHING_GIVEN, type GivenList, type SpecInput } from './spec-input.ts';
import { externalIdsOf } from './trust-policy.ts';

/** With its account: the file is read where another one is meant by a bare name. */
const nameOf = (principal: Principal): string => (principal.kind === 'aws' ? principal.arn : namePrincipal(principal, ''));

export const makeRoleStepOf = (spec: Spec): MakeRoleStep => {
  const { conditions } = spec.role;
  return {
    kind: 'make-role',
    sourceAccount: spec.sourceAccount,
    targetAccount: spec.targetAccount,
    roleName: spec.role.name,
    path: spec.role.path,
    maxSessionSeconds: spec.role.maxSessionSeconds,
    trust: spec.role.trust.map(nameOf),
    externalIds: [...externalIdsOf(spec)],
    conditions: {
      mfa: conditions.mfa,
      sourceIps: [...conditions.sourceIps],
      orgId: conditions.orgId ?? null,
      orgPaths: [...conditions.orgPaths],
      sourceIdentities: [...conditions.sourceIdentities],
      sessionNamePrefix: conditions.sessionNamePrefix ?? null,
      sessionTags: Object.fromEntries(Object.entries(conditions.sessionTags).map(([key, value]) => [key, value ?? null])),
    },
  };
};

/** As if somebody had typed them; `file` is the place of every fault. */
export const inputOfStep = (step: MakeRoleStep, file: string): SpecInput => {
  const { conditions } = step;
  const one = (value: string, key: string): Given<string> => ({ value, place: `${file} step.${key}` });
  const maybe = (value: string | null, key: string) => (value === null ? undefined : one(value, key));
  const many = (values: readonly string[], key: string): GivenList =>
    values.length === 0 ? undefined : values.map((value) => one(value, key));
  // A key may hold an equals sign itself.
  const tags = Object.entries(conditions.sessionTags).map(([key, value]) => ({
    ...one(value === null ? key : `${key}=${value}`, 'conditions.sessionTags'),
    keyLength: key.length,
  }));
  return {
    ...NOTHING_GIVEN,
    name: 'target',
    sourceAccount: one(step.sourceAccount, 'sourceAccount'),
    targetAccount: one(step.targetAccount, 'targetAccount'),
    roleName: one(step.roleName, 'roleName'),
    path: one(step.path, 'path'),
    maxSessionDuration: one(String(step.maxSessionSeconds), 'maxSessionSeconds'),
    trust: many(step.trust, 'trust'),
    externalId: many(step.externalIds.length === 0 ? ['none'] : step.externalIds, 'externalIds'),
    requireMfa: { value: conditions.mfa, place: `${file} step.conditions.mfa` },
    sourceIps: many(conditions.sourceIps, 'conditions.sourceIps'),
    orgId: maybe(conditions.orgId, 'conditions.orgId'),
    orgPaths: many(conditions.orgPaths, 'conditions.orgPaths'),
    requiredSourceIdentities: many(conditions.sourceIdentities, 'conditions.sourceIdentities'),
    sessionNamePrefix: maybe(conditions.sessionNamePrefix, 'conditions.sessionNamePrefix'),
    requiredSessionTags: tags.length === 0 ? undefined : tags,
  };
};
