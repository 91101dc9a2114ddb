/** A set-up as the contents of a new xacct.yaml: what was said, with what was found out and made in its place. */
import type { ConfigMap, ConfigValue } from './config.ts';
import { formatDuration } from './duration.ts';
import { splitOf, type Given } from './fields.ts';
import { namedFile } from './named-file.ts';
import { isPair } from './pair.ts';
import { namePrincipal } from './principal.ts';
import type { ExternalIdWish, Spec } from './spec.ts';
import type { SpecInput } from './spec-input.ts';
import type { TrustConditions } from './trust-conditions.ts';
import { definitionOf, VALUE_NAMES, VALUES, type ValueName } from './values.ts';

/** Names of one machine, which no Spec knows. */
export interface FileHints {
  readonly sourceProfile: string | undefined;
  readonly targetProfile: string | undefined;
}

const mapOf = (pairs: readonly Given<string>[]): ConfigMap =>
  Object.fromEntries(
    pairs.map((pair) => {
      const split = splitOf(pair);
      return split === -1 ? [pair.value, null] : [pair.value.slice(0, split), pair.value.slice(split + 1)];
    }),
  );

const filesOf = (files: readonly Given<string>[]): ConfigMap =>
  Object.fromEntries(files.map((given) => [namedFile(given).name, namedFile(given).file]));

/** A value as the file writes it; undefined where nobody gave one. */
export const saidInFile = (name: ValueName, input: SpecInput): ConfigValue | undefined => {
  const given: Given<string | boolean> | readonly Given<string>[] | undefined = input[name];
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) return (given as Given<string | boolean>).value;
  const { kind } = definitionOf(name);
  if (kind === 'files') return filesOf(given as readonly Given<string>[]);
  if (kind === 'map' || kind === 'tags') return mapOf(given as readonly Given<string>[]);
  const texts = (given as readonly Given<string>[]).map(({ value }) => value);
  return kind === 'one-or-list' && texts.length === 1 ? texts[0] : texts;
};

/** The external ID as a text or a list; the one that is generated is no longer a wish. */
export const externalIdInFile = (wish: ExternalIdWish): string | readonly string[] => {
  if (wish.kind === 'none') return 'none';
  const [first, ...rest] = wish.kind === 'given' ? wish.values : [wish.fresh];
  return rest.length === 0 ? first : [first, ...rest];
};

const isMap = (value: unknown): value is ConfigMap => typeof value === 'object' && value !== null && !Array.isArray(value);

const put = (map: ConfigMap, path: readonly string[], value: ConfigValue | undefined): ConfigMap => {
  const [key = '', ...rest] = path;
  if (value === undefined) return map;
  const below = map[key];
  return { ...map, [key]: rest.length === 0 ? value : put(isMap(below) ? below : {}, rest, value) };
};

const orAbsent = <T extends object>(value: T): T | undefined => (Object.keys(value).length === 0 ? undefined : value);

const nullable = (tags: TrustConditions['sessionTags']): ConfigMap =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value ?? null]));

const conditionValues = (conditions: TrustConditions): Partial<Record<ValueName, ConfigValue | undefined>> => ({
  requireMfa: conditions.mfa || undefined,
  sourceIps: orAbsent(conditions.sourceIps),
  orgId: conditions.orgId,
  orgPaths: orAbsent(conditions.orgPaths),
  requiredSourceIdentities: orAbsent(conditions.sourceIdentities),
  sessionNamePrefix: conditions.sessionNamePrefix,
  requiredSessionTags: orAbsent(nullable(conditions.sessionTags)),
});

/** What the Spec knows, and knows better than what was said: a default that was taken, `self` as who it is. */
const settledValues = ({
  sourceAccount,
  region,
  role,
  permissions,
  session,
}: Spec): Partial<Record<ValueName, ConfigValue | undefined>> => ({
  sourceAccount,
  roleName: role.name,
  path: role.path,
  description: role.description,
  trust: role.trust.map((principal) => namePrincipal(principal, sourceAccount)),
  maxSessionDuration: formatDuration(role.maxSessionSeconds),
  permissionsBoundary: role.permissionsBoundary,
  tags: orAbsent(role.tags),
  ...conditionValues(role.conditions),
  policyArns: permissions.policyArns,
  presets: orAbsent(permissions.presets),
  allowAdmin: permissions.isAdminAllowed || undefined,
  region,
  sessionName: session.name,
  duration: formatDuration(session.seconds),
  sessionTags: orAbsent(session.tags),
  transitiveTags: orAbsent(session.transitiveTagKeys),
  sourceIdentity: session.sourceIdentity,
  sessionPolicyArns: orAbsent(session.policyArns),
});

/** What the halves of a pair differ in: the file says it of both, as it was said. */
const ofBoth = (input: SpecInput, spec: Spec): Partial<Record<ValueName, ConfigValue | undefined>> => ({
  roleName: input.roleName?.value ?? VALUES.roleName.default,
  trust: trustInFile(input, spec),
  policyArns: saidInFile('policyArns', input) ?? [],
  presets: saidInFile('presets', input),
  allowAdmin: saidInFile('allowAdmin', input),
});

/** Principals as a person would name them, `self` as who it is: for a teammate it would be somebody else. */
export const trustInFile = (input: SpecInput, { role, sourceAccount }: Spec): readonly string[] => {
  const settled = role.trust.map((principal) => namePrincipal(principal, sourceAccount));
  if (!isPair(input) || input.trust === undefined) return settled;
  const said = input.trust.map(({ value }) => value);
  // A half's own trust lacks the tokens of the other half.
  const self = role.trust.flatMap((principal) => (principal.kind === 'aws' ? [namePrincipal(principal, sourceAccount)] : []));
  return [...new Set(said.flatMap((value) => (value === 'self' ? self : [value])))];
};

const SECTIONS = ['version', 'viaRole', 'source', 'role', 'permissions', 'terraform', 'targets'];

export const documentOf = (input: SpecInput, spec: Spec, hints: FileHints): ConfigMap => {
  const settled = {
    ...settledValues(spec),
    ...(isPair(input) && ofBoth(input, spec)),
    policies: saidInFile('policies', input) ?? {},
  };
  const isOfTarget = (name: ValueName): boolean => name === 'targetAccount' || name === 'externalId';
  const values = VALUE_NAMES.filter((name) => !isOfTarget(name)).flatMap((name) => {
    const { key } = definitionOf(name);
    return key === undefined ? [] : [[key, Object.hasOwn(settled, name) ? settled[name] : saidInFile(name, input)] as const];
  });
  const target = {
    account: spec.targetAccount,
    ...(hints.targetProfile !== undefined && { profile: hints.targetProfile }),
    role: { externalId: externalIdInFile(spec.role.externalId) },
  };
  const entries: readonly (readonly [string, ConfigValue | undefined])[] = [
    ['source.account', spec.sourceAccount],
    ['source.profile', hints.sourceProfile],
    ...values,
  ];
  const all = entries.reduce<ConfigMap>((map, [key, value]) => put(map, key.split('.'), value), {
    version: '1',
    targets: { [input.name]: target },
  });
  return Object.fromEntries(SECTIONS.filter((key) => Object.hasOwn(all, key)).map((key) => [key, all[key]]));
};
