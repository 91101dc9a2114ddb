/** What the layers (flags, environment, file) said for one target, still as text and each with its place. */
import type { Given } from './fields.ts';

export type GivenText = Given<string> | undefined;
export type GivenList = readonly Given<string>[] | undefined;

export interface GivenPolicy {
  readonly name: Given<string>;
  /** The text of the document; who read the file is of no concern here. */
  readonly text: Given<string>;
}

/** Every value is optional here: a default, a question or an error follows, depending on who asks. */
export interface SpecInput {
  /** The environment's name. */
  readonly name: string;
  readonly sourceAccount: GivenText;
  readonly targetAccount: GivenText;
  readonly region: GivenText;
  readonly roleArn: GivenText;
  readonly roleName: GivenText;
  readonly path: GivenText;
  readonly description: GivenText;
  readonly maxSessionDuration: GivenText;
  readonly tags: GivenList;
  readonly trust: GivenList;
  /** `generate`, `none`, or values of which the first is sent. */
  readonly externalId: GivenList;
  readonly policies: readonly GivenPolicy[] | undefined;
  readonly policyArns: GivenList;
  /** `none` was said: an empty role is wanted. */
  readonly noPermissions: boolean;
  readonly sessionName: GivenText;
  readonly duration: GivenText;
}

export const DEFAULTS = {
  targetName: 'target',
  roleName: 'xacct-terraform',
  path: '/',
  description: 'Assumed by Terraform from another account, managed by xacct',
  maxSessionDuration: '1h',
  sessionName: 'terraform',
  duration: '1h',
} as const;

export const NOTHING_GIVEN: Omit<SpecInput, 'name'> = {
  sourceAccount: undefined,
  targetAccount: undefined,
  region: undefined,
  roleArn: undefined,
  roleName: undefined,
  path: undefined,
  description: undefined,
  maxSessionDuration: undefined,
  tags: undefined,
  trust: undefined,
  externalId: undefined,
  policies: undefined,
  policyArns: undefined,
  noPermissions: false,
  sessionName: undefined,
  duration: undefined,
};

/** Flags over file, value by value; a list replaces a list, but for the trust. */
export const layer = (upper: SpecInput, lower: SpecInput): SpecInput => ({
  name: upper.name,
  sourceAccount: upper.sourceAccount ?? lower.sourceAccount,
  targetAccount: upper.targetAccount ?? lower.targetAccount,
  region: upper.region ?? lower.region,
  roleArn: upper.roleArn ?? lower.roleArn,
  roleName: upper.roleName ?? lower.roleName,
  path: upper.path ?? lower.path,
  description: upper.description ?? lower.description,
  maxSessionDuration: upper.maxSessionDuration ?? lower.maxSessionDuration,
  tags: upper.tags ?? lower.tags,
  // `--trust` adds to the file's list: nobody loses access by a flag.
  trust: upper.trust && lower.trust ? [...lower.trust, ...upper.trust] : (upper.trust ?? lower.trust),
  externalId: upper.externalId ?? lower.externalId,
  policies: upper.noPermissions ? upper.policies : (upper.policies ?? lower.policies),
  policyArns: upper.noPermissions ? upper.policyArns : (upper.policyArns ?? lower.policyArns),
  noPermissions: upper.noPermissions || (lower.noPermissions && upper.policies === undefined && upper.policyArns === undefined),
  sessionName: upper.sessionName ?? lower.sessionName,
  duration: upper.duration ?? lower.duration,
});
