/**
 * The policy simulator: identity policies, boundary and SCPs of a principal, or documents that the request brings; by the evaluator that decides
 * real calls. RCPs and other accounts' consent are not simulated, as AWS says of its own ("IAM policy simulator").
 */
import { parseArn } from '#domain/arn.ts';
import { judgeAccess } from '#policy/evaluate.ts';
import { compilePolicy, type CompiledPolicy } from '#policy/compile.ts';
import type { AccessQuery, Caller, PolicySource } from '#policy/scenario.ts';
import { AwsError, invalidInput, noSuchEntity } from '#sandbox/errors.ts';
import type { Group, PolicyHolder } from '#sandbox/model/account.ts';
import { boundaryOf, identityPolicies, organizationOf, tagMap } from '#sandbox/model/caller.ts';
import { compiled } from '#sandbox/model/compiled.ts';
import { parsedDocument } from '#sandbox/model/documents.ts';
import { principalByArn } from '#sandbox/model/world.ts';
import type * as Wire from '#sandbox/wire/generated/iam-types.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { resourcePolicyFor } from './resource-policy.ts';

type SimulationOperations = Pick<
  Wire.IamOperations,
  'SimulatePrincipalPolicy' | 'SimulateCustomPolicy' | 'GetContextKeysForPrincipalPolicy' | 'GetContextKeysForCustomPolicy'
>;

interface Simulated {
  readonly caller: Caller;
  /** All that may allow or deny, for the statements that matched. */
  readonly identity: readonly CompiledPolicy[];
}

const documents = (texts: readonly string[] | undefined, prefix: string): readonly CompiledPolicy[] =>
  (texts ?? []).map((text, index) => {
    const name = `${prefix}.${index + 1}`;
    // The simulator's operations know no MalformedPolicyDocument: SimulateCustomPolicy, API reference, "Errors".
    try {
      parsedDocument(text, 'identity');
    } catch (thrown) {
      throw thrown instanceof AwsError ? invalidInput(`${name}: ${thrown.message}`) : thrown;
    }
    return compiled('identity', text, name);
  });

const holderOf = (call: Call, arn: string): PolicyHolder => {
  const group = [...call.account.groups.values()].find((one) => one.arn === arn);
  const found = group ?? principalByArn(call.world, arn);
  if (found === undefined || found.accountId !== call.account.id)
    throw noSuchEntity(`The entity with ARN ${arn} cannot be found.`);
  return found;
};

const userArn = (holder: PolicyHolder): string | undefined => ('keys' in holder ? holder.arn : undefined);

const isGroup = (holder: PolicyHolder): holder is Group => 'members' in holder;

const compiledAll = (sources: readonly PolicySource[]): readonly CompiledPolicy[] =>
  sources.map((source) => compilePolicy(source, 'identity'));

const principalOf = (call: Call, input: Wire.SimulatePrincipalPolicyRequest): Simulated => {
  const { world, account } = call;
  const holder = holderOf(call, input.PolicySourceArn);
  const identity = [
    ...compiledAll(identityPolicies(world, account, holder)),
    ...documents(input.PolicyInputList, 'PolicyInputList'),
    ...(input.ResourcePolicy === undefined ? [] : resourcePolicyFor(input.ResourcePolicy, input.CallerArn ?? userArn(holder))),
  ];
  const given = documents(input.PermissionsBoundaryPolicyInputList, 'PermissionsBoundaryPolicyInputList')[0];
  const own = !isGroup(holder) && 'usableAt' in holder ? boundaryOf(world, account, holder as never) : undefined;
  const boundary = given ?? own;
  const isRole = 'trust' in holder;
  const caller: Caller = {
    arn: isGroup(holder) ? `arn:${account.partition}:iam::${account.id}:user/simulated` : holder.arn,
    kind: isRole ? 'role' : 'user',
    uniqueId: holder.id,
    identityPolicies: identity,
    ...(boundary !== undefined && { boundary }),
    ...('tags' in holder && { tags: tagMap(holder.tags as never) }),
    ...organizationOf(world, account),
  };
  return { caller, identity };
};

