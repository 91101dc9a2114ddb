/** STS as one side sees it: who am I, and may I assume this role. Credentials never leave the adapter. */
import type { StsEndpoint } from '#domain/verify-report.ts';
import type { PrincipalIam } from './principal-iam.ts';
import type { Simulator } from './simulator.ts';
import type { Claims } from '#policy/scenario.ts';

/** GetCallerIdentity: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /**
   * Of whoever has a token in the place of credentials, which only STS can check: then `arn` is its issuer's URL, `userId` its subject, and
   * there is no account ('').
   */
  readonly claims?: Claims;
}

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  /** DurationSeconds, 900 to 43200. */
  readonly sessionSeconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  /** As JSON: the session may do what it allows, and no more than the role. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  /** Asks STS of another region than the side's. */
  readonly region?: string;
  /** Said in the user agent as `xacct-probe/NAME`, so that whoever watches refusals can tell a probe from an attack. */
  readonly probe?: string;
}

/** How long the credentials of a side go on. */
export type CredentialLife =
  | { readonly kind: 'permanent' }
  /** `by`: what renews them, and until when. */
  | { readonly kind: 'renewed'; readonly by: string }
  /** Epoch milliseconds; null where nothing says. */
  | { readonly kind: 'fixed'; readonly expiresAt: number | null };

/** AWS's refusal, word for word. `code` is the wire code (`AccessDenied`, `ValidationError`, …), never a client's class name. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly requestId?: string;
  /**
   * How often this very call may have reached AWS and been carried out, this answer included. Above 1, an earlier attempt got no answer:
   * what is in the way may be its own work. An attempt that AWS answered and turned down (throttling) does not count.
   */
  readonly attempts?: number;
}

/** AWS's answer behind an XacctError that a port threw: its `cause`. Undefined when there was no answer. */
export const refusalOf = (error: unknown): Refusal | undefined => {
  const cause = error instanceof Error ? (error.cause as Partial<Refusal> | undefined) : undefined;
  return cause?.kind === 'refused' ? (cause as Refusal) : undefined;
};

/** IAM of an account, as far as somebody may look. */
export interface AccountInside {
  readonly simulator: Simulator;
  readonly principals: PrincipalIam;
}

export interface AssumedSession {
  readonly kind: 'assumed';
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string;
  /** `AROA…:SESSION` */
  readonly userId: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** What was sent, or what the caller's own session has. */
  readonly sourceIdentity?: string;
  /** GetCallerIdentity with the new credentials. */
  identity(): Promise<CallerIdentity>;
  /** STS as these credentials see it. */
  sessions(): Sessions;
  /** IAM of the role's account, as far as the session may look. */
  inside(): AccountInside;
}

export interface Sessions {
  /** Who these credentials are. Throws XacctError (NO_CREDENTIALS, EXPIRED_CREDENTIALS, BAD_CREDENTIALS, UNREACHABLE). */
  identity(): Promise<CallerIdentity>;
  /** Where the credentials came from, once `identity` was asked: `environment`, `profile ci`, `EC2 instance metadata`, … */
  credentialSource(): string;
  /** Once `identity` was asked. */
  credentialLife(): CredentialLife;
  /** Where the calls go. */
  endpoint(): Promise<StsEndpoint>;
  /**
   * The same long-term keys after a code of their MFA device, by GetSessionToken. `device` where none is in the profile; undefined where no
   * device is known or nobody can be asked. Throws XacctError where the code is refused.
   */
  withMfa(device: string | undefined): Promise<Sessions | undefined>;
  /**
   * One AssumeRole, or AssumeRoleWithWebIdentity where there is a token, which brings neither external ID nor tags. AWS's answer is data: AccessDenied, ValidationError, RegionDisabledException and the like come back as a Refusal.
   * Throws XacctError only when there was no answer about this request (no or expired credentials, network).
   */
  assumeRole(request: AssumeRoleRequest, signal?: AbortSignal): Promise<AssumedSession | Refusal>;
}
