/** Access: all that assuming the role takes. Enough for verify and emit; no IAM is needed to know it. */
import type { RoleArn } from './arn.ts';
import type { PolicyDocument } from './policy-document.ts';

/** One role and the parameters of the call that enters it: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export interface RoleEntry {
  readonly roleArn: string;
  /** The parts of `roleArn`. */
  readonly role: RoleArn;
  /** All that the trust policy takes, the one to send first; empty when it asks for none. */
  readonly externalIds: readonly string[];
  readonly sessionName: string;
  /** DurationSeconds that is asked for, 900 to 43200. */
  readonly sessionSeconds: number;
  readonly sessionTags: Readonly<Record<string, string>>;
  /** Keys of `sessionTags` that later roles on the way get, too. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
  /** What the session may do is this and the role's own permissions, whichever allows less. */
  readonly sessionPolicy: PolicyDocument | undefined;
  readonly sessionPolicyArns: readonly string[];
}

/** A token that a CI system, a cluster or HCP Terraform signs, in the place of credentials. */
export interface WebIdentity {
  /** `https://…`; undefined when nobody said whose token it is. */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Where the token lies on the machine that uses it; undefined: AWS_WEB_IDENTITY_TOKEN_FILE says it there. */
  readonly tokenFile: string | undefined;
}

/** The last role on the way is the target's own. */
export interface Access extends RoleEntry {
  /** Where the provider works, and whose STS endpoint is asked. */
  readonly region: string;
  /** Roles that are entered before it, in this order, such as the hub of several targets. Empty: the source enters it at once. */
  readonly via: readonly RoleEntry[];
  /**
   * The first role on the way is entered with this token, by AssumeRoleWithWebIdentity, which takes no external ID, tags or source
   * identity (the token's own claims say those). Undefined: the source's credentials enter it, by AssumeRole.
   */
  readonly webIdentity: WebIdentity | undefined;
}

/** The external ID that is sent. */
export const sentExternalId = ({ externalIds }: RoleEntry): string | undefined => externalIds[0];

/** Every role on the way, the target's last. */
export const entriesOf = (access: Access): readonly RoleEntry[] => [...access.via, access];
