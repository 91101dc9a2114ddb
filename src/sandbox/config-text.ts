/** The AWS config file of a sandbox: profiles `source`, `target`, one for each account id, and `ec2`. Text only. */
import type { KeyPair } from './model/default-seed.ts';

export interface ConfigInput {
  readonly endpoint: string;
  readonly metadataEndpoint: string;
  readonly region: string;
  readonly accounts: readonly { readonly id: string; readonly key: KeyPair }[];
}

const ALIASES = ['source', 'target'];

/** `ec2` names no credentials, so that SDKs go on to the instance metadata. */
export const formatConfig = ({ endpoint, metadataEndpoint, region, accounts }: ConfigInput): string => {
  const common = [`region = ${region}`, `endpoint_url = ${endpoint}`];
  const profile = (name: string, lines: readonly string[]) => [`[profile ${name}]`, ...lines, ...common, ''].join('\n');
  const administrators = accounts.flatMap(({ id, key }, index) => {
    const lines = [`aws_access_key_id = ${key.accessKeyId}`, `aws_secret_access_key = ${key.secretAccessKey}`];
    const alias = ALIASES[index];
    return [...(alias === undefined ? [] : [profile(alias, lines)]), profile(id, lines)];
  });
  return [...administrators, profile('ec2', [`ec2_metadata_service_endpoint = ${metadataEndpoint}`])].join('\n');
};
