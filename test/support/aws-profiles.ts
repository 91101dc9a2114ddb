/** Opens a side over shared files of the test's own, with STS stubbed on loopback; says which key each request was signed with. */
import { afterEach, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { CredentialSource } from '#domain/credential-source.ts';
import { identityOf, openStub, sessionFor, useEnvironment, type Asked, type Canned, type Stub } from './aws-stub.ts';

export const stubs: Stub[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

export const keyOf = ({ headers }: Asked): string => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';

export const standard = (asked: Asked): Canned =>
  asked.action === 'AssumeRole' || asked.action === 'AssumeRoleWithWebIdentity'
    ? renamed(sessionFor(asked.params.get('RoleArn') ?? ''), asked.action)
    : identityOf('111111111111');

const renamed = (canned: Canned, action: string): Canned => ({
  ...canned,
  body: canned.body.replaceAll(/AssumeRole(Response|Result)/g, `${action}$1`),
});

export const open = async (
  settings: Readonly<Record<string, string>>,
  source: CredentialSource,
  answer: (asked: Asked) => Canned = standard,
) => {
  const stub = await openStub(answer);
  stubs.push(stub);
  const env = useEnvironment({ AWS_ENDPOINT_URL: stub.url, AWS_EC2_METADATA_DISABLED: 'true', ...settings });
  const { sessions, iam } = openAwsAccounts(env).open({ source, region: 'eu-west-1' });
  return { sessions, iam, stub };
};

export const profile = (name: string): CredentialSource => ({ kind: 'profile', name });
export const DEFAULT: CredentialSource = { kind: 'default' };

/** A profile of every kind. */
export const FILES = `
[default]
region = eu-central-1
[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = base-secret-key
[profile assumed]
role_arn = arn:aws:iam::111111111111:role/ops/deploy
source_profile = base
external_id = its-external-id
[profile twice]
role_arn = arn:aws:iam::111111111111:role/second
source_profile = assumed
[profile from-env]
role_arn = arn:aws:iam::111111111111:role/deploy
credential_source = Environment
[profile own]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = own
aws_access_key_id = AKIAOWN
aws_secret_access_key = own-secret-key
[profile mfa]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = base
mfa_serial = arn:aws:iam::111111111111:mfa/alice
[profile over-mfa]
role_arn = arn:aws:iam::111111111111:role/second
source_profile = mfa
[profile lost]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = nowhere
[profile round]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = trip
[profile trip]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = round
[profile sourceless]
role_arn = arn:aws:iam::111111111111:role/deploy
[profile empty]
region = us-west-2
[profile sso-legacy]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111111111111
sso_role_name = Admin
[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Admin
[profile over-sso]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = sso
[profile sso-lost]
sso_session = gone
sso_account_id = 111111111111
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
`;
