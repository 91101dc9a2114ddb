/** What has to be known to decide: the caller, the role, the request and every policy between them, as plain data. */

/** A document as an object, as JSON text, as `{name, document}`, or already compiled by `compilePolicy`. */
export type PolicySource = string | object;

/** A policy that exists but could not be read: taken to allow, at the price of confidence. */
export type Unreadable = 'unknown';

/**
 * One level of an organization (root, an OU, the account) and the policies attached to it; some policy of every level must allow.
 * That holds for RCPs too: RCPFullAWSAccess is attached to every level and cannot be detached, so ListPoliciesForTarget names it, and
 * a level without it is one that was not read in full. Taking it to be there would allow on a guess.
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
 */
export interface OrganizationLevel {
  readonly level: string;
  readonly name?: string;
  readonly policies: readonly PolicySource[];
}

export type CallerKind = 'user' | 'role' | 'assumed-role' | 'root' | 'federated-user' | 'service' | 'web-identity';

/** A claim of a token, as JSON has it. */
export type ClaimValue = string | number | boolean | null | readonly ClaimValue[] | { readonly [key: string]: ClaimValue };

/** The claims of an OIDC token by their bare names: `iss`, `aud`, `sub`, … */
export type Claims = Readonly<Record<string, ClaimValue>>;

export interface Caller {
  /**
   * As GetCallerIdentity prints it; for a service its name, such as `ec2.amazonaws.com`; for a web identity the ARN of the OIDC
   * provider in IAM, or the issuer's URL or host.
   */
  readonly arn: string;
  readonly kind: CallerKind;
  /** The role of an `assumed-role` caller, with its path, which the session ARN lacks. */
  readonly roleArn?: string;
  /** `AIDA…` or `AROA…`. */
  readonly uniqueId?: string;
  /** Absent means none. */
  readonly identityPolicies?: readonly PolicySource[] | Unreadable;
  readonly boundary?: PolicySource | Unreadable;
  /** From the root down; absent means no organization. */
  readonly scps?: readonly OrganizationLevel[] | Unreadable;
  /** The session's own policies (not the one asked for in this request); several count as one set. */
  readonly sessionPolicy?: PolicySource | readonly PolicySource[] | Unreadable;
  readonly orgId?: string;
  readonly orgPath?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Absent: no such key for long-term keys, false for a session. */
  readonly mfa?: boolean;
  /** Seconds since the MFA code. */
  readonly mfaAge?: number;
  /** Absent: not known, and through a VPC endpoint there would be none. */
  readonly sourceIp?: string;
  /** Of a user or root; default false. Roles and federated users have no others. */
  readonly temporaryCredentials?: boolean;
  readonly sourceIdentity?: string;
  /** Which of `tags` are transitive session tags. */
  readonly transitiveTagKeys?: readonly string[];
  /** SCPs and RCPs do not apply to the management account. */
  readonly managementAccount?: boolean;
  /** For a service: on behalf of which account it calls. */
  readonly sourceAccount?: string;
  /** All of a web identity's token, though `aud` and `sub` are there even where they are not said; session tags and a source identity are claims too. */
  readonly claims?: Claims;
  /** Condition keys of the caller's credentials and client that nothing else here says: aws:TokenIssueTime, aws:UserAgent, ec2:SourceInstanceARN. */
  readonly conditionKeys?: Readonly<Record<string, string>>;
}

export interface TargetRole {
  readonly arn: string;
  readonly trustPolicy: PolicySource;
  /** Seconds; default 3600. */
  readonly maxSessionDuration?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly uniqueId?: string;
  readonly orgId?: string;
  readonly rcps?: readonly OrganizationLevel[] | Unreadable;
  /** Bind the session later, not this decision, unless the caller is in the same account. */
  readonly scps?: readonly OrganizationLevel[] | Unreadable;
}

export interface AssumeRoleRequest {
  readonly externalId?: string;
  /** STS takes no call without one; absent: what it is, is not known. */
  readonly sessionName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  readonly durationSeconds?: number;
  /** Of the STS endpoint; `us-east-1` for the global one. Absent: what aws:RequestedRegion is, is not known. */
  readonly region?: string;
  /** The session policy for the session to be made: it must parse, and decides nothing here. */
  readonly policy?: PolicySource;
}

/** May `caller` assume `role` by `request`? */
export interface Scenario {
  readonly id?: string;
  /** ISO 8601; without it aws:CurrentTime and aws:EpochTime are there, and what they are is not known. */
  readonly time?: string;
  readonly caller: Caller;
  readonly role: TargetRole;
  readonly request: AssumeRoleRequest;
}

/** May `caller` do `action` on `resource` by its own policies? There is no resource policy, so a resource of another account is refused. */
export interface AccessQuery {
  readonly id?: string;
  readonly time?: string;
  readonly caller: Caller;
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  /** More condition keys; a list makes a multivalued key. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly resourceTags?: Readonly<Record<string, string>>;
}
