/** The template of `xacct emit cfn`, deployed by the AWS CLI to moto's CloudFormation: what it makes is what init makes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, runOk, type Environment } from '../support/child.ts';
import { openMoto, type Moto } from '../support/moto.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const CONFIG = `version: 1
source: { account: "${SOURCE}" }
role:
  trust: ["arn:aws:iam::${SOURCE}:user/admin", "github:acme/infra:environment=prod"]
  externalId: the-id
  description: For Terraform
  tags: { team: platform }
  permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
permissions: { policies: { s3: ./s3.json }, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
terraform: { region: us-east-1 }
targets:
  dev: { account: "${TARGET}" }
`;

interface Role {
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Description: string;
  readonly MaxSessionDuration: number;
  readonly PermissionsBoundary: { readonly PermissionsBoundaryArn: string };
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

describeWithPeers(['moto_server', 'aws'], 'emit cfn', () => {
  let product: Product;
  let moto: Moto;
  let deployed: Environment;
  let made: Environment;

  beforeAll(async () => {
    product = await openProduct();
    await product.put('s3.json', S3_POLICY);
    await product.put('xacct.yaml', CONFIG);
    const clean = cleanEnvironment(product.folder, { AWS_DEFAULT_REGION: 'us-east-1' });
    moto = await openMoto(pathOf('moto_server'), clean);
    const inMoto = await moto.createUser(TARGET, 'admin');
    deployed = { ...clean, AWS_ENDPOINT_URL: moto.endpoint, AWS_ACCESS_KEY_ID: inMoto.id, AWS_SECRET_ACCESS_KEY: inMoto.secret };
    const { accessKeyId, secretAccessKey } = product.sandbox.credentials(TARGET);
    made = {
      ...clean,
      AWS_ENDPOINT_URL: product.sandbox.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  });
  afterAll(async () => {
    await moto?.close();
    await product?.close();
  });

  const aws = async (env: Environment, ...args: readonly string[]): Promise<string> =>
    (await runOk(pathOf('aws'), args, { cwd: product.folder, env, timeoutMs: 120_000 })).stdout;
  const ask = async <T>(env: Environment, ...args: readonly string[]): Promise<T> =>
    JSON.parse(await aws(env, ...args, '--output', 'json')) as T;

  /**
   * Without ids and times, and without the tags by which xacct knows its own. moto's CloudFormation makes neither a role's attachments nor an OIDC
   * provider: those are left to cfn-lint and the golden files.
   */
  const madeIn = async (env: Environment): Promise<object> => {
    const { Role } = await ask<{ Role: Role }>(env, 'iam', 'get-role', '--role-name', 'xacct-terraform');
    const { Arn, AssumeRolePolicyDocument, Description, MaxSessionDuration, PermissionsBoundary, Tags } = Role;
    const { PolicyVersion } = await ask<{ PolicyVersion: { readonly Document: unknown } }>(
      env,
      ...['iam', 'get-policy-version', '--version-id', 'v1', '--policy-arn', `arn:aws:iam::${TARGET}:policy/xacct-terraform-s3`],
    );
    return {
      Arn,
      AssumeRolePolicyDocument,
      Description,
      MaxSessionDuration,
      boundary: PermissionsBoundary.PermissionsBoundaryArn,
      tags: Tags.filter(({ Key }) => !Key.startsWith('xacct:')),
      policy: PolicyVersion.Document,
    };
  };

  test('its stack holds the role and the policy that init makes, word for word, and tells the ARN and the external ID', async () => {
    const { status, stdout } = await product.run(['emit', 'cfn']);
    expect(status).toBe(0);
    await product.put('role.cfn.yaml', stdout);
    const stack = ['--stack-name', 'terraform-role'];
    // Of a stack that came by a change set, as `deploy` makes one, moto tells no outputs.
    await aws(
      deployed,
      ...['cloudformation', 'create-stack', ...stack, '--template-body', 'file://role.cfn.yaml'],
      ...['--capabilities', 'CAPABILITY_NAMED_IAM'],
    );
    const init = await product.run(['init', ...BOTH, '--yes']);
    expect({ status: init.status, stderr: init.status === 0 ? '' : init.stderr }).toEqual({ status: 0, stderr: '' });

    expect(await madeIn(deployed)).toEqual(await madeIn(made));
    const { Stacks } = await ask<{
      Stacks: readonly { readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[] }[];
    }>(deployed, 'cloudformation', 'describe-stacks', ...stack);
    const outputs = Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    expect(outputs).toEqual({ RoleArn: `arn:aws:iam::${TARGET}:role/xacct-terraform`, ExternalId: 'the-id' });
  });
});
