/** Terraform's real AWS provider with provider.tf of every kind against the sandbox: who it is in the end, and that every call on the way was allowed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Access } from '#domain/access.ts';
import { parseRoleArn } from '#domain/arn.ts';
import { buildTerraform } from '#emit/build-terraform.ts';
import { emitHcl, emitJson } from '#emit/provider-tf.ts';
import { parseProviderVersion } from '#emit/provider-version.ts';
import type { TerraformOptions } from '#emit/terraform-model.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { anAccess } from '../support/builders.ts';
import { cleanEnvironment, runOk, type Environment } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { NO_TERRAFORM_OPTIONS } from '../support/terraform-files.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const THIRD = '333333333333';
const ISSUER = 'token.actions.githubusercontent.com';
const SUBJECT = 'repo:acme/infra:ref:refs/heads/main';

const trusting = (principal: string, id?: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'sts:AssumeRole',
      ...(id !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': id } } }),
    },
    { Effect: 'Allow', Principal: { AWS: principal }, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] },
  ],
});

const TOKEN_TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${TARGET}:oidc-provider/${ISSUER}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: SUBJECT } },
    },
  ],
};

const MAY_ASSUME = {
  PolicyName: 'assume',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], Resource: '*' }],
  },
};

const SEED = {
  accounts: {
    [SOURCE]: { roles: [{ RoleName: 'hub', AssumeRolePolicyDocument: trusting(SOURCE), Policies: [MAY_ASSUME] }] },
    [TARGET]: {
      roles: [
        { RoleName: 'deploy', Path: '/ops/', MaxSessionDuration: 7200, AssumeRolePolicyDocument: trusting(SOURCE, 'the-id') },
        { RoleName: 'spoke', AssumeRolePolicyDocument: trusting(`arn:aws:iam::${SOURCE}:role/hub`, 'spoke-id') },
        { RoleName: 'ci', AssumeRolePolicyDocument: TOKEN_TRUST, Policies: [MAY_ASSUME] },
      ],
      oidcProviders: [{ Url: `https://${ISSUER}`, ClientIDList: ['sts.amazonaws.com'] }],
    },
    [THIRD]: {
      roles: [
        { RoleName: 'deploy', AssumeRolePolicyDocument: trusting(`arn:aws:iam::${TARGET}:role/ci`) },
        { RoleName: 'other', AssumeRolePolicyDocument: trusting(SOURCE) },
      ],
    },
  },
};

const role = (roleArn: string, changes: Partial<Access> = {}): Access => {
  const parsed = parseRoleArn(roleArn);
  if (parsed === undefined) throw new Error(roleArn);
  return anAccess({ roleArn, role: parsed, externalIds: [], region: 'us-east-1', ...changes });
};

const DEPLOY = role(`arn:aws:iam::${TARGET}:role/ops/deploy`, { externalIds: ['the-id'] });
const HUB = role(`arn:aws:iam::${SOURCE}:role/hub`);
const SPOKE = role(`arn:aws:iam::${TARGET}:role/spoke`, { externalIds: ['spoke-id'], via: [HUB] });
const THIRD_ROLE = role(`arn:aws:iam::${THIRD}:role/deploy`);
const OTHER = role(`arn:aws:iam::${THIRD}:role/other`);
const tokenFile = { issuer: undefined, audience: undefined, tokenFile: 'token.jwt' };
const CI = role(`arn:aws:iam::${TARGET}:role/ci`, { webIdentity: tokenFile });

interface Case {
  readonly accesses: Readonly<Record<string, Access>>;
  readonly options?: Partial<TerraformOptions>;
  readonly isJson?: boolean;
}

const EXTRAS = {
  sessionTags: { 'cost center': 'a b=c', team: 'x' },
  transitiveTagKeys: ['team'],
  sourceIdentity: 'jane',
  sessionPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:Get*', Resource: '*' }] },
  sessionPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
} as const;

/** Modules of one configuration, so that Terraform and the provider start once for all. Variables are the root's: tfvars reach no module. */
const GROUPS: Readonly<Record<string, { readonly root: Case; readonly modules: Readonly<Record<string, Case>> }>> = {
  'with keys or a profile': {
    root: { accesses: { dev: DEPLOY, other: OTHER }, options: { hasVariables: true }, isJson: true },
    modules: {
      one: { accesses: { dev: DEPLOY } },
      json: { accesses: { dev: DEPLOY }, isJson: true },
      chain: { accesses: { dev: SPOKE } },
      token: { accesses: { dev: CI } },
      'token-and-chain': { accesses: { dev: { ...THIRD_ROLE, via: [CI], webIdentity: tokenFile } } },
      extras: { accesses: { dev: { ...DEPLOY, ...EXTRAS } } },
      two: { accesses: { dev: DEPLOY, '3rd': OTHER }, options: { defaultTags: { 'made-by': 'xacct' } } },
      long: {
        accesses: { dev: { ...DEPLOY, sessionSeconds: 7200 } },
        options: { stsRegion: 'eu-west-1', skipMetadataApiCheck: true },
      },
      profile: { accesses: { dev: DEPLOY }, options: { profile: 'source' } },
    },
  },
  'on an instance': {
    root: { accesses: { dev: DEPLOY }, options: { hasVariables: true, alias: 'target' } },
    modules: { instance: { accesses: { dev: DEPLOY } } },
  },
};

