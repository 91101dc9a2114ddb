/**
 * The AccessDenied sentence of AWS: written (the sandbox) and read (explain), in the old wording without a reason and the newer ones.
 * Source: IAM User Guide, "Troubleshoot access denied error messages".
 */
import type { Decision } from './cause.ts';

/** The kinds of policy that AWS names in the sentence, by its own words. */
const POLICY_NAMES = {
  identity: 'identity-based policy',
  trust: 'role trust policy',
  resource: 'resource-based policy',
  boundary: 'permissions boundary',
  'session-policy': 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  'vpc-endpoint': 'VPC endpoint policy',
} as const;

export type DeniedLayer = keyof typeof POLICY_NAMES;

export interface DeniedReason {
  readonly layer: DeniedLayer;
  /** True: a Deny statement; false: no Allow. */
  readonly isExplicit: boolean;
  /** The newest wording names the policy of an explicit deny. */
  readonly policyArn?: string;
}

export interface AccessDenied {
  readonly callerArn: string;
  readonly action: string;
  /** Some services name none. */
  readonly resource?: string;
  readonly reason?: DeniedReason;
}

export const ROOT_REFUSED = 'Roles may not be assumed by root accounts.';

const article = (layer: DeniedLayer): string => {
  if (layer === 'trust') return 'the';
  return layer === 'identity' ? 'an' : 'a';
};

const formatReason = (action: string, { layer, isExplicit, policyArn }: DeniedReason): string => {
  const name = POLICY_NAMES[layer];
  if (!isExplicit) return ` because no ${name} allows the ${action} action`;
  return ` with an explicit deny in ${article(layer)} ${name}${policyArn === undefined ? '' : `: ${policyArn}`}`;
};

export const formatAccessDenied = ({ callerArn, action, resource, reason }: AccessDenied): string =>
  `User: ${callerArn} is not authorized to perform: ${action}` +
  (resource === undefined ? '' : ` on resource: ${resource}`) +
  (reason === undefined ? '' : formatReason(action, reason));

/** An unsigned request has no caller to name, and STS says no more of it: not even whether there is such a role. */
export const formatWebIdentityDenied = (action: string): string => `Not authorized to perform ${action}`;

const WEB_IDENTITY_SENTENCE = /Not authorized to perform (sts:AssumeRoleWith(?:WebIdentity|SAML))\b/;

/** The action of the refusal that a web identity gets; undefined when there is no such sentence in the text. */
export const parseWebIdentityDenied = (text: string): string | undefined => WEB_IDENTITY_SENTENCE.exec(text)?.[1];

const isDeniedLayer = (layer: string | null): layer is DeniedLayer => layer !== null && Object.hasOwn(POLICY_NAMES, layer);

/** What AWS would say of a denied decision; `action` is the one that failed, which need not be the one asked for. */
export const accessDeniedMessage = (
  decision: Pick<Decision, 'layer' | 'reason'>,
  callerArn: string,
  action: string,
  resource: string,
): string => {
  if (decision.reason === 'ROOT_CALLER') return ROOT_REFUSED;
  if (!isDeniedLayer(decision.layer)) return formatAccessDenied({ callerArn, action, resource });
  const reason = { layer: decision.layer, isExplicit: decision.reason === 'EXPLICIT_DENY' };
  return formatAccessDenied({ callerArn, action, resource, reason });
};

const SENTENCE = /User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/;
const IMPLICIT = /^ because no ([A-Za-z -]+?) allows the \S+ action/;
const EXPLICIT = /^ with an explicit deny in (?:an?|the) ([A-Za-z -]+?)(?:: (arn:[^\s"'\\]+)|$|[^A-Za-z -])/;
/** What a log or JSON may put around the sentence; a role name may end in a full stop or comma, so these stay. */
const WRAPPING = /["'`\\})\]]+$/;

const layerNamed = (words: string): DeniedLayer | undefined => {
  const wanted = words.replace('sessions policy', 'session policy').trim();
  return Object.keys(POLICY_NAMES)
    .filter(isDeniedLayer)
    .find((layer) => POLICY_NAMES[layer] === wanted);
};

const parseReason = (rest: string): DeniedReason | undefined => {
  const explicit = EXPLICIT.exec(rest);
  const layer = layerNamed((explicit ?? IMPLICIT.exec(rest))?.[1] ?? '');
  if (layer === undefined) return undefined;
  const policyArn = explicit?.[2];
  return { layer, isExplicit: explicit !== null, ...(policyArn === undefined ? {} : { policyArn }) };
};

/** Finds the first such sentence anywhere in a text; undefined when there is none. */
export const parseAccessDenied = (text: string): AccessDenied | undefined => {
  const match = SENTENCE.exec(text);
  if (match === null) return undefined;
  const [whole, callerArn = '', action = '', resource] = match;
  const reason = parseReason(text.slice(match.index + whole.length));
  return {
    callerArn,
    action: action.replace(WRAPPING, ''),
    ...(resource === undefined ? {} : { resource: resource.replace(WRAPPING, '') }),
    ...(reason === undefined ? {} : { reason }),
  };
};