const customOf = (call: Call, input: Wire.SimulateCustomPolicyRequest): Simulated => {
  const identity = [
    ...documents(input.PolicyInputList, 'PolicyInputList'),
    ...(input.ResourcePolicy === undefined ? [] : resourcePolicyFor(input.ResourcePolicy, input.CallerArn)),
  ];
  const [boundary] = documents(input.PermissionsBoundaryPolicyInputList, 'PermissionsBoundaryPolicyInputList');
  const arn = input.CallerArn ?? `arn:${call.account.partition}:iam::${call.account.id}:user/simulated`;
  return { caller: { arn, kind: 'user', identityPolicies: identity, ...(boundary !== undefined && { boundary }) }, identity };
};

const contextOf = (entries: readonly Wire.ContextEntry[] | undefined): Record<string, string | readonly string[]> =>
  Object.fromEntries(
    (entries ?? []).flatMap(({ ContextKeyName: name, ContextKeyValues: values = [], ContextKeyType: type = 'string' }) => {
      if (name === undefined) return [];
      return [[name, type.endsWith('List') ? values : (values[0] ?? '')] as const];
    }),
  );

/** `${aws:username}`, or `${aws:username, 'nobody'}`; not the literals `${*}`, `${?}` and `${$}`. */
const VARIABLE = /\$\{\s*([^},*?$\s][^},]*?)\s*(?:,[^}]*)?\}/g;

const variablesIn = (value: unknown): readonly string[] =>
  [...JSON.stringify(value ?? '').matchAll(VARIABLE)].flatMap(([, name]) => (name === undefined ? [] : [name]));

/**
 * The keys that policies refer to, as variables and in condition blocks, in the order in which they stand: the example of
 * `aws iam get-context-keys-for-custom-policy` lists `aws:username`, which stands in its Resource only.
 */
const contextKeys = (policies: readonly CompiledPolicy[]): readonly string[] => [
  ...new Set(
    policies.flatMap(({ statements }) =>
      statements.flatMap(({ source: { Resource, NotResource, Condition = {} } }) => [
        ...variablesIn([Resource, NotResource]),
        ...Object.values(Condition).flatMap((block) => [...Object.keys(block), ...variablesIn(Object.values(block))]),
      ]),
    ),
  ),
];

/** What the simulator knows without being told: the time, who asks, and the tags that the caller has. */
const isKnown = ({ tags = {} }: Caller, name: string): boolean => {
  const [, tag] = /^aws:PrincipalTag\/(.*)$/i.exec(name) ?? [];
  if (tag === undefined) return /^aws:(?:Principal|Current|Epoch|user(?:name|id)$)/i.test(name);
  return Object.keys(tags).some((key) => key.toLowerCase() === tag.toLowerCase());
};

/** The account's own side is all that is asked: a resource elsewhere counts as the caller's, since nobody's consent is simulated. */
const ask = (caller: Caller, action: string, resource: string, context: AccessQuery['context'], time: string) => {
  const account = parseArn(resource)?.account ?? '';
  const isForeign = account !== '' && account !== parseArn(caller.arn)?.account;
  const { decision } = judgeAccess({ caller, action, resource, time, ...(context && { context }) });
  if (!isForeign || decision.reason !== 'OTHER_ACCOUNT') return decision;
  const here = caller.arn.replace(/^(arn:[^:]+:[^:]+::)\d+/, `$1${account}`);
  const facts = { 'aws:PrincipalArn': caller.arn, 'aws:PrincipalAccount': parseArn(caller.arn)?.account ?? '' };
  return judgeAccess({ caller: { ...caller, arn: here }, action, resource, time, context: { ...facts, ...context } }).decision;
};

