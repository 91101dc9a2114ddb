/**
 * The shape of a plan that lies in a file, which anybody may have written: every value by the parser that takes it from a person. valibot comes
 * with it, so it is loaded with the reader of xacct.yaml (host/config-file.ts).
 */
import * as v from 'valibot';
import { isAccountId } from './arn.ts';
import { foreignBoundary } from './boundary-checks.ts';
import { isTargetName } from './config.ts';
import { problem } from './diagnostic.ts';
import type { PlanFile } from './plan-file.ts';
import { isSaidAsPlanned } from './planned-said.ts';
import { parsePrincipal } from './principal-request.ts';
import { partitionById } from './partition.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { parsePresetText } from './presets.ts';
import { parsePolicyName } from './fields.ts';
import { fail, ok, type Result } from './result.ts';
import { shellWord } from './shell-word.ts';
import { parserOf, type ParsedHere } from './value-parsers.ts';
import { shapeOf, VALUE_NAMES, type ValueName } from './values.ts';

const isTaken = (name: ParsedHere, value: string): boolean => parserOf(name)({ value, place: '' }).ok;

/** As flags and the file take it. */
const like = (name: ParsedHere) =>
  v.pipe(
    v.string(),
    v.check((value) => isTaken(name, value)),
  );
const secondsLike = (name: ParsedHere) =>
  v.pipe(
    v.number(),
    v.check((value) => isTaken(name, String(value))),
  );
const account = v.pipe(v.string(), v.check(isAccountId));
const partition = v.pipe(
  v.string(),
  v.check((value) => partitionById(value) !== undefined),
);
const document = v.custom<unknown>((value) => parsePolicyDocument(value, 'identity').ok);

/** valibot's own takes a list for a map. */
const map = <T extends v.GenericSchema>(value: T) =>
  v.pipe(
    v.custom<Record<string, unknown>>((input) => !Array.isArray(input)),
    v.record(v.string(), value),
  );

const tagsLike = (name: ParsedHere) =>
  v.pipe(
    map(v.nullable(v.string())),
    v.check((tags) =>
      Object.entries(tags).every(([key, value]) => {
        const text = value === null ? key : `${key}=${value}`;
        return parserOf(name)({ value: text, place: '', keyLength: key.length }).ok;
      }),
    ),
  );

interface TokenPrincipal {
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subjects: readonly string[];
}

/** All that is asked of a token follows from the principal's name: a plan cannot say another thing of it. */
const isSaidByName = ({ name, issuer, audience, subjects }: TokenPrincipal): boolean => {
  const parsed = parsePrincipal({ value: name, place: '' });
  if (!parsed.ok || parsed.value.kind !== 'oidc') return false;
  const said = parsed.value;
  return said.issuer === issuer && said.audience === audience && said.subjects.join('\n') === subjects.join('\n');
};

const oidc = v.pipe(
  v.strictObject({
    kind: v.literal('oidc'),
    name: like('trust'),
    issuer: v.string(),
    audience: v.string(),
    subjects: v.pipe(v.array(v.string()), v.minLength(1)),
  }),
  v.check((value) => isSaidByName(value)),
);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html */
const profileName = v.pipe(v.string(), v.regex(/^[\w+=,.@-]{1,128}$/));

const permissionSet = v.pipe(
  v.string(),
  v.check((value) => isTaken('trust', `sso:${value}`)),
);

const principal = v.union([
  v.strictObject({ kind: v.literal('aws'), arn: like('trust'), account, said: v.optional(v.string()) }),
  v.strictObject({ kind: v.literal('sso'), account, permissionSet }),
  oidc,
]);

const externalId = v.variant('kind', [
  v.strictObject({ kind: v.literal('generate'), fresh: like('externalId'), isDefault: v.optional(v.literal(true)) }),
  v.strictObject({ kind: v.literal('given'), values: v.pipe(v.array(like('externalId')), v.minLength(1)) }),
  v.strictObject({ kind: v.literal('none') }),
]);

const roleArn = v.strictObject({ partition, account, path: like('path'), name: like('roleName') });

const role = v.strictObject({
  name: like('roleName'),
  path: like('path'),
  description: like('description'),
  maxSessionSeconds: secondsLike('maxSessionDuration'),
  tags: tagsLike('tags'),
  trust: v.array(principal),
  untrusted: v.optional(v.array(principal)),
  externalId,
  externalIdChange: v.optional(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('rotate'), fresh: like('externalId') }),
      v.strictObject({ kind: v.literal('retire') }),
      v.strictObject({ kind: v.literal('drop') }),
    ]),
  ),
  conditions: v.strictObject({
    mfa: v.boolean(),
    sourceIps: v.array(like('sourceIps')),
    orgId: v.optional(like('orgId')),
    orgPaths: v.array(like('orgPaths')),
    sourceIdentities: v.array(like('requiredSourceIdentities')),
    sessionNamePrefix: v.optional(like('sessionNamePrefix')),
    /** null: with any value. */
    sessionTags: tagsLike('requiredSessionTags'),
  }),
  permissionsBoundary: v.optional(like('permissionsBoundary')),
});

