/** Which roles and policies are ours: exactly those that carry both tags. What is not ours is never changed. Pure. */
import { parseRoleArn } from '#domain/arn.ts';
import { ID_TAG, MANAGED_TAG, type Desired } from '#domain/compile.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import type { Tags } from '#domain/plan.ts';
import type { Observed } from './observe.ts';

export const isOurs = (tags: Tags, desired: Desired): boolean =>
  tags[MANAGED_TAG] === '1' && tags[ID_TAG] === desired.tags[ID_TAG];

const notOurs = (what: string, tags: Tags, desired: Desired): Diagnostic => {
  const owner =
    tags[MANAGED_TAG] === '1' ? `belongs to another set-up of xacct (${tags[ID_TAG] ?? 'unknown'})` : 'was not made by xacct';
  return problem('NOT_OURS', `${what} exists in account ${desired.targetAccount} and ${owner}: it is left as it is`, {
    hints: [{ text: 'choose another name', command: `xacct init --role-name ${desired.role.name}-2` }],
  });
};

/** Everything of a wanted name that somebody else made. */
export const conflicts = (desired: Desired, observed: Observed): readonly Diagnostic[] => {
  const { role } = observed;
  const found: Diagnostic[] = [];
  if (role && !isOurs(role.tags, desired)) found.push(notOurs(`role ${role.name}`, role.tags, desired));
  else if (role && parseRoleArn(role.arn)?.path !== desired.role.path)
    found.push(
      problem('NOT_OURS', `role ${role.name} exists at path ${role.path}: a role cannot move to ${desired.role.path}`, {
        path: '--path',
        hints: [{ text: 'keep its path', command: `xacct init --path ${role.path}` }],
      }),
    );
  for (const { arn, name } of desired.policies) {
    const policy = observed.policies.get(arn);
    if (policy && !isOurs(policy.tags, desired)) found.push(notOurs(`policy ${name}`, policy.tags, desired));
  }
  return found;
};
