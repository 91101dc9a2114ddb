/** SpecInput to Access or to a SpecRequest: every problem at once, nothing read from anywhere. */
import type { Access } from './access.ts';
import type { RoleArn } from './arn.ts';
import { formatRoleArn } from './arn.ts';
import { at, problem, type Diagnostic } from './diagnostic.ts';
import * as field from './fields.ts';
import type { Field, Given } from './fields.ts';
import { checkLimit } from './limits.ts';
import { partitionById, partitionOfRegion } from './partition.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';
import { parsePrincipal, type PrincipalRequest } from './principal-request.ts';
import { fail, ok, type Result } from './result.ts';
import { NO_CONDITIONS } from './trust-conditions.ts';
import type { ExternalIdWish, NamedPolicy, Spec } from './spec.ts';
import { DEFAULTS, type GivenList, type GivenPolicy, type GivenText, type SpecInput } from './spec-input.ts';

/** A Spec whose accounts, partition and `self` still wait for a look at the two accounts. */
export interface SpecRequest {
  readonly name: string;
  readonly sourceAccount: string | undefined;
  readonly targetAccount: string | undefined;
  readonly region: string | undefined;
  readonly role: Omit<Spec['role'], 'trust'> & { readonly trust: readonly PrincipalRequest[] };
  readonly permissions: Spec['permissions'];
  readonly session: Spec['session'];
}

/** Takes values out of results and keeps what was wrong with the others. */
class Reading {
  readonly problems: Diagnostic[] = [];

  take<T>(result: Result<T>): T | undefined {
    if (result.ok) return result.value;
    this.problems.push(...result.diagnostics);
    return undefined;
  }

  optional<T>(parse: Field<T>, given: GivenText): T | undefined {
    return given === undefined ? undefined : this.take(parse(given));
  }

  withDefault<T>(parse: Field<T>, given: GivenText, fallback: string): T | undefined {
    return this.take(parse(given ?? { value: fallback, place: 'default' }));
  }

  list<T>(parse: Field<T>, given: GivenList): readonly T[] {
    return (given ?? []).map((item) => this.take(parse(item))).filter((value) => value !== undefined);
  }
}

const WORDS: readonly string[] = ['generate', 'none'];

/** undefined: a value was refused, which has been said. */
const parseExternalIds = (reading: Reading, given: GivenList, fresh: string): ExternalIdWish | undefined => {
  const [first, ...rest] = given ?? [];
  if (first === undefined || (first.value === 'generate' && rest.length === 0)) return { kind: 'generate', fresh };
  if (first.value === 'none' && rest.length === 0) return { kind: 'none' };
  const word = given?.find(({ value }) => WORDS.includes(value));
  if (word !== undefined) {
    reading.problems.push(
      problem('USAGE', `"${word.value}" stands alone: it is no external ID beside others`, {
        path: word.place,
        hints: [{ text: 'leave it out, or give it alone' }],
      }),
    );
    return undefined;
  }
  const [head, ...tail] = reading.list(field.parseExternalId, given);
  return head === undefined ? undefined : { kind: 'given', values: [head, ...tail] };
};

const parsePolicy = (reading: Reading, { name, text }: GivenPolicy): NamedPolicy | undefined => {
  const parsedName = reading.take(field.parsePolicyName(name));
  const document = parsePolicyDocument(text.value, 'identity');
  if (!document.ok) {
    reading.problems.push(...document.diagnostics.map((diagnostic) => at(text.place, diagnostic)));
    return undefined;
  }
  return parsedName === undefined ? undefined : { name: parsedName, document: document.value };
};

const duplicates = (policies: readonly GivenPolicy[]): readonly Diagnostic[] => {
  const seen = new Set<string>();
  return policies.flatMap(({ name }) => {
    const key = name.value.toLowerCase();
    if (!seen.has(key)) return (seen.add(key), []);
    const text = `two policies are called "${name.value}"`;
    return [problem('INVALID_VALUE', text, { path: name.place, hints: [{ text: 'name one of them: --policy NAME=FILE' }] })];
  });
};

/** The full name of a policy is the role's name and the policy's own. */
const tooLong = (roleName: string, policies: readonly NamedPolicy[]): readonly Diagnostic[] =>
  policies.flatMap(({ name }) => {
    const full = policyNameFor(roleName, name);
    if (checkLimit('policyName', full) === undefined) return [];
    return [
      problem('INVALID_VALUE', `the policy's full name "${full}" has ${full.length} characters: 128 are allowed`, {
        path: '--policy',
      }),
    ];
  });

