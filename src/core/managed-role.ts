/** The role of a set-up as its tags tell it: what destroy, lock and unlock work on, whatever xacct.yaml says by now. */
import { ID_TAG, MANAGED_TAG, type Tags } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { PlanPorts } from './plan-target.ts';
import type { RoleState } from './ports/account-iam.ts';

/** Which role is meant. */
export interface RoleWish {
  readonly name: string;
  readonly path: string;
  readonly targetAccount: string | undefined;
  readonly sourceAccount: string | undefined;
  /** ARNs of those in the source whom the file lets in by name, under a trust of their whole account. */
  readonly grantTo?: readonly string[];
  /** Those whom the file trusts: ARNs among them. */
  readonly trust?: readonly string[];
}

export type RolePorts = Pick<PlanPorts, 'target' | 'source'>;

/** Whether the tags are those of this set-up; its source may be unknown. */
export const isOfSetUp = (tags: Tags, targetAccount: string, { name, sourceAccount }: RoleWish): boolean => {
  const [source = '', target, role, ...rest] = (tags[ID_TAG] ?? '').split('/');
  return (
    tags[MANAGED_TAG] === '1' &&
    target === targetAccount &&
    role === name &&
    rest.length === 0 &&
    (sourceAccount === undefined || source === sourceAccount)
  );
};

/** Undefined where there is no such role. Throws NOT_OURS for one that this set-up did not make. */
export const readOwnRole = async (wish: RoleWish, account: string, ports: RolePorts): Promise<RoleState | undefined> => {
  const role = await ports.target.iam.readRole(wish.name);
  if (role === undefined || isOfSetUp(role.tags, account, wish)) return role;
  const owner =
    role.tags[MANAGED_TAG] === '1' ? `belongs to another set-up (${role.tags[ID_TAG] ?? 'unknown'})` : 'was not made by xacct';
  throw new XacctError(
    problem('NOT_OURS', `role ${role.name} of account ${account} ${owner}: it is left as it is`, {
      hints: [{ text: 'look at its tags', command: `aws iam list-role-tags --role-name ${role.name}` }],
    }),
  );
};

export const noSuchRole = (wish: RoleWish, account: string, way: 'lock' | 'unlock'): XacctError =>
  new XacctError(
    problem('USAGE', `there is no role ${wish.name} in account ${account}`, {
      hints: [{ text: 'name the one that is meant', command: `xacct ${way} --role-name NAME` }],
    }),
  );
