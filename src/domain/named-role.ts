/** A role that is named by its ARN, and by other words too: they must mean the same one, or whoever reads on works on another role than was meant. */
import type { RoleArn } from './arn.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import type { SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

type Said = Pick<SpecInput, 'roleArn' | 'targetAccount' | 'roleName' | 'path'>;

/** What was said beside the ARN; nothing where no ARN was named. */
export const contradictedRole = (role: RoleArn, { roleArn, targetAccount, roleName }: Said): readonly Diagnostic[] => {
  if (roleArn === undefined) return [];
  const isOtherAccount = targetAccount !== undefined && targetAccount.value !== role.account;
  const isOtherName = roleName !== undefined && roleName.value !== role.name;
  return [
    ...(isOtherAccount
      ? [
          problem('WRONG_ACCOUNT', `the role is of account ${role.account}, and the target should be ${targetAccount.value}`, {
            path: targetAccount.place,
            hints: [{ text: 'one of the two is wrong: the account, or the ARN of the role' }],
          }),
        ]
      : []),
    ...(isOtherName
      ? [
          problem('USAGE', `the role is called ${role.name} by its ARN, and ${roleName.value} by its name`, {
            path: roleName.place,
            hints: [{ text: 'leave one out: the ARN says it all' }],
          }),
        ]
      : []),
  ];
};

/** Of a target of the file, which has one role: what it does not say of that is a default, and no leave to mean another. */
export const roleOfAnother = (role: RoleArn, { name, ...said }: Said & Pick<SpecInput, 'name'>): readonly Diagnostic[] => {
  const faults = contradictedRole(role, { ...said, roleName: undefined });
  const own = (said.path?.value ?? VALUES.path.default) + (said.roleName?.value ?? VALUES.roleName.default);
  if (said.roleArn === undefined || faults.length > 0 || role.path + role.name === own) return faults;
  return [
    problem('USAGE', `the role of target ${name} is ${own.slice(1)}, and not ${(role.path + role.name).slice(1)}`, {
      path: said.roleArn.place,
      hints: [{ text: 'leave one out: the target, or the ARN of the role' }],
    }),
  ];
};
