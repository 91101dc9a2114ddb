/** The ways of calling otherwise that bear on a condition key. Whether one helps is for request-fix.ts to try. */
import { parseArn } from '#domain/arn.ts';
import type { Change } from '#domain/cause.ts';
import { checkLimit, type LimitName } from '#domain/limits.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { ActionRequest } from './layers.ts';
import type { Scenario } from './scenario.ts';

export type RequestChange = Extract<Change, { readonly kind: 'change-request' }>;

export const setting = (set: RequestChange['set'], unset: readonly string[] = []): RequestChange => ({
  kind: 'change-request',
  set,
  unset,
});

/** What is asked of a condition: its text values, with variables filled in. */
interface Wish {
  readonly texts: readonly string[];
  readonly request: ActionRequest;
  readonly scenario: Scenario;
}

type Propose = (wish: Wish, name: string) => readonly RequestChange[];

/** One request parameter: a wanted value, any value at all, or none. */
const parameter =
  (path: string, limit: LimitName, anything: string): Propose =>
  ({ texts }) => [
    ...[...texts, anything].filter((text) => checkLimit(limit, text) === undefined).map((text) => setting({ [path]: text })),
    setting({}, [path]),
  ];

const REQUEST_TAG = 'aws:requesttag/';

const withoutTags = ({ request }: Scenario, keys: readonly string[]): RequestChange => {
  const gone = new Set(keys);
  const transitive = request.transitiveTagKeys ?? [];
  const kept = transitive.filter((key) => !gone.has(key));
  return setting(
    kept.length === transitive.length ? {} : { 'request.transitiveTagKeys': kept },
    keys.map((key) => `request.tags.${key}`),
  );
};

const tag: Propose = ({ texts, scenario }, name) => {
  const key = name.slice(REQUEST_TAG.length);
  const existing = Object.keys(scenario.request.tags ?? {}).find((other) => other.toLowerCase() === key.toLowerCase()) ?? key;
  return [
    ...parameter(`request.tags.${existing}`, 'tagValue', 'VALUE')({ texts } as Wish, name).slice(0, -1),
    withoutTags(scenario, [existing]),
  ];
};

/** The tags that are not wanted, or only those that are named, are left out; or one that is wanted is sent. */
const tagKeys: Propose = ({ texts, scenario }) => {
  const keys = Object.keys(scenario.request.tags ?? {});
  return [
    withoutTags(
      scenario,
      keys.filter((key) => !texts.includes(key)),
    ),
    ...texts.filter((key) => checkLimit('tagKey', key) === undefined).map((key) => setting({ [`request.tags.${key}`]: 'VALUE' })),
    withoutTags(
      scenario,
      keys.filter((key) => texts.includes(key)),
    ),
    withoutTags(scenario, keys),
  ];
};

const REGIONS = [
  'us-east-1',
  'eu-west-1',
  'eu-central-1',
  'ap-southeast-1',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-west-1',
  'us-gov-east-1',
];

const region: Propose = ({ texts, request }) => {
  const partition = parseArn(request.resource)?.partition;
  return [...texts, ...REGIONS]
    .filter((text) => partitionOfRegion(text)?.id === partition)
    .map((text) => setting({ 'request.region': text }));
};

/** Addresses that are kept for documentation stand for "any other". Source: RFC 5737 and RFC 3849. */
const ELSEWHERE = ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1'];

const address: Propose = ({ texts }) =>
  [...texts.map((text) => text.split('/')[0] ?? ''), ...ELSEWHERE].map((text) => setting({ 'caller.sourceIp': text }));

/**
 * Who signed in by a role shows its code to that role at most: what AssumeRole hands out holds nothing of it.
 * Source: IAM User Guide, "Secure API access with MFA": "Temporary credentials returned by AssumeRole do not include MFA information".
 */
const withoutMfa = ({ caller: { kind } }: Scenario): boolean =>
  kind === 'root' || kind === 'federated-user' || kind === 'assumed-role' || kind === 'role';

const mfaAge: Propose = ({ scenario }) =>
  withoutMfa(scenario) ? [] : [0, 3600, 43_200].map((age) => setting({ 'caller.mfa': true, 'caller.mfaAge': age }));

/** When the code was given is said where it matters to another statement. */
const mfa: Propose = (wish, name) => (withoutMfa(wish.scenario) ? [] : [setting({ 'caller.mfa': true }), ...mfaAge(wish, name)]);

/** Nobody can call earlier. */
const later: Propose = ({ texts, scenario: { time } }) => {
  const now = time === undefined ? undefined : parseInstant(time);
  if (now === undefined) return [];
  return texts
    .map((text) => parseInstant(text))
    .filter((instant) => instant !== undefined && instant >= now)
    .map((instant) => setting({ time: formatInstant((instant ?? 0) + 1000) }));
};

/** A map: condition keys are anybody's text, `constructor` and `__proto__` too. */
const PROPOSALS: ReadonlyMap<string, Propose> = new Map([
  ['sts:externalid', parameter('request.externalId', 'externalId', 'EXTERNAL_ID')],
  ['sts:rolesessionname', parameter('request.sessionName', 'roleSessionName', 'xacct')],
  ['sts:sourceidentity', parameter('request.sourceIdentity', 'sourceIdentity', 'NAME')],
  ['aws:tagkeys', tagKeys],
  ['aws:requestedregion', region],
  ['aws:sourceip', address],
  ['aws:multifactorauthpresent', mfa],
  ['aws:multifactorauthage', mfaAge],
  ['aws:currenttime', later],
  ['aws:epochtime', later],
]);

const OF_A_TOKEN: ReadonlySet<string> = new Set([
  'sts:rolesessionname',
  'aws:requestedregion',
  'aws:sourceip',
  'aws:currenttime',
  'aws:epochtime',
]);

export const proposalFor = (name: string, { caller, action }: ActionRequest): Propose | undefined => {
  if (caller.kind === 'web-identity' && !OF_A_TOKEN.has(name)) return undefined;
  if (name === 'sts:sourceidentity' && caller.sourceIdentity !== undefined) return undefined;
  if (name === 'sts:externalid' && !action.startsWith('sts:AssumeRole')) return undefined;
  if (name === 'sts:rolesessionname' && !action.startsWith('sts:AssumeRole')) return undefined;
  return name.startsWith(REQUEST_TAG) ? tag : PROPOSALS.get(name);
};
