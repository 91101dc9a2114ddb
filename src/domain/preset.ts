/** What a permission preset is. The presets themselves stand in presets.ts; a preset is data and one pure function. */
import type { NamedPolicy } from './spec.ts';

export interface PresetArgument {
  /** As in the help: `NAME` in `s3-bucket:NAME`. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly pattern: RegExp;
  /** The pattern in words, after "is not …". */
  readonly what: string;
  readonly example: string;
}

/** Lead out of what the organization says, or end the account. */
export const LEAVING_ACTIONS: readonly string[] = [
  'account:CloseAccount',
  'organizations:CloseAccount',
  'organizations:DeleteOrganization',
  'organizations:LeaveOrganization',
  'organizations:RemoveAccountFromOrganization',
];

/** The role that gets the permissions. */
export interface PresetPlace {
  readonly partition: string;
  readonly account: string;
  readonly role: { readonly name: string; readonly path: string };
  /** ARN of the role's permissions boundary, where it has one. */
  readonly boundary: string | undefined;
}

export interface PresetPermissions {
  /** Policies that are made; at most one of a preset, whatever its arguments. */
  readonly policies: readonly NamedPolicy[];
  /** AWS's own, which are attached. */
  readonly policyArns: readonly string[];
}

export interface Preset {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly argument: PresetArgument | null;
  /** What it leaves out, or brings along, in sentences. */
  readonly notes: readonly string[];
  /** Actions that no recorded run of Terraform needed, each with why it is there all the same. */
  readonly unrecorded: Readonly<Record<string, string>>;
  /** Under a permissions boundary it lets the role make roles of its own. */
  readonly makesRoles?: true;
  /** `args`: without doubles; none only where the argument may be left out. */
  permissions(args: readonly string[], place: PresetPlace): PresetPermissions;
}