const withoutTrust = ({ trust }: SpecInput): readonly Diagnostic[] =>
  trust === undefined || trust.length > 0
    ? []
    : [
        problem('USAGE', 'the role would trust nobody', {
          path: 'role.trust',
          hints: [{ text: 'name who will run Terraform', command: 'xacct init --trust arn:aws:iam::111111111111:role/ci' }],
        }),
      ];

/** The same key twice is a contradiction, not a list. */
const doubleTags = (tags: readonly (readonly [string, string])[]): readonly Diagnostic[] => {
  const seen = new Map<string, string>();
  return tags.flatMap(([key, value]) => {
    const other = seen.get(key.toLowerCase());
    seen.set(key.toLowerCase(), value);
    return other === undefined || other === value
      ? []
      : [problem('USAGE', `the tag ${key} is given twice, as "${other}" and as "${value}"`, { path: '--tag' })];
  });
};

const contradicted = ({ noPermissions, policies, policyArns }: SpecInput): readonly Diagnostic[] =>
  noPermissions && (policies?.length ?? 0) + (policyArns?.length ?? 0) > 0
    ? [
        problem('USAGE', 'no permissions and a policy were both asked for', {
          path: '--permissions',
          hints: [{ text: 'leave one out' }],
        }),
      ]
    : [];

const withoutPermissions = (input: SpecInput): readonly Diagnostic[] =>
  input.noPermissions || (input.policies?.length ?? 0) + (input.policyArns?.length ?? 0) > 0
    ? []
    : [
        problem('USAGE', 'the role needs permissions, and none were named', {
          path: '--policy',
          hints: [
            { text: 'a JSON policy of yours', command: 'xacct init --policy s3=./s3.json' },
            { text: 'a policy that exists', command: 'xacct init --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess' },
            { text: 'really none', command: 'xacct init --permissions none' },
          ],
        }),
      ];

/** `fresh` is a new external id, used only when one is wanted and the role has none. */
export const parseSpecRequest = (input: SpecInput, fresh: string): Result<SpecRequest> => {
  const reading = new Reading();
  const trust = (input.trust ?? [{ value: 'self', place: 'default' }]).flatMap(
    (given) => reading.take(parsePrincipal(given)) ?? [],
  );
  const maxSessionSeconds = reading.withDefault(
    field.parseMaxSessionDuration,
    input.maxSessionDuration,
    DEFAULTS.maxSessionDuration,
  );
  const seconds = reading.withDefault(field.parseSessionDuration, input.duration, DEFAULTS.duration);
  if (maxSessionSeconds !== undefined && seconds !== undefined && seconds > maxSessionSeconds)
    reading.problems.push(
      problem('INVALID_VALUE', `sessions of ${seconds} s are longer than the role's maximum of ${maxSessionSeconds} s`, {
        path: input.duration?.place ?? 'duration',
        hints: [{ text: "raise the role's maximum: --max-session-duration" }],
      }),
    );
  const tags = reading.list(field.parseTag, input.tags);
  const request = {
    name: input.name,
    sourceAccount: reading.optional(field.parseAccount, input.sourceAccount),
    targetAccount: reading.optional(field.parseAccount, input.targetAccount),
    region: reading.optional(field.parseRegion, input.region),
    role: {
      name: reading.withDefault(field.parseRoleName, input.roleName, DEFAULTS.roleName) ?? '',
      path: reading.withDefault(field.parsePath, input.path, DEFAULTS.path) ?? '',
      description: reading.withDefault(field.parseDescription, input.description, DEFAULTS.description) ?? '',
      maxSessionSeconds: maxSessionSeconds ?? 0,
      tags: Object.fromEntries(tags),
      trust,
      externalId: parseExternalIds(reading, input.externalId, fresh) ?? { kind: 'generate' as const, fresh },
      conditions: NO_CONDITIONS,
    },
    permissions: {
      policies: (input.policies ?? []).flatMap((policy) => parsePolicy(reading, policy) ?? []),
      policyArns: reading.list(field.parseAttachedPolicy, input.policyArns),
    },
    session: {
      name: reading.withDefault(field.parseSessionName, input.sessionName, DEFAULTS.sessionName) ?? '',
      seconds: seconds ?? 0,
      tags: {},
      transitiveTagKeys: [],
      sourceIdentity: undefined,
    },
  };
  const [first, ...more] = [
    ...reading.problems,
    ...duplicates(input.policies ?? []),
    ...tooLong(request.role.name, request.permissions.policies),
    ...withoutTrust(input),
    ...doubleTags(tags),
    ...contradicted(input),
    ...withoutPermissions(input),
  ];
  return first === undefined ? ok(request) : fail(first, ...more);
};

