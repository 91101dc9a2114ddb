/** Condition keys whose values only AWS sees: a refusal that hangs on one of them is a guess, and is said to be one. Pure. */
import { compilePolicy } from '#policy/compile.ts';
import type { PolicySource, Scenario } from '#policy/scenario.ts';
import type { Decision, PolicyKind } from '#domain/cause.ts';
import type { Unread } from '#domain/unread.ts';

/** Lower case. Facts of the network, of the organization, and of the session that a caller's ARN does not tell. */
const EVERYBODY = [
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:requestedregion',
  'aws:useragent',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
];
const OF_A_SESSION = [
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  'aws:tokenissuetime',
  'aws:sourceidentity',
  'aws:federatedprovider',
  'aws:ec2instancesourcevpc',
  'aws:ec2instancesourceprivateipv4',
  'ec2:sourceinstancearn',
];

export const isUnknowable = (key: string, isSession: boolean): boolean => {
  const name = key.toLowerCase();
  return EVERYBODY.includes(name) || (isSession && (OF_A_SESSION.includes(name) || name.startsWith('aws:principaltag/')));
};

const listOf = (source: PolicySource | readonly PolicySource[] | undefined): readonly PolicySource[] =>
  source === undefined ? [] : Array.isArray(source) ? (source as readonly PolicySource[]) : [source];

const sourcesOf = (kind: PolicyKind, { caller, role }: Scenario): readonly PolicySource[] => {
  switch (kind) {
    case 'trust':
      return [role.trustPolicy];
    case 'identity':
      return listOf(caller.identityPolicies);
    case 'boundary':
      return listOf(caller.boundary);
    case 'session-policy':
      return listOf(caller.sessionPolicy);
    case 'scp':
    case 'rcp':
      return [];
  }
};

/** The condition keys of the blamed statement. */
const keysOfBlamed = ({ policy, statement }: Decision, scenario: Scenario): readonly string[] => {
  if (policy === null || statement === null) return [];
  const source = sourcesOf(policy.kind, scenario)[policy.index];
  if (source === undefined || source === 'unknown') return [];
  const { Condition = {} } = compilePolicy(source, policy.kind).statements[statement.index]?.source ?? {};
  return Object.values(Condition).flatMap((keys) => Object.keys(keys));
};

/** The decision with `low` confidence where it hangs on such a key, and what is not known. */
export const doubt = (
  decision: Decision,
  scenario: Scenario,
): { readonly decision: Decision; readonly unread: readonly Unread[] } => {
  if (decision.verdict !== 'denied') return { decision, unread: [] };
  const isSession = scenario.caller.kind === 'assumed-role' || scenario.caller.kind === 'role';
  const { element } = decision;
  const keys =
    decision.reason === 'EXPLICIT_DENY'
      ? keysOfBlamed(decision, scenario)
      : element?.actual == null || isSession
        ? [element?.key ?? '']
        : [];
  const unknowable = keys.filter((key) => isUnknowable(key, isSession));
  if (unknowable.length === 0) return { decision, unread: [] };
  const account = scenario.caller.arn.split(':')[4] ?? '';
  return {
    decision: { ...decision, confidence: 'low' },
    unread: unknowable.map((key) => ({
      what: `${key} of the call`,
      account,
      permission: null,
      reason: 'only AWS sees it when the call is made: `xacct verify` asks AWS itself',
    })),
  };
};