const matched = (
  policies: readonly CompiledPolicy[],
  caller: Caller,
  action: string,
  resource: string,
  context: AccessQuery['context'],
  time: string,
) =>
  policies.flatMap((policy): readonly Wire.Statement[] => {
    const alone = ask(
      { arn: caller.arn, kind: caller.kind, identityPolicies: [policy], ...(caller.tags && { tags: caller.tags }) },
      action,
      resource,
      context,
      time,
    );
    const isHit = alone.verdict === 'allowed' || alone.reason === 'EXPLICIT_DENY';
    return isHit
      ? [
          {
            SourcePolicyId: policy.name ?? 'PolicyInputList.1',
            SourcePolicyType: policy.name === 'ResourcePolicy' ? 'Resource Policy' : 'IAM Policy',
          },
        ]
      : [];
  });

type Request = Pick<Wire.SimulateCustomPolicyRequest, 'ActionNames' | 'ResourceArns' | 'ContextEntries' | 'MaxItems' | 'Marker'>;

const simulate = (call: Call, { caller, identity }: Simulated, input: Request) => {
  const time = new Date(call.world.clock.now()).toISOString();
  const context = contextOf(input.ContextEntries);
  const given = new Set(Object.keys(context).map((name) => name.toLowerCase()));
  const missing = contextKeys(identity).filter((name) => !given.has(name.toLowerCase()) && !isKnown(caller, name));
  const results = input.ActionNames.flatMap((action) =>
    (input.ResourceArns ?? ['*']).map((resource): Wire.EvaluationResult => {
      if (!/^[\w-]+:[\w*?-]+$/.test(action)) throw invalidInput(`Invalid Action: ${action}`);
      const decision = ask(caller, action, resource, context, time);
      const isExplicit = decision.reason === 'EXPLICIT_DENY';
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: decision.verdict === 'allowed' ? 'allowed' : isExplicit ? 'explicitDeny' : 'implicitDeny',
        MatchedStatements: matched(identity, caller, action, resource, context, time),
        MissingContextValues: missing,
        ...(caller.scps !== undefined && { OrganizationsDecisionDetail: { AllowedByOrganizations: decision.layer !== 'scp' } }),
        ...(caller.boundary !== undefined && {
          PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: decision.layer !== 'boundary' },
        }),
      };
    }),
  );
  const numbered = results.map((result, index) => ({ result, key: String(index).padStart(9, '0') }));
  const { items, ...page } = paginate(numbered, input, ({ key }) => key);
  return { EvaluationResults: items.map(({ result }) => result), ...page };
};

export const simulationHandlers: Handlers<SimulationOperations> = {
  SimulatePrincipalPolicy: {
    permissions: ({ PolicySourceArn }) => [{ action: 'iam:SimulatePrincipalPolicy', resource: PolicySourceArn }],
    run: (input, call) => simulate(call, principalOf(call, input), input),
  },
  SimulateCustomPolicy: {
    permissions: () => [{ action: 'iam:SimulateCustomPolicy', resource: '*' }],
    run: (input, call) => simulate(call, customOf(call, input), input),
  },
  GetContextKeysForPrincipalPolicy: {
    permissions: ({ PolicySourceArn }) => [{ action: 'iam:GetContextKeysForPrincipalPolicy', resource: PolicySourceArn }],
    run: ({ PolicySourceArn, PolicyInputList }, call) => {
      const own = compiledAll(identityPolicies(call.world, call.account, holderOf(call, PolicySourceArn)));
      return { ContextKeyNames: contextKeys([...own, ...documents(PolicyInputList, 'PolicyInputList')]) };
    },
  },
  GetContextKeysForCustomPolicy: {
    permissions: () => [{ action: 'iam:GetContextKeysForCustomPolicy', resource: '*' }],
    run: ({ PolicyInputList }) => ({ ContextKeyNames: contextKeys(documents(PolicyInputList, 'PolicyInputList')) }),
  },
};
