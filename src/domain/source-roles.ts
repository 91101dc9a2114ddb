/** Which targets have a role made for them in the source (a hub, a role of instances), and so a use for what is said of such roles. Pure. */
import { problem, type Diagnostic } from './diagnostic.ts';
import { kindOf, parsePrincipal } from './principal-request.ts';
import type { SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

/** `input` with its layout settled. */
export const hasSourceRole = ({ trust = [], sourceTrust = [] }: Pick<SpecInput, 'trust' | 'sourceTrust'>): boolean =>
  sourceTrust.length > 0 || trust.some((given) => kindOf(given) === 'ec2');

/** Free of a boundary that it has no role for, and that was said for others, too. Where nobody has one, it stays to be refused. */
export const withoutIdleBoundary = (input: SpecInput, isUsedElsewhere: boolean): SpecInput =>
  isUsedElsewhere && !hasSourceRole(input) ? { ...input, sourcePermissionsBoundary: undefined } : input;

/** Names of the roles of the source through which it is entered; no two targets have one of a name to themselves. */
const namesOf = ({ trust = [], sourceTrust = [], hubRole, instanceRole }: SpecInput): readonly string[] => {
  const instances = trust.flatMap((given) => {
    const parsed = parsePrincipal(given);
    if (!parsed.ok || parsed.value.kind !== 'ec2') return [];
    return [parsed.value.roleName ?? instanceRole?.value ?? VALUES.instanceRole.default];
  });
  return sourceTrust.length === 0 ? instances : [...instances, hubRole?.value ?? VALUES.hubRole.default];
};

const sayBoundary = ({ name, sourcePermissionsBoundary: boundary }: SpecInput): string =>
  boundary === undefined ? `${name} says none` : `${name} says ${boundary.value}`;

/** One role has one boundary, whoever says it: otherwise each target would undo what the other one wants. */
export const contradictedBoundary = (inputs: readonly SpecInput[]): Diagnostic | undefined => {
  const known = new Map<string, SpecInput>();
  for (const input of inputs)
    for (const role of namesOf(input)) {
      const key = `${input.sourceAccount?.value ?? ''} ${role.toLowerCase()}`;
      const other = known.get(key) ?? input;
      known.set(key, other);
      if (other.sourcePermissionsBoundary?.value === input.sourcePermissionsBoundary?.value) continue;
      return problem('USAGE', `the role ${role} of the source has one boundary: ${sayBoundary(other)}, ${sayBoundary(input)}`, {
        path: (input.sourcePermissionsBoundary ?? other.sourcePermissionsBoundary)?.place ?? VALUES.sourcePermissionsBoundary.key,
        hints: [{ text: 'say it once, for all targets: source.permissionsBoundary at the head of xacct.yaml' }],
      });
    }
  return undefined;
};
