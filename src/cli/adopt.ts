/** `--adopt` without a file: what is there says what is wanted, so that the file that is written first describes it. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { formatDuration } from '#domain/duration.ts';
import type { Given } from '#domain/fields.ts';
import { givenFile } from '#domain/named-file.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { askedValues } from '#domain/asked-values.ts';
import { KEPT_POLICY } from '#domain/kept-trust.ts';
import { LOCK_POLICY } from '#domain/role-lock.ts';
import { layer } from '#domain/layer-input.ts';
import { NOTHING_GIVEN, type GivenList, type SpecInput } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import { trustedBy } from '#core/trust-risk.ts';
import type { AccountIam, RoleState } from '#core/ports/account-iam.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { openAccounts } from './open-accounts.ts';
import type { Target } from './targets.ts';

interface Existing {
  readonly role: RoleState;
  readonly attachments: readonly string[];
  readonly inline: readonly (readonly [name: string, document: PolicyDocument])[];
}

/** Ours to say from now on; marks of AWS and of xacct are not. */
const tagsOf = (tags: RoleState['tags'], place: string): GivenList => {
  const own = Object.entries(tags).filter(([key]) => !/^(?:aws|xacct):/i.test(key));
  return own.length === 0 ? undefined : own.map(([key, value]) => ({ value: `${key}=${value}`, place, keyLength: key.length }));
};

const inputOf = (name: string, { role, attachments, inline }: Existing): SpecInput => {
  const given = (value: string) => ({ value, place: `role ${role.name}` });
  const externalIds = askedValues(role.trustPolicy, 'sts:ExternalId');
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
    policies: inline.length > 0 ? inline.map(([policy, document]) => policyOf(policy, document)) : undefined,
    permissions: attachments.length + inline.length === 0 ? given('none') : undefined,
    tags: tagsOf(role.tags, `role ${role.name}`),
    ...(permissionsBoundary !== undefined && { permissionsBoundary: given(permissionsBoundary) }),
  };
};

/** What stands in the role itself becomes a policy beside it, of the same words: xacct.yaml has no other place for it. */
const policyOf = (name: string, document: PolicyDocument): Given<string> =>
  givenFile({ name, file: '' }, { place: `the inline policy ${name}`, content: JSON.stringify(document) });

/** IAM makes managed policies of one version only: others stay where they are. */
const readInline = async (name: string, iam: AccountIam): Promise<Existing['inline']> => {
  const names = (await iam.listInline(name)).filter((policy) => policy !== LOCK_POLICY && policy !== KEPT_POLICY);
  const found = await Promise.all(
    names.map(async (policy) => [policy, await iam.readInline({ kind: 'role', name }, policy)] as const),
  );
  return found.flatMap(([policy, document]) => (document?.Version === '2012-10-17' ? [[policy, document] as const] : []));
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
  const name = target.input.roleName?.value ?? VALUES.roleName.default;
  const [role, attachments, inline] = await Promise.all([
    iam.readRole(name),
    iam.listAttachedPolicies(name),
    readInline(name, iam),
  ]);
  if (role === undefined) return target;
  return { ...target, input: layer(target.input, inputOf(target.input.name, { role, attachments, inline })) };
};
