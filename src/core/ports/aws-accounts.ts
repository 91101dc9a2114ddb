/** Opens one side of the set-up: the only way from a credential source to AWS. Nothing is called before a method of the result is. */
import type { CredentialSource } from '#domain/credential-source.ts';
import type { Organizations } from './organizations.ts';
import type { PrincipalIam } from './principal-iam.ts';
import type { Simulator } from './simulator.ts';
import type { Sessions } from './sessions.ts';
import type { AccountIam } from './account-iam.ts';

export interface SideOptions {
  readonly source: CredentialSource;
  readonly region: string;
  /** `--endpoint-url`; without it the SDK's own variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, …) count. */
  readonly endpointUrl?: string;
  /** ARNs of roles: the first is assumed with the credentials, each further one with the one before, and the last is the side. */
  readonly viaRoles?: readonly string[];
  /** A file with an OIDC token, which stands in the place of the credentials when STS is asked. */
  readonly tokenFile?: string;
  /** Nothing hangs on what is read of IAM, which is given up sooner where AWS throttles. */
  readonly isOnlyLooking?: boolean;
  /** Resolves to the six digits that this MFA device shows; absent where nobody can be asked. */
  readonly askMfaCode?: (device: string) => Promise<string>;
}

export interface AwsSide {
  readonly sessions: Sessions;
  readonly iam: AccountIam;
  /** What explain reads of either account. */
  readonly principals: PrincipalIam;
  readonly simulator: Simulator;
  readonly organizations: Organizations;
}

export interface AwsAccounts {
  open(options: SideOptions): AwsSide;
  /** Names of the profiles in the shared config and credentials files; empty when there are none. */
  listProfiles(): Promise<readonly string[]>;
  /** The region of a profile or of the environment (AWS_REGION, AWS_DEFAULT_REGION), when one is set. */
  configuredRegion(source: CredentialSource): Promise<string | undefined>;
}