/** Beside provider.tf: who the providers are. */
const askWho = (providers: readonly (string | undefined)[]): string => {
  const data = providers.map((alias, index) => {
    const provider = alias === undefined ? '' : `  provider = aws.${alias}\n`;
    return `data "aws_caller_identity" "who${index}" {\n${provider}}\n`;
  });
  const all = providers.map((_, index) => `data.aws_caller_identity.who${index}.arn`);
  return `${data.join('')}output "who" {\n  value = join(" ", [${all.join(', ')}])\n}\n`;
};

const filesOf = ({ accesses, options, isJson }: Case): Readonly<Record<string, string>> => {
  const version = parseProviderVersion(undefined);
  if (!version.ok) throw new Error('no version');
  const model = buildTerraform(
    Object.entries(accesses).map(([name, access]) => ({ name, access, sourceAccount: SOURCE, exampleBucket: undefined })),
    { ...NO_TERRAFORM_OPTIONS, providerVersion: version.value, ...options },
  );
  if (!model.ok) throw new Error(model.diagnostics[0]?.message);
  const files = isJson === true ? emitJson(model.value) : emitHcl(model.value);
  return {
    ...Object.fromEntries(files.map(({ path: file, content }) => [file, content])),
    'who.tf': askWho(model.value.providers.map(({ alias }) => alias)),
  };
};

const expected = ({ accesses }: Case): string =>
  Object.values(accesses)
    .map(({ role: { account, name } }) => `arn:aws:sts::${account}:assumed-role/${name}/terraform`)
    .join(' ');

describeWithPeers(['terraform', 'terraform-provider-aws'], 'provider.tf under the real provider', () => {
  let home = '';
  let sandbox: Sandbox;

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'xacct-provider-'));
    sandbox = await openSandbox({ seed: SEED, accounts: [SOURCE, TARGET, THIRD] });
    await writeFile(path.join(home, 'aws-config'), sandbox.awsConfigText());
  });
  afterAll(async () => {
    await sandbox?.close();
    await rm(home, { recursive: true, force: true });
  });

  const environment = async (group: string): Promise<Environment> => {
    const common = cleanEnvironment(home, { AWS_ENDPOINT_URL: sandbox.endpoint, CHECKPOINT_DISABLE: '1' });
    if (group === 'on an instance')
      return { ...common, AWS_EC2_METADATA_SERVICE_ENDPOINT: await sandbox.instanceEndpoint('i-0abcdef1234567890') };
    const { accessKeyId, secretAccessKey } = sandbox.credentials(SOURCE);
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    return { ...common, ...keys, AWS_CONFIG_FILE: path.join(home, 'aws-config') };
  };

  test.each(Object.entries(GROUPS))('%s: Terraform is the role, in the account', async (group, { root, modules }) => {
    const folder = path.join(home, group.replaceAll(' ', '-'));
    const put = async (place: string, files: Readonly<Record<string, string>>): Promise<void> => {
      await mkdir(path.join(folder, place), { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, place, file), text);
    };
    for (const [name, it] of Object.entries(modules)) await put(name, filesOf(it));
    const calls = Object.keys(modules).map(
      (name) => `module "${name}" {\n  source = "./${name}"\n}\noutput "${name}" {\n  value = module.${name}.who\n}\n`,
    );
    await put('.', {
      ...filesOf(root),
      'modules.tf': calls.join(''),
      'token.jwt': sandbox.webIdentityToken({ iss: `https://${ISSUER}`, sub: SUBJECT, aud: 'sts.amazonaws.com' }),
    });
    const here = { cwd: folder, env: await environment(group), timeoutMs: 150_000 };
    const terraform = (...args: readonly string[]) => runOk(pathOf('terraform'), [...args, '-no-color'], here);
    await terraform('fmt', '-check', '-recursive');
    await terraform('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`);
    await terraform('validate');
    const { stdout } = await terraform('plan', '-input=false');
    expect(Object.fromEntries([...stdout.matchAll(/\+ ([\w-]+) += "(.*)"/g)].map(([, name, arns]) => [name, arns]))).toEqual({
      who: expected(root),
      ...Object.fromEntries(Object.entries(modules).map(([name, it]) => [name, expected(it)])),
    });
  });

  test('and AWS refused nothing on the way', () => {
    expect(sandbox.log().filter(({ decision }) => decision === 'denied')).toEqual([]);
  });
});
