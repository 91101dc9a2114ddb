/** Plan: ordered changes, each with the steps that would carry it out. Data only: `none` is listed too, and nothing here can write. */
import type { Diagnostic } from './diagnostic.ts';
import type { InlineOwner, SideName, Tags } from './desired.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { LockState } from './lock-state.ts';
import type { Unread } from './unread.ts';

export interface RoleSettings {
  readonly description: string;
  readonly maxSessionSeconds: number;
}

export interface RoleInput extends RoleSettings {
  readonly name: string;
  readonly path: string;
  readonly permissionsBoundary?: string;
  readonly trustPolicy: PolicyDocument;
  readonly tags: Tags;
}

export interface PolicyInput {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly document: PolicyDocument;
  readonly tags: Tags;
}

export interface ProviderInput {
  readonly arn: string;
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly tags: Tags;
}

export interface InstanceProfileInput {
  readonly name: string;
  readonly path: string;
  readonly tags: Tags;
}

/** What carries tags; policies and providers are named by their ARN. */
export interface Tagged {
  readonly kind: 'role' | 'policy' | 'provider' | 'instance-profile';
  readonly name: string;
}

/** One write. A kind maps to exactly one method of the AccountIam port. */
export type Write =
  | { readonly kind: 'create-role'; readonly role: RoleInput }
  | { readonly kind: 'delete-role'; readonly roleName: string }
  | { readonly kind: 'update-trust'; readonly roleName: string; readonly trustPolicy: PolicyDocument }
  | { readonly kind: 'update-role'; readonly roleName: string; readonly settings: RoleSettings }
  | { readonly kind: 'put-boundary'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'delete-boundary'; readonly roleName: string }
  | { readonly kind: 'tag'; readonly on: Tagged; readonly tags: Tags }
  | { readonly kind: 'untag'; readonly on: Tagged; readonly keys: readonly string[] }
  | { readonly kind: 'create-policy'; readonly arn: string; readonly policy: PolicyInput }
  | { readonly kind: 'update-policy'; readonly arn: string; readonly document: PolicyDocument }
  | { readonly kind: 'delete-policy'; readonly arn: string }
  | { readonly kind: 'attach-policy'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'detach-policy'; readonly roleName: string; readonly policyArn: string }
  | {
      readonly kind: 'put-inline';
      readonly owner: InlineOwner;
      readonly policyName: string;
      readonly document: PolicyDocument;
    }
  | { readonly kind: 'delete-inline'; readonly owner: InlineOwner; readonly policyName: string }
  | { readonly kind: 'create-provider'; readonly provider: ProviderInput }
  | { readonly kind: 'delete-provider'; readonly arn: string }
  | { readonly kind: 'add-client-id'; readonly arn: string; readonly clientId: string }
  | { readonly kind: 'remove-client-id'; readonly arn: string; readonly clientId: string }
  | { readonly kind: 'create-instance-profile'; readonly profile: InstanceProfileInput }
  | { readonly kind: 'delete-instance-profile'; readonly name: string }
  | { readonly kind: 'add-role-to-profile'; readonly profileName: string; readonly roleName: string }
  | { readonly kind: 'remove-role-from-profile'; readonly profileName: string; readonly roleName: string };

/**
 * Steps of one phase are independent of each other; phases follow one another in this order. `found` makes what a trust policy of the
 * target names, for IAM takes only principals that exist, and what stands beside it in the source. What is taken away goes in the reverse order of making: `part` what hangs on a
 * role, `sweep` what hung there, `drop` roles of the source, `last` the role of the target, `clear` what roles named.
 */
export const PHASES = ['found', 'make', 'join', 'part', 'sweep', 'drop', 'last', 'clear'] as const;
export type Phase = (typeof PHASES)[number];

/** A write with what takes it back. */
export interface Step {
  /** Its own within its account: in another one there may be a step of the same id. */
  readonly id: string;
  /** In which account it is done. */
  readonly side: SideName;
  readonly account: string;
  readonly phase: Phase;
  readonly write: Write;
  /** Absent when there is nothing to take back. */
  readonly undo?: Write;
}

/** `removes access` and `drops a condition` are not covered by a plain yes. */
export type Risk = 'none' | 'widens access' | 'removes access' | 'drops a condition';

export interface Change {
  readonly action: 'create' | 'adopt' | 'update' | 'delete' | 'none';
  /**
   * `role/NAME`, `role/NAME/trust|settings|boundary|tags`, `role/NAME/inline/POLICY`, `role/NAME/attachment/ARN`, `policy/NAME`,
   * `provider/ISSUER`, `instance-profile/NAME`, `user/NAME/inline/POLICY`; what is of the source account begins with `source/`.
   */
  readonly address: string;
  readonly risk: Risk;
  readonly before: unknown;
  readonly after: unknown;
  readonly steps: readonly Step[];
  /** A flag of this run named what goes by it, so a plain yes covers it. */
  readonly isAsked?: true;
  /** What a person should know before they say yes to it; lower case, no full stop. */
  readonly notes?: readonly string[];
}

export interface Plan {
  readonly targetAccount: string;
  readonly changes: readonly Change[];
  /** Until unlock nobody can use the role, whatever the plan says. */
  readonly lock?: LockState;
  /** Of the permissions, where there are any: nothing is kept from being carried out. */
  readonly warnings?: readonly Diagnostic[];
  /** What was not looked at, because AWS refused to show it. */
  readonly unread: readonly Unread[];
  /** Everyone who will be able to assume the role, as the trust policy will name them. */
  readonly trustList: readonly string[];
}

export const changesOf = ({ changes }: Pick<Plan, 'changes'>): readonly Change[] =>
  changes.filter(({ action }) => action !== 'none');

/** Each once, the source's first, where it is one of them. */
export const accountsOf = (steps: readonly Step[]): readonly string[] => [
  ...new Set(steps.toSorted((a, b) => a.side.localeCompare(b.side)).map(({ account }) => account)),
];

export const noChange = (address: string, state: unknown): Change => ({
  action: 'none',
  address,
  risk: 'none',
  before: state,
  after: state,
  steps: [],
});

/** The same change with more to know. */
export const withNotes = (change: Change, notes: readonly string[]): Change =>
  notes.length === 0 ? change : { ...change, notes: [...(change.notes ?? []), ...notes] };

/** What a plain yes does not cover: it may lock somebody out, or let in who was kept out. */
export const isGrave = ({ risk, isAsked }: Pick<Change, 'risk' | 'isAsked'>): boolean =>
  isAsked !== true && (risk === 'removes access' || risk === 'drops a condition');

/** One text for plans that do the same. */
export const canonicalPlan = ({ targetAccount, changes, trustList }: Plan): string =>
  JSON.stringify([targetAccount, trustList, changes.map(({ action, address, risk, steps }) => [action, address, risk, steps])]);
