/** `--adopt` without a file: what is there says what is wanted, so that the file that is written first describes it. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { formatDuration } from '#domain/duration.ts';
import { listOf, statementsOf } from '#domain/policy-document.ts';
import { DEFAULTS, layer, NOTHING_GIVEN, type SpecInput } from '#domain/spec-input.ts';
import { trustedBy } from '#core/trust-risk.ts';
import type { RoleState } from '#core/ports/account-iam.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { openAccounts } from './open-accounts.ts';
import type { Target } from './targets.ts';

const inputOf = (name: string, role: RoleState, attachments: readonly string[]): SpecInput => {
  const given = (value: string) => ({ value, place: `role ${role.name}` });
  const ids = statementsOf(role.trustPolicy).flatMap(({ Effect, Condition }) =>
    Effect === 'Allow' ? listOf(Condition?.['StringEquals']?.['sts:ExternalId']).map(String) : [],
  );
  const externalIds = [...new Set(ids)];
  const { permissionsBoundary } = role;
  return {
    ...NOTHING_GIVEN,
    name,
    path: given(role.path),
    description: given(role.description),
    maxSessionDuration: given(formatDuration(role.maxSessionSeconds)),
    trust: trustedBy(role.trustPolicy).map(given),
    externalId: (externalIds.length > 0 ? externalIds : ['none']).map(given),
    policyArns: attachments.length > 0 ? attachments.map(given) : undefined,
    noPermissions: attachments.length === 0,
    ...(permissionsBoundary !== undefined && { permissionsBoundary: given(permissionsBoundary) }),
  };
};

/** Flags win over what is there; a file says it all by itself. */
export const withExisting = async (target: Target, input: Input, context: Context): Promise<Target> => {
  if (!input.isSet('adopt') || target.inFile !== undefined) return target;
  if (target.pair)
    throw new XacctError(
      problem('USAGE', 'what is there is one role, and a pair is two', {
        path: '--adopt',
        hints: [
          { text: 'adopt each under its own name, as a target of its own', command: 'xacct init --adopt --role-name NAME' },
        ],
      }),
    );
  const { iam } = (await openAccounts(target, target.input.region?.value, input, context)).target;
  const name = target.input.roleName?.value ?? DEFAULTS.roleName;
  const [role, attachments] = await Promise.all([iam.readRole(name), iam.listAttachedPolicies(name)]);
  return role === undefined ? target : { ...target, input: layer(target.input, inputOf(target.input.name, role, attachments)) };
};
