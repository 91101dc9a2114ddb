/** Plan: ordered changes, each with the steps that would carry it out. Data only: `none` is listed too, and nothing here can write. */
import type { PolicyDocument } from './policy-document.ts';

export type Tags = Readonly<Record<string, string>>;

export interface RoleSettings {
  readonly description: string;
  readonly maxSessionSeconds: number;
}

/** One write. A kind maps to exactly one method of the TargetIam port. */
export type Write =
  | {
      readonly kind: 'create-role';
      readonly role: RoleSettings & {
        readonly name: string;
        readonly path: string;
        readonly trustPolicy: PolicyDocument;
        readonly tags: Tags;
      };
    }
  | { readonly kind: 'delete-role'; readonly roleName: string }
  | { readonly kind: 'update-trust'; readonly roleName: string; readonly trustPolicy: PolicyDocument }
  | { readonly kind: 'update-role'; readonly roleName: string; readonly settings: RoleSettings }
  | { readonly kind: 'tag-role'; readonly roleName: string; readonly tags: Tags }
  | { readonly kind: 'untag-role'; readonly roleName: string; readonly keys: readonly string[] }
  | {
      readonly kind: 'create-policy';
      readonly arn: string;
      readonly policy: {
        readonly name: string;
        readonly path: string;
        readonly description: string;
        readonly document: PolicyDocument;
        readonly tags: Tags;
      };
    }
  | { readonly kind: 'update-policy'; readonly arn: string; readonly document: PolicyDocument }
  | { readonly kind: 'delete-policy'; readonly arn: string }
  | { readonly kind: 'attach-policy'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'detach-policy'; readonly roleName: string; readonly policyArn: string };

/** Steps of one phase are independent of each other; phases follow one another in this order. */
export const PHASES = ['make', 'join', 'part', 'sweep'] as const;
export type Phase = (typeof PHASES)[number];

/** A write with what takes it back. */
export interface Step {
  readonly id: string;
  readonly phase: Phase;
  readonly write: Write;
  /** Absent when there is nothing to take back. */
  readonly undo?: Write;
}

/** `removes access` and `drops a condition` are not covered by a plain yes. */
export type Risk = 'none' | 'widens access' | 'removes access' | 'drops a condition';

export interface Change {
  readonly action: 'create' | 'update' | 'delete' | 'none';
  /** `role/NAME`, `role/NAME/trust`, `role/NAME/tags`, `role/NAME/attachment/ARN`, `policy/NAME` */
  readonly address: string;
  readonly risk: Risk;
  readonly before: unknown;
  readonly after: unknown;
  readonly steps: readonly Step[];
}

export interface Plan {
  readonly targetAccount: string;
  readonly changes: readonly Change[];
  /** Everyone who will be able to assume the role, as the trust policy will name them. */
  readonly trustList: readonly string[];
}

export const changesOf = (plan: Plan): readonly Change[] => plan.changes.filter(({ action }) => action !== 'none');

export const noChange = (address: string, state: unknown): Change => ({
  action: 'none',
  address,
  risk: 'none',
  before: state,
  after: state,
  steps: [],
});

/** What a plain yes does not cover: it may lock somebody out, or let in who was kept out. */
export const isGrave = ({ risk }: Change): boolean => risk === 'removes access' || risk === 'drops a condition';
