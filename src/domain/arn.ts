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
const NAME = /^[\w+=,.@-]+$/;
/** Folders, none of them empty, each with its slash. */
const FOLDERS = /^(?:[\u0021-\u002e\u0030-\u007e]+\/)+$/;

export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);

const colonAfter = (text: string, colon: number): number => (colon < 0 ? -1 : text.indexOf(':', colon + 1));

/** Splits an ARN at its first five colons; undefined when the text is not an ARN at all. */
export const parseArn = (text: string): Arn | undefined => {
  if (!text.startsWith('arn:')) return undefined;
  const second = text.indexOf(':', 4);
  const third = colonAfter(text, second);
  const fourth = colonAfter(text, third);
  const fifth = colonAfter(text, fourth);
  if (fifth < 0 || second === 4) return undefined;
  return {
    partition: text.slice(4, second),
    service: text.slice(second + 1, third),
    region: text.slice(third + 1, fourth),
    account: text.slice(fourth + 1, fifth),
    resource: text.slice(fifth + 1),
  };
};

/** A path and name inside an IAM ARN of `kind`, such as `role/ops/deploy`; undefined for anything else. */
const pathedIn = (arn: Arn, kind: 'role' | 'user' | 'policy'): RoleArn | undefined => {
  if (arn.service !== 'iam' || !isGlobal(arn)) return undefined;
  if (!isAccountId(arn.account) && !(kind === 'policy' && arn.account === 'aws')) return undefined;
  if (!arn.resource.startsWith(kind) || arn.resource[kind.length] !== '/') return undefined;
  const slash = arn.resource.lastIndexOf('/');
  const name = arn.resource.slice(slash + 1);
  const folders = arn.resource.slice(kind.length + 1, slash + 1);
  if (!NAME.test(name) || (folders !== '' && !FOLDERS.test(folders))) return undefined;
  return { partition: arn.partition, account: arn.account, path: folders === '' ? '/' : `/${folders}`, name };
};

const ASSUMED_ROLE = 'assumed-role/';

/** `arn:P:sts::A:assumed-role/ROLE/SESSION`. The session ARN has no path: the role's own ARN may have one. */
export interface SessionArn {
  readonly partition: string;
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
}

export const sessionIn = (arn: Arn): SessionArn | undefined => {
  if (arn.service !== 'sts' || !isGlobal(arn) || !isAccountId(arn.account)) return undefined;
  if (!arn.resource.startsWith(ASSUMED_ROLE)) return undefined;
  const slash = arn.resource.indexOf('/', ASSUMED_ROLE.length);
  const roleName = arn.resource.slice(ASSUMED_ROLE.length, slash);
  const sessionName = arn.resource.slice(slash + 1);
  if (slash < 0 || !roleName || !sessionName || sessionName.includes('/')) return undefined;
  return { partition: arn.partition, account: arn.account, roleName, sessionName };
};

export const rootIn = (arn: Arn): { readonly partition: string; readonly account: string } | undefined => {
  if (arn.service !== 'iam' || !isGlobal(arn) || arn.resource !== 'root' || !isAccountId(arn.account)) return undefined;
  return { partition: arn.partition, account: arn.account };
};

export const roleIn = (arn: Arn): RoleArn | undefined => pathedIn(arn, 'role');
export const userIn = (arn: Arn): RoleArn | undefined => pathedIn(arn, 'user');

const readWith =
  <T>(read: (arn: Arn) => T | undefined) =>
  (text: string): T | undefined => {
    const arn = parseArn(text);
    return arn === undefined ? undefined : read(arn);
  };

export const parseRoleArn = readWith(roleIn);
export const parseUserArn = readWith(userIn);
export const parsePolicyArn = readWith((arn) => pathedIn(arn, 'policy'));
export const parseSessionArn = readWith(sessionIn);
export const parseRootArn = readWith(rootIn);

export const formatRoleArn = (role: RoleArn): string => `arn:${role.partition}:iam::${role.account}:role${role.path}${role.name}`;

export const formatPolicyArn = (policy: RoleArn): string =>
  `arn:${policy.partition}:iam::${policy.account}:policy${policy.path}${policy.name}`;

export const formatRootArn = (partition: string, account: string): string => `arn:${partition}:iam::${account}:root`;