const specShape = v.strictObject({
  name: v.pipe(
    v.string(),
    v.check((value) => isTargetName(value)),
  ),
  partition,
  sourceAccount: account,
  targetAccount: account,
  region: like('region'),
  role,
  permissions: v.strictObject({
    presets: v.array(
      v.pipe(
        v.string(),
        v.check((value) => parsePresetText({ value, place: '' }).ok),
      ),
    ),
    policies: v.array(
      v.strictObject({
        name: v.pipe(
          v.string(),
          v.check((value) => parsePolicyName({ value, place: '' }).ok),
        ),
        document,
      }),
    ),
    policyArns: v.array(like('policyArns')),
    isAdminAllowed: v.boolean(),
  }),
  session: v.strictObject({
    name: like('sessionName'),
    seconds: secondsLike('duration'),
    tags: tagsLike('sessionTags'),
    transitiveTagKeys: v.array(like('transitiveTags')),
    sourceIdentity: v.optional(like('sourceIdentity')),
    policy: v.optional(document),
    policyArns: v.array(like('sessionPolicyArns')),
  }),
  source: v.strictObject({
    isManaged: v.boolean(),
    isGranted: v.boolean(),
    grants: v.array(v.strictObject({ kind: v.picklist(['user', 'role']), name: like('roleName') })),
    instances: v.array(
      v.strictObject({
        role: roleArn,
        profileName,
        makesRole: v.boolean(),
        makesProfile: v.boolean(),
        boundary: v.optional(like('sourcePermissionsBoundary')),
      }),
    ),
    hub: v.optional(v.strictObject({ role: roleArn, trust: v.array(principal) })),
    permissionsBoundary: v.optional(like('sourcePermissionsBoundary')),
  }),
});

/** Each boundary in the account that its roles are in. */
const spec = v.pipe(
  specShape,
  v.check(({ source, role: { permissionsBoundary }, sourceAccount, targetAccount, ...rest }) => {
    const sides = [
      [source.permissionsBoundary, 'source', sourceAccount],
      [permissionsBoundary, 'target', targetAccount],
    ] as const;
    return sides.every(([arn, side, at]) => foreignBoundary(arn, { side, account: at, partition: rest.partition }).length === 0);
  }),
);

const given = v.strictObject({
  value: v.union([v.string(), v.boolean()]),
  place: v.string(),
  keyLength: v.optional(v.number()),
});

type Given = v.InferOutput<typeof given>;

/** As it would be, had it been typed; files are judged by what is in them. */
const isSaid = (name: ValueName, { value, ...rest }: Given): boolean => {
  if (shapeOf(name) === 'switch' || typeof value === 'boolean') return shapeOf(name) === 'switch' && typeof value === 'boolean';
  const { place, keyLength } = rest;
  const text = { value, place, ...(keyLength !== undefined && { keyLength }) };
  return name === 'presets' ? parsePresetText(text).ok : parserOf(name as ParsedHere)(text).ok;
};

const isName = (name: string): name is ValueName => VALUE_NAMES.some((known) => known === name);

/** What flags and file said of a target, by the names of the values. */
const said = v.pipe(
  v.objectWithRest({ name: v.string() }, v.union([given, v.array(given)])),
  v.check((values) => isTargetName(values.name)),
  v.check((values) =>
    Object.entries(values).every(
      ([name, one]) =>
        name === 'name' || (isName(name) && [one].flat().every((each) => typeof each === 'object' && isSaid(name, each))),
    ),
  ),
);

const planned = v.strictObject({
  spec,
  input: said,
  flags: said,
  pair: v.optional(v.strictObject({ half: v.picklist(['plan', 'apply']), undivided: said })),
  changes: v.array(v.unknown()),
  trustList: v.array(v.unknown()),
  digests: v.strictObject({ observed: v.string(), plan: v.string() }),
});

const file = v.strictObject({
  schema: v.literal(1),
  kind: v.literal('xacct-plan'),
  version: v.string(),
  config: v.nullable(v.string()),
  targets: v.pipe(v.array(planned), v.minLength(1)),
  digest: v.string(),
});

const dataOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const hasShape = (data: unknown): data is PlanFile => v.safeParse(file, data).success;

const isPlanFile = (data: unknown): data is PlanFile => hasShape(data) && isSaidAsPlanned(data);

/** As it stands there, to the letter: its digest is of that. `name` is the file's. */
export const parsePlanFile = (text: string, name: string): Result<PlanFile> => {
  const data = dataOf(text);
  if (isPlanFile(data)) return ok(data);
  const command = `xacct plan --out ${shellWord(name)}`;
  return fail(
    problem('INVALID_VALUE', `${name} is no plan of xacct`, { path: '--plan', hints: [{ text: 'make one', command }] }),
  );
};
