/** Terraform's real AWS provider through a life in the sandbox: plan, apply, nothing to change, import, destroy; twice, with every IAM resource of the set-up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, run, type Environment, type Finished } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

const TARGET = '222222222222';

const MODULE = `provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { made-by = "terraform" }
  }
}
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_iam_policy" "read" { name = "ReadOnlyAccess" }
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = ["111111111111", aws_iam_user.ci.arn]
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "web" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:acme/infra:ref:refs/heads/main"]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "s3" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:\${data.aws_partition.here.partition}:s3:::\${data.aws_caller_identity.me.account_id}-bucket"]
  }
}
data "aws_iam_role" "deploy" { name = aws_iam_role.deploy.name }
resource "aws_iam_policy" "s3" {
  name        = "s3"
  path        = "/team/"
  description = "one bucket"
  policy      = data.aws_iam_policy_document.s3.json
}
resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  path                 = "/team/"
  description          = "deploys"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 7200
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  tags                 = { team = "a" }
}
resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = data.aws_iam_policy_document.web.json
}
resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.s3.json
}
resource "aws_iam_role_policy_attachment" "s3" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.s3.arn
}
resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.deploy.name
  policy_arn = data.aws_iam_policy.read.arn
}
resource "aws_iam_instance_profile" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.name
  tags = { team = "a" }
}
resource "aws_iam_user" "ci" {
  name          = "ci"
  path          = "/robots/"
  force_destroy = true
}
resource "aws_iam_user_policy" "ci" {
  name   = "assume"
  user   = aws_iam_user.ci.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }] })
}
resource "aws_iam_user_policy_attachment" "ci" {
  user       = aws_iam_user.ci.name
  policy_arn = aws_iam_policy.s3.arn
}
resource "aws_iam_access_key" "ci" { user = aws_iam_user.ci.name }
resource "aws_iam_group" "robots" { name = "robots" }
resource "aws_iam_group_policy" "robots" {
  name   = "list"
  group  = aws_iam_group.robots.name
  policy = data.aws_iam_policy_document.s3.json
}
resource "aws_iam_group_policy_attachment" "robots" {
  group      = aws_iam_group.robots.name
  policy_arn = aws_iam_policy.s3.arn
}
resource "aws_iam_user_group_membership" "ci" {
  user   = aws_iam_user.ci.name
  groups = [aws_iam_group.robots.name]
}
resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}
resource "aws_iam_virtual_mfa_device" "ci" { virtual_mfa_device_name = "ci" }
resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 14
  require_symbols         = true
}
data "aws_iam_account_alias" "own" {}
data "aws_iam_user" "ci" { user_name = aws_iam_user.ci.name }
data "aws_iam_instance_profile" "deploy" { name = aws_iam_instance_profile.deploy.name }
resource "aws_iam_service_linked_role" "ecs" { aws_service_name = "ecs.amazonaws.com" }
output "role" { value = data.aws_iam_role.deploy.arn }
output "key" { value = aws_iam_access_key.ci.id }
`;

const PROVIDER = `arn:aws:iam::${TARGET}:oidc-provider/token.actions.githubusercontent.com`;
const POLICY = `arn:aws:iam::${TARGET}:policy/team/s3`;
const IMPORTS: readonly (readonly [string, string])[] = [
  ['aws_iam_policy.s3', POLICY],
  ['aws_iam_role.deploy', 'deploy'],
  ['aws_iam_role_policy.inline', 'deploy:inline'],
  ['aws_iam_role_policy_attachment.s3', `deploy/${POLICY}`],
  ['aws_iam_instance_profile.deploy', 'deploy'],
  ['aws_iam_user.ci', 'ci'],
  ['aws_iam_group.robots', 'robots'],
  ['aws_iam_openid_connect_provider.github', PROVIDER],
  ['aws_iam_service_linked_role.ecs', `arn:aws:iam::${TARGET}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`],
];

describeWithPeers(['terraform', 'terraform-provider-aws'], "Terraform's AWS provider", () => {
  let folder = '';
  let sandbox: Sandbox;
  let env: Environment = {};
  const terraform = (...args: readonly string[]): Promise<Finished> =>
    run(pathOf('terraform'), [...args, '-no-color'], { cwd: folder, env, timeoutMs: 200_000 });
  const expectOk = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await terraform(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xacct-terraform-'));
    sandbox = await openSandbox();
    const { accessKeyId, secretAccessKey } = sandbox.credentials(TARGET);
    env = cleanEnvironment(folder, {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      CHECKPOINT_DISABLE: '1',
    });
    await writeFile(path.join(folder, 'main.tf'), MODULE);
    await expectOk('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`);
  });
  afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(['first', 'second'])(
    'makes, keeps, imports and destroys all of it: the %s time',
    async () => {
      await expectOk('plan', '-out=plan.bin', '-input=false');
      await expectOk('apply', '-input=false', 'plan.bin');
      expect(await expectOk('output', '-raw', 'role')).toBe(`arn:aws:iam::${TARGET}:role/team/deploy`);
      await expectOk('plan', '-detailed-exitcode', '-input=false');
      await expectOk('state', 'rm', ...IMPORTS.map(([address]) => address));
      // All in one run: each command of Terraform starts the provider anew.
      const imports = path.join(folder, 'imports.tf');
      await writeFile(imports, IMPORTS.map(([to, id]) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`).join(''));
      // What import cannot read (force_destroy) is set by an update in place; nothing is made anew.
      const imported = await expectOk('apply', '-auto-approve', '-input=false');
      expect(imported).toMatch(
        new RegExp(`Apply complete! Resources: ${IMPORTS.length} imported, 0 added, \\d changed, 0 destroyed`),
      );
      await rm(imports);
      await expectOk('plan', '-detailed-exitcode', '-input=false');
      await expectOk('destroy', '-auto-approve', '-input=false');
      const refused = sandbox.log().filter(({ decision }) => decision === 'denied');
      expect(refused).toEqual([]);
      const unknown = sandbox.log().filter(({ reason }) => reason === 'InvalidAction' || reason === 'InternalFailure');
      expect(unknown).toEqual([]);
    },
    400_000,
  );
});
