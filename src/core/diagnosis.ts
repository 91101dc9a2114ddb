/** What verify needs to know why a proof failed: loaded after a failure only, for it brings the evaluator and the table of causes. */
import type { Access } from '#domain/access.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { PermissionQuestion } from '#domain/declared-actions.ts';
import type { RoleArn } from '#domain/arn.ts';
import type { DeclaredPrincipal } from './declared-trust.ts';
import type { JudgedPermissions } from './judge-permissions.ts';
import type { PrincipalIam } from './ports/principal-iam.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import type { Denials } from './denials.ts';
import type { AccountView } from './explain-live.ts';
import type { AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import type { DeniedAction } from './ports/simulator.ts';

/** What there is to see beside AWS's answers. */
export interface Insight {
  /** ISO 8601. */
  readonly time: string;
  /** The accounts whose IAM can be read. */
  readonly views: readonly AccountView[];
  /** Of the credentials that were named for the target; undefined where none were. */
  readonly targetAccount?: string | undefined;
  /** That of the source's account, where it may be known. */
  readonly organization?: { readonly account: string; readonly id: string } | undefined;
}

/** What the set-up says of the trust policy, where nobody can read it. */
export interface SaidOfTrust {
  /** That it asks for no external ID; false where nobody said anything of it. */
  readonly hasNoId: boolean;
  /** The organization that it asks for. */
  readonly orgId: string | undefined;
  /** Whom xacct.yaml has it trust; undefined where flags alone describe the role, and of a role on the way. */
  readonly trusted?: readonly DeclaredPrincipal[] | undefined;
  /** This run was told another external ID than the file has. */
  readonly hasOtherId?: boolean;
}

export interface Situation {
  readonly access: Access;
  readonly source: CallerIdentity;
  /** What was asked, with everything right. */
  readonly request: AssumeRoleRequest;
  readonly said: SaidOfTrust;
  readonly sessions: Sessions;
  readonly insight: Insight;
  readonly denials: Denials;
  readonly signal?: AbortSignal | undefined;
}

/** A refusal of AWS's, or what verify saw itself: a code, and what its sentence names. */
export type Symptom =
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | {
      readonly kind: 'seen';
      readonly code: CauseCode;
      readonly subject: string | null;
      /** Of what is declared for the role. */
      readonly denied?: readonly DeniedAction[];
    };

export interface Diagnosis {
  /** The policies that can be read refuse it for certain, so waiting for IAM is of no use. */
  isHopeless(refusal: Refusal, situation: Situation): Promise<boolean>;
  diagnose(symptom: Symptom, situation: Situation): Promise<VerifyCause>;
  /** By the role's own policies, where they can be read. */
  judgePermissions(role: RoleArn, questions: readonly PermissionQuestion[], iam: PrincipalIam): Promise<JudgedPermissions>;
  /** There was no answer to diagnose: why not. */
  ofError(error: XacctError): VerifyCause | undefined;
}

export type OpenDiagnosis = (source: CallerIdentity) => Promise<{ readonly diagnosis: Diagnosis; readonly insight: Insight }>;
