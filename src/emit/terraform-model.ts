/** What a provider.tf says, as data: the argument of its template and of the JSON form. docs/templates.md describes it to people. */
import type { Access } from '#domain/access.ts';
import type { Expression, JsonText, Value } from './hcl.ts';
import type { ProviderVersion } from './provider-version.ts';

/** Text that is known, or an expression in its place: a variable, or a value of `for_each`. */
export type TextValue = string | Expression;

/** One assume_role block. What is undefined is not sent. */
export interface AssumeRoleModel {
  readonly roleArn: TextValue;
  readonly externalId: TextValue | undefined;
  readonly sessionName: TextValue;
  /** `1h` */
  readonly duration: TextValue;
  readonly sourceIdentity: TextValue | undefined;
  readonly tags: Readonly<Record<string, string>> | Expression | undefined;
  readonly transitiveTagKeys: readonly string[] | Expression | undefined;
  readonly policy: JsonText | TextValue | undefined;
  readonly policyArns: readonly string[] | Expression | undefined;
}

/** The assume_role_with_web_identity block. */
export interface WebIdentityModel {
  readonly roleArn: TextValue;
  readonly sessionName: TextValue;
  readonly duration: TextValue;
  readonly policy: JsonText | TextValue | undefined;
  readonly policyArns: readonly string[] | Expression | undefined;
  /** undefined: AWS_WEB_IDENTITY_TOKEN_FILE says it. */
  readonly tokenFile: TextValue | undefined;
}

export interface ProviderModel {
  /** The target's name. */
  readonly name: string;
  /** undefined: the provider that resources take by themselves. */
  readonly alias: string | undefined;
  /** OpenTofu: one provider for each of them. */
  readonly forEach: Expression | undefined;
  readonly region: TextValue;
  /** Of a profile in the shared AWS files, when it was asked for. */
  readonly profile: string | undefined;
  readonly allowedAccountIds: readonly TextValue[];
  readonly skipMetadataApiCheck: boolean;
  readonly stsRegion: string | undefined;
  readonly stsEndpoint: string | undefined;
  readonly useFips: boolean;
  readonly useDualstack: boolean;
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  readonly webIdentity: WebIdentityModel | undefined;
  /** In the order in which the roles are entered, the target's last. */
  readonly assumeRoles: readonly AssumeRoleModel[];
  /** A list with an entry for each block; then `assumeRoles` has one, written in terms of `assume_role.value`. */
  readonly assumeRoleForEach: Expression | undefined;
}

/** The S3 backend. Terraform takes no expressions in it. */
export interface BackendModel {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  /** The account that must hold the bucket, where it is known. */
  readonly allowedAccountIds: readonly string[] | undefined;
  readonly profile: string | undefined;
  /** In the target's account: the role by which it is reached. */
  readonly assumeRole: AssumeRoleModel | undefined;
  readonly webIdentity: WebIdentityModel | undefined;
}

export interface VariableModel {
  readonly name: string;
  readonly description: string;
  /** A type constraint of Terraform. */
  readonly type: Expression;
  /** What terraform.tfvars sets it to. */
  readonly value: Value;
}

/** A bucket to try the provider with. */
export interface ExampleModel {
  /** The resource's name. */
  readonly label: string;
  readonly provider: Expression | undefined;
  readonly forEach: Expression | undefined;
  readonly bucket: TextValue;
}

export interface TerraformModel {
  readonly tool: 'terraform' | 'opentofu';
  /** Of the tool; undefined where any will do. */
  readonly requiredVersion: string | undefined;
  /** Of the AWS provider. */
  readonly providerVersion: string;
  readonly backend: BackendModel | undefined;
  readonly variables: readonly VariableModel[];
  readonly locals: Readonly<Record<string, Value>> | undefined;
  readonly providers: readonly ProviderModel[];
  readonly examples: readonly ExampleModel[];
}

/** What is asked for beyond the access itself; undefined or false is what nobody asked for. */
export interface TerraformOptions {
  readonly tofu: boolean;
  readonly providerVersion: ProviderVersion;
  readonly alias: string | undefined;
  readonly profile: string | undefined;
  readonly skipMetadataApiCheck: boolean;
  readonly stsRegion: string | undefined;
  readonly stsEndpoint: string | undefined;
  readonly fips: boolean;
  readonly dualstack: boolean;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly hasVariables: boolean;
  readonly backend:
    | {
        readonly bucket: string;
        readonly key: string;
        /** undefined: the provider's. */
        readonly region: string | undefined;
        readonly account: 'source' | 'target';
      }
    | undefined;
}

/** One target of the file, or what the flags say. */
export interface TerraformTarget {
  readonly name: string;
  readonly access: Access;
  /** The credentials at hand are those of the first role on the way already, such as a workflow's. */
  readonly isEntered?: boolean;
  /** The account that the credentials are of, where it is known. */
  readonly sourceAccount: string | undefined;
  /** The bucket of `--example`. */
  readonly exampleBucket: string | undefined;
}