const roleOf = (reading: Reading, input: SpecInput, region: string | undefined): RoleArn | undefined => {
  if (input.roleArn) return reading.take(field.parseRole(input.roleArn));
  if (input.targetAccount === undefined) {
    reading.problems.push(
      problem('USAGE', 'which role? none was named', {
        path: '--role-arn',
        hints: [
          { text: 'name it: --role-arn arn:aws:iam::222222222222:role/xacct-terraform' },
          { text: 'or make it', command: 'xacct init' },
        ],
      }),
    );
    return undefined;
  }
  const account = reading.take(field.parseAccount(input.targetAccount));
  const name = reading.withDefault(field.parseRoleName, input.roleName, DEFAULTS.roleName);
  const path = reading.withDefault(field.parsePath, input.path, DEFAULTS.path);
  const partition = region === undefined ? 'aws' : (partitionOfRegion(region)?.id ?? 'aws');
  return account && name && path ? { partition, account, path, name } : undefined;
};

const mixedPartitions = (role: RoleArn, region: Given<string>): Diagnostic =>
  problem('MIXED_PARTITIONS', `the role is in partition ${role.partition}, and region ${region.value} is not`, {
    path: region.place,
    hints: [{ text: `choose a region of ${role.partition}: ${partitionById(role.partition)?.homeRegion ?? ''}` }],
  });

/** What verify and emit-tf need: a role, and how it is assumed. A region that nobody named is the home of the role's partition. */
export const parseAccess = (input: SpecInput): Result<Access> => {
  const reading = new Reading();
  const region = reading.optional(field.parseRegion, input.region);
  const role = roleOf(reading, input, region);
  const externalId = parseExternalIds(reading, input.externalId ?? [{ value: 'none', place: 'default' }], '');
  const sessionName = reading.withDefault(field.parseSessionName, input.sessionName, DEFAULTS.sessionName);
  const sessionSeconds = reading.withDefault(field.parseSessionDuration, input.duration, DEFAULTS.duration);
  if (role && region !== undefined && input.region && partitionOfRegion(region)?.id !== role.partition)
    reading.problems.push(mixedPartitions(role, input.region));
  if (role && input.roleArn && input.targetAccount && role.account !== input.targetAccount.value)
    reading.problems.push(
      problem('WRONG_ACCOUNT', `the role is of account ${role.account}, and the target should be ${input.targetAccount.value}`, {
        path: input.targetAccount.place,
        hints: [{ text: 'one of the two is wrong: the account, or the ARN of the role' }],
      }),
    );
  if (role && input.roleArn && input.roleName && role.name !== input.roleName.value)
    reading.problems.push(
      problem('USAGE', `the role is called ${role.name} by its ARN, and ${input.roleName.value} by its name`, {
        path: input.roleName.place,
        hints: [{ text: 'leave one out: the ARN says it all' }],
      }),
    );
  if (externalId?.kind === 'generate')
    reading.problems.push(
      problem('INVALID_VALUE', 'generate makes sense where the role is made, in init', {
        path: input.externalId?.[0]?.place ?? '--external-id',
      }),
    );
  const [first, ...more] = reading.problems;
  if (first !== undefined) return fail(first, ...more);
  if (!role || sessionName === undefined || sessionSeconds === undefined)
    return fail(problem('BUG', 'an access was lost while it was read'));
  return ok({
    roleArn: formatRoleArn(role),
    role,
    externalIds: externalId?.kind === 'given' ? externalId.values : [],
    sessionName,
    sessionSeconds,
    sessionTags: {},
    transitiveTagKeys: [],
    sourceIdentity: undefined,
    sessionPolicy: undefined,
    sessionPolicyArns: [],
    via: [],
    webIdentity: undefined,
    region: region ?? partitionById(role.partition)?.homeRegion ?? 'us-east-1',
  });
};
