/** What a caller must bring beside being named, as `role.conditions` and its flags say it; each is one condition in the trust policy. */
import type { ConditionBlock, ConditionValue } from './policy-document.ts';

export interface TrustConditions {
  /** The caller's session began with an MFA code. */
  readonly mfa: boolean;
  /** Addresses or CIDR ranges that the call may come from. */
  readonly sourceIps: readonly string[];
  readonly orgId: string | undefined;
  /** `o-…/r-…/ou-…/`, with `*` at the end for all below. */
  readonly orgPaths: readonly string[];
  /** Source identities, of which one must be set. */
  readonly sourceIdentities: readonly string[];
  readonly sessionNamePrefix: string | undefined;
  /** Tags that the session must be given; undefined: with any value. */
  readonly sessionTags: Readonly<Record<string, string | undefined>>;
}

export const NO_CONDITIONS: TrustConditions = {
  mfa: false,
  sourceIps: [],
  orgId: undefined,
  orgPaths: [],
  sourceIdentities: [],
  sessionNamePrefix: undefined,
  sessionTags: {},
};

export const oneOrMany = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? '') : values;

type Entry = readonly [operator: string, key: string, value: ConditionValue];

/** Several keys under one operator stand together. */
export const conditionBlock = (entries: readonly Entry[]): ConditionBlock => {
  const block: Record<string, Record<string, ConditionValue>> = {};
  for (const [operator, key, value] of entries) block[operator] = { ...block[operator], [key]: value };
  return block;
};

const list = (operator: string, key: string, values: readonly string[]): readonly Entry[] =>
  values.length === 0 ? [] : [[operator, key, oneOrMany(values)]];

/**
 * Conditions on who calls and from where, which hold for sts:TagSession and sts:SetSourceIdentity as well.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const callerConditions = (conditions: TrustConditions): readonly Entry[] => [
  ...(conditions.mfa ? ([['Bool', 'aws:MultiFactorAuthPresent', 'true']] as const) : []),
  ...list('IpAddress', 'aws:SourceIp', conditions.sourceIps),
  ...list('StringEquals', 'aws:PrincipalOrgID', conditions.orgId === undefined ? [] : [conditions.orgId]),
  ...list('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', conditions.orgPaths),
  ...Object.entries(conditions.sessionTags).map(([key, value]): Entry =>
    value === undefined ? ['Null', `aws:RequestTag/${key}`, 'false'] : ['StringEquals', `aws:RequestTag/${key}`, value],
  ),
];

/**
 * Conditions on parameters of the call. STS does not put them before sts:TagSession and sts:SetSourceIdentity, where they would never hold.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts
 */
export const callConditions = ({ sourceIdentities, sessionNamePrefix }: TrustConditions): readonly Entry[] => [
  ...list('StringEquals', 'sts:SourceIdentity', sourceIdentities),
  ...list('StringLike', 'sts:RoleSessionName', sessionNamePrefix === undefined ? [] : [`${sessionNamePrefix}*`]),
];
