/** Credentials that stand in the way: xacct proves with one source, and Terraform on the same machine would take another. Pure. */
import { describeSource, type CredentialSource } from '#domain/credential-source.ts';
import { warning, type Diagnostic } from '#domain/diagnostic.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Keys in the environment come first for Terraform's AWS provider, unless its block names a profile; xacct takes a named source all the same.
 * Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration
 */
export const shadowed = (source: CredentialSource, env: Env): Diagnostic | undefined => {
  if (!env['AWS_ACCESS_KEY_ID'] || !env['AWS_SECRET_ACCESS_KEY']) return undefined;
  const unset = { text: 'if they are not meant', command: 'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN' };
  if (source.kind !== 'default')
    return warning(
      'SHADOWED_CREDENTIALS',
      `${describeSource(source)} is proved, and the environment holds other keys (AWS_ACCESS_KEY_ID), which Terraform would take before it`,
      [unset],
    );
  const profile = env['AWS_PROFILE'];
  if (!profile) return undefined;
  return warning(
    'SHADOWED_CREDENTIALS',
    `the keys of the environment (AWS_ACCESS_KEY_ID) are taken, not profile ${profile} (AWS_PROFILE), which is set, too`,
    [unset, { text: 'or name the profile', command: 'xacct verify --source-profile NAME' }],
  );
};
