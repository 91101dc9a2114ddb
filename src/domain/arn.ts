/** Amazon Resource Names of IAM and STS: parse, format, and the ids inside them. Text in, data out; no rules about who may do what. */
import { partitionById } from './partition.ts';

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** All after the fifth colon, which may itself hold colons. */
  readonly resource: string;
}

export interface RoleArn {
  readonly partition: string;
  readonly account: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly name: string;
}

/** IAM and STS identities belong to no region. */
const isGlobal = ({ partition, region }: Arn): boolean => region === '' && partitionById(partition) !== undefined;

const ACCOUNT_ID = /^\d{12}$/;
const PATHED = /^((?:[\u0021-\u002e\u0030-\u007e]+\/)*)([\w+=,.@-]+)$/;

export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);

/** Splits an ARN at its first five colons; undefined when the text is not an ARN at all. */
export const parseArn = (text: string): Arn | undefined => {
  const after = (colon: number): number => (colon < 0 ? -1 : text.indexOf(':', colon + 1));
  const first = text.startsWith('arn:') ? 3 : -1;
  const second = after(first);
  const third = after(second);
  const fourth = after(third);
  const fifth = after(fourth);
  if (fifth < 0 || second === first + 1) return undefined;
  return {
    partition: text.slice(first + 1, second),
    service: text.slice(second + 1, third),
    region: text.slice(third + 1, fourth),
    account: text.slice(fourth + 1, fifth),
    resource: text.slice(fifth + 1),
  };
};

/** A path and name inside an IAM ARN of `kind`, such as `role/ops/deploy`; undefined for anything else. */
const parsePathed = (text: string, kind: 'role' | 'user' | 'policy'): RoleArn | undefined => {
  const arn = parseArn(text);
  if (arn?.service !== 'iam' || !isGlobal(arn)) return undefined;
  if (!isAccountId(arn.account) && !(kind === 'policy' && arn.account === 'aws')) return undefined;
  if (!arn.resource.startsWith(`${kind}/`)) return undefined;
  const parts = PATHED.exec(arn.resource.slice(kind.length + 1));
  const name = parts?.[2];
  if (name === undefined) return undefined;
  return { partition: arn.partition, account: arn.account, path: `/${parts?.[1] ?? ''}`, name };
};

export const parseRoleArn = (text: string): RoleArn | undefined => parsePathed(text, 'role');
export const parseUserArn = (text: string): RoleArn | undefined => parsePathed(text, 'user');
export const parsePolicyArn = (text: string): RoleArn | undefined => parsePathed(text, 'policy');

const ASSUMED_ROLE = 'assumed-role/';

/** `arn:P:sts::A:assumed-role/ROLE/SESSION`. The session ARN has no path: the role's own ARN may have one. */
export const parseSessionArn = (
  text: string,
):
  | { readonly partition: string; readonly account: string; readonly roleName: string; readonly sessionName: string }
  | undefined => {
  const arn = parseArn(text);
  if (arn?.service !== 'sts' || !isGlobal(arn) || !isAccountId(arn.account)) return undefined;
  if (!arn.resource.startsWith(ASSUMED_ROLE)) return undefined;
  const slash = arn.resource.indexOf('/', ASSUMED_ROLE.length);
  const roleName = arn.resource.slice(ASSUMED_ROLE.length, slash);
  const sessionName = arn.resource.slice(slash + 1);
  if (slash < 0 || !roleName || !sessionName || sessionName.includes('/')) return undefined;
  return { partition: arn.partition, account: arn.account, roleName, sessionName };
};

export const parseRootArn = (text: string): { readonly partition: string; readonly account: string } | undefined => {
  const arn = parseArn(text);
  if (arn?.service !== 'iam' || !isGlobal(arn) || arn.resource !== 'root' || !isAccountId(arn.account)) return undefined;
  return { partition: arn.partition, account: arn.account };
};

export const formatRoleArn = (role: RoleArn): string => `arn:${role.partition}:iam::${role.account}:role${role.path}${role.name}`;

export const formatPolicyArn = (policy: RoleArn): string =>
  `arn:${policy.partition}:iam::${policy.account}:policy${policy.path}${policy.name}`;

export const formatRootArn = (partition: string, account: string): string => `arn:${partition}:iam::${account}:root`;
