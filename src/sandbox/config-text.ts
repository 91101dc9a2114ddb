/** The AWS config file of a sandbox: profiles `source`, `target`, one for each account id, `ec2`, and one for each other instance. Text only. */
import type { KeyPair } from './model/default-seed.ts';

export interface ConfigInput {
  readonly endpoint: string;
  /** Profile name to instance metadata endpoint: `ec2`, and instances by their ids. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly region: string;
  readonly accounts: readonly { readonly id: string; readonly key: KeyPair }[];
}

const ALIASES = ['source', 'target'];

/** Profiles of instances name no credentials, so that SDKs go on to the instance metadata. */
export const formatConfig = ({ endpoint, metadata, region, accounts }: ConfigInput): string => {
  const common = [`region = ${region}`, `endpoint_url = ${endpoint}`];
  const profile = (name: string, lines: readonly string[]) => [`[profile ${name}]`, ...lines, ...common, ''].join('\n');
  const administrators = accounts.flatMap(({ id, key }, index) => {
    const lines = [`aws_access_key_id = ${key.accessKeyId}`, `aws_secret_access_key = ${key.secretAccessKey}`];
    const alias = ALIASES[index];
    return [...(alias === undefined ? [] : [profile(alias, lines)]), profile(id, lines)];
  });
  const instances = [...metadata].map(([name, at]) => profile(name, [`ec2_metadata_service_endpoint = ${at}`]));
  return [...administrators, ...instances].join('\n');
};
