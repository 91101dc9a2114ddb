/** A seed: accounts and what is in them by IAM's own field names, an organization, faults. Data only. */
import type { WrittenFaults } from '#sandbox/parse-faults.ts';
import type { Tag } from './account.ts';
import type { SeedOrganization } from './organization.ts';

/** A policy document as an object or as JSON text. */
export type SeedDocument = string | object;

export interface SeedPrincipal {
  readonly Path?: string;
  readonly Tags?: readonly Tag[];
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: SeedDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
}

export interface SeedUser extends SeedPrincipal {
  readonly UserName: string;
  /** Names of groups of the account, made where they are not there. */
  readonly Groups?: readonly string[];
  readonly AccessKeys?: readonly { readonly AccessKeyId: string; readonly SecretAccessKey: string }[];
  /** Virtual devices, switched on; `Name` is the user's where absent. */
  readonly MFADevices?: readonly { readonly Name?: string; readonly Base32StringSeed: string }[];
}

export interface SeedGroup {
  readonly GroupName: string;
  readonly Path?: string;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: SeedDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
}

export interface SeedOidcProvider {
  readonly Url: string;
  readonly ClientIDList?: readonly string[];
  readonly ThumbprintList?: readonly string[];
  readonly Tags?: readonly Tag[];
  /** Public keys that its tokens are signed with (RFC 7517); without any, the sandbox signs them. */
  readonly Jwks?: readonly Readonly<Record<string, unknown>>[];
}

export interface SeedRole extends SeedPrincipal {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: SeedDocument;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
}

export interface SeedPolicy {
  readonly PolicyName: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly Tags?: readonly Tag[];
  readonly PolicyDocument: SeedDocument;
}

export interface SeedInstanceProfile {
  readonly InstanceProfileName: string;
  readonly Path?: string;
  readonly Roles?: readonly string[];
}

export interface SeedInstance {
  readonly InstanceId: string;
  readonly Region?: string;
  readonly InstanceProfileName?: string;
  /** `optional` lets IMDSv1 in. Default `required`. */
  readonly HttpTokens?: 'required' | 'optional';
  /** `disabled`: the metadata service answers 403. */
  readonly HttpEndpoint?: 'enabled' | 'disabled';
  /** Default 1. The answer to a token request gets no farther. */
  readonly HttpPutResponseHopLimit?: number;
  /** How far away the program is that asks: 2 is a container behind a bridge. Default 1. */
  readonly ClientHops?: number;
}

export interface AccountSeed {
  readonly alias?: string;
  /** Keys of the root user. */
  readonly rootAccessKeys?: readonly { readonly AccessKeyId: string; readonly SecretAccessKey: string }[];
  readonly groups?: readonly SeedGroup[];
  readonly oidcProviders?: readonly SeedOidcProvider[];
  readonly users?: readonly SeedUser[];
  readonly roles?: readonly SeedRole[];
  readonly policies?: readonly SeedPolicy[];
  readonly instanceProfiles?: readonly SeedInstanceProfile[];
  readonly instances?: readonly SeedInstance[];
}

export interface SandboxSeed {
  readonly organization?: SeedOrganization;
  readonly accounts?: Readonly<Record<string, AccountSeed>>;
  readonly faults?: WrittenFaults;
}
