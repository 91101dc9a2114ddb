/** Terraform files that keep Terraform from the instance metadata, where the role of the instance is what is proved. Pure. */
import { warning, type Diagnostic } from '#domain/diagnostic.ts';

export interface TerraformText {
  readonly name: string;
  readonly text: string;
}

const SKIPS = /^\s*(?:"skip_metadata_api_check"|skip_metadata_api_check)\s*[=:]\s*"?true\b/m;

/** Whole lines only: a comment behind a setting does not unset it. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*(?:#|\/\/).*$/gm, '');

/**
 * The setting counts for the provider or the backend in whose block it stands; the default is false.
 * Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#skip_metadata_api_check
 */
export const metadataSkipped = (files: readonly TerraformText[]): Diagnostic | undefined => {
  const names = files.filter(({ text }) => SKIPS.test(withoutComments(text))).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return warning(
    'METADATA_SKIPPED',
    `skip_metadata_api_check = true in ${names.join(', ')}: Terraform does not ask the instance metadata there, so it does not find the role that is proved here`,
    [
      {
        text: 'on this instance leave the setting out; it is for endpoints that are not AWS and machines that are no instance',
        command: 'grep -n skip_metadata_api_check *.tf *.tf.json',
      },
    ],
  );
};
