/** Which role destroy, lock and unlock are about: of a target of the file, or as flags name it. */
import * as field from '#domain/fields.ts';
import type { Field } from '#domain/fields.ts';
import { contradictedRole } from '#domain/named-role.ts';
import type { GivenText } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { VALUES } from '#domain/values.ts';
import type { RoleWish } from '#core/managed-role.ts';
import type { OptionDefinition } from './command.ts';
import {
  ALL,
  option,
  REACHING_AWS,
  ROLE_ARN,
  SOURCE_ACCOUNT,
  SOURCE_PROFILE,
  TARGET_ACCOUNT,
  TARGET_PROFILE,
} from './options.ts';
import type { Target } from './targets.ts';

export const ROLE_OPTIONS: readonly OptionDefinition[] = [
  ROLE_ARN,
  { flags: '--role-name <name>', about: 'default: xacct-terraform' },
  TARGET_PROFILE,
  SOURCE_PROFILE,
  TARGET_ACCOUNT,
  SOURCE_ACCOUNT,
  option('viaRole'),
  ...REACHING_AWS,
  ALL,
];

const read = <T>(parse: Field<T>, given: GivenText): T | undefined => {
  const parsed = given && parse(given);
  if (parsed && !parsed.ok) throw XacctError.of(parsed.diagnostics);
  return parsed?.value;
};

/** Throws XacctError for a value of the wrong form, and where two of them name different roles. */
export const roleWishOf = ({ input }: Target): RoleWish => {
  const role = read(field.parseRole, input.roleArn);
  const faults = role ? contradictedRole(role, input) : [];
  if (faults.length > 0) throw XacctError.of(faults);
  return {
    name: role?.name ?? read(field.parseRoleName, input.roleName) ?? VALUES.roleName.default,
    path: role?.path ?? read(field.parsePath, input.path) ?? VALUES.path.default,
    targetAccount: role?.account ?? read(field.parseAccount, input.targetAccount),
    sourceAccount: read(field.parseAccount, input.sourceAccount),
    grantTo: (input.grantTo ?? []).map(({ value }) => value),
    trust: (input.trust ?? []).map(({ value }) => value),
  };
};
