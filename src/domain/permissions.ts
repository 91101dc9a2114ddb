/** What a role is to be allowed, from what was asked for: presets as documents, long documents as several, and what is wrong or unwise about it. */
import { checkAdmin } from './admin-access.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { checkAttachments, splitPolicy } from './policy-size.ts';
import { parsePreset, permissionsOf } from './presets.ts';
import type { PresetPlace } from './preset.ts';
import { missingReads } from './refresh-reads.ts';
import { fail, ok, type Result } from './result.ts';
import type { NamedPolicy, Spec } from './spec.ts';

export type PermissionsRequest = Spec['permissions'];

export interface Permissions {
  /** Each fits into a managed policy. */
  readonly policies: readonly NamedPolicy[];
  readonly policyArns: readonly string[];
  /** They stay in the plan. */
  readonly warnings: readonly Diagnostic[];
}

/** IAM compares names without regard to case. */
const sameNames = (policies: readonly NamedPolicy[]): readonly Diagnostic[] => {
  const seen = new Set<string>();
  return policies.flatMap(({ name }) => {
    const key = name.toLowerCase();
    if (!seen.has(key)) return (seen.add(key), []);
    return [
      problem('INVALID_VALUE', `two policies would be called "${name}"`, {
        hints: [{ text: 'give yours another name: --policy NAME=FILE' }],
      }),
    ];
  });
};

/** Every problem at once. Without one, warnings: what AWS would take and a person should think twice about. */
export const settlePermissions = (request: PermissionsRequest, place: PresetPlace): Result<Permissions> => {
  const named = request.presets.map((value) => parsePreset({ value, place: 'permissions.presets' }));
  const fromPresets = permissionsOf(
    named.flatMap((one) => (one.ok ? [one.value] : [])),
    place,
  );
  const whole = [...request.policies, ...fromPresets.policies];
  const policyArns = [...new Set([...request.policyArns, ...fromPresets.policyArns])];
  const splits = whole.map(splitPolicy);
  const policies = splits.flatMap((split) => (split.ok ? split.value : []));
  const findings = [
    ...named.flatMap((one) => (one.ok ? [] : one.diagnostics)),
    ...splits.flatMap((split) => (split.ok ? [] : split.diagnostics)),
    ...sameNames(policies),
    ...checkAttachments(policies.length + policyArns.length),
    ...checkAdmin(whole, policyArns, request.isAdminAllowed),
    // An attached policy may hold the reads, and nobody looks into it here.
    ...(policyArns.length === 0 ? missingReads(whole) : []),
  ];
  const [first, ...more] = findings.filter(({ severity }) => severity === 'error');
  return first === undefined ? ok({ policies, policyArns, warnings: findings }) : fail(first, ...more);
};
