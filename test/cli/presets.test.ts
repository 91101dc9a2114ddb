/** xacct presets: the list, and one preset; nothing of AWS is touched. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openProduct, type Product } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await openProduct();
});
afterAll(() => product.close());

describe('xacct presets', () => {
  test('lists what there is, from the narrowest to the widest', async () => {
    expect(await product.run(['presets'])).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "s3-bucket:NAME            one bucket and its objects: create, refresh, change,
                                destroy
      s3-prefix:PREFIX          all buckets whose names begin with a prefix, and their
                                objects
      tf-state:BUCKET[/KEY]     Terraform's S3 backend: read and write a state, and
                                its lock file (use_lockfile)
      read-only[:BUCKET[/KEY]]  the plan role: reads everything, changes nothing; with
                                a state, holds its lock while a plan runs
      power-user                all services but IAM, Organizations and the account
                                itself, with a guard on its own role
      admin                     everything, without a guard: needs --allow-admin

      → what one allows: xacct presets s3-bucket:my-bucket-in-account-b
      → use it: xacct init --preset s3-bucket:my-bucket-in-account-b
      ",
      }
    `);
  });

  test('shows one with its argument, and its JSON at the end', async () => {
    const { status, stdout, stderr } = await product.run(['presets', 'tf-state:states/app.tfstate', '--role-name', 'deploy']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "tf-state:BUCKET[/KEY]: Terraform's S3 backend: read and write a state, and its
      lock file (use_lockfile)
        - Allow s3:ListBucket on arn:aws:s3:::states
        - Allow s3:GetObject, s3:PutObject on arn:aws:s3:::states/app.tfstate,
          arn:aws:s3:::states/env:/*/app.tfstate,
          arn:aws:s3:::states/app.tfstate.tflock,
          arn:aws:s3:::states/env:/*/app.tfstate.tflock
        - Allow s3:DeleteObject on arn:aws:s3:::states/app.tfstate.tflock,
          arn:aws:s3:::states/env:/*/app.tfstate.tflock

      to know
        - KEY without a / at its end is exactly one state, with one a folder; its
          workspaces (env:/NAME/KEY) are included.
        - Left out: deleting a state (terraform workspace delete needs s3:DeleteObject
          on it) and making the bucket (s3-bucket does).
        - Other keys of the bucket can be listed by name, not read: Terraform lists
          the workspaces, and S3 says 404 only to whoever may list.
        - A state encrypted with a KMS key of your own needs kms:Decrypt and
          kms:GenerateDataKey on that key besides.

      xacct-deploy-tf-state.json
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "StateBuckets",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": [
              "arn:aws:s3:::states"
            ]
          },
          {
            "Sid": "StatesAndLocks",
            "Effect": "Allow",
            "Action": [
              "s3:GetObject",
              "s3:PutObject"
            ],
            "Resource": [
              "arn:aws:s3:::states/app.tfstate",
              "arn:aws:s3:::states/env:/*/app.tfstate",
              "arn:aws:s3:::states/app.tfstate.tflock",
              "arn:aws:s3:::states/env:/*/app.tfstate.tflock"
            ]
          },
          {
            "Sid": "Unlock",
            "Effect": "Allow",
            "Action": "s3:DeleteObject",
            "Resource": [
              "arn:aws:s3:::states/app.tfstate.tflock",
              "arn:aws:s3:::states/env:/*/app.tfstate.tflock"
            ]
          }
        ]
      }
      "
    `);
  });

  test('says why an action is there that no run needed', async () => {
    const { stdout } = await product.run(['presets', 's3-bucket:one']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('s3:TagResource: AWS provider 6.23 and later tag buckets by S3 Control');
  });

  test('takes the account, the path, the boundary and the partition of the role', async () => {
    const boundary = 'arn:aws-cn:iam::333333333333:policy/edge';
    const place = ['--target-account', '333333333333', '--path', '/ops/', '--region', 'cn-north-1'];
    const { stdout } = await product.run(['presets', 'power-user', ...place, '--permissions-boundary', boundary, '--json']);
    const { result } = JSON.parse(stdout) as {
      result: {
        preset: {
          policies: { name: string; document: { Statement: { Sid: string; Resource: unknown; Condition?: unknown }[] } }[];
        };
      };
    };
    const [policy] = result.preset.policies;
    expect(policy?.name).toBe('xacct-terraform-power-user');
    expect(policy?.document.Statement.filter(({ Sid }) => ['MakeBoundedRoles', 'GuardItself'].includes(Sid))).toEqual([
      expect.objectContaining({
        Resource: 'arn:aws-cn:iam::333333333333:role/xacct-terraform/*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
      }),
      expect.objectContaining({
        Resource: [
          'arn:aws-cn:iam::333333333333:role/ops/xacct-terraform',
          'arn:aws-cn:iam::333333333333:policy/ops/xacct-terraform-*',
          boundary,
        ],
      }),
    ]);
  });

  test('a name alone is shown by its example; with --json the same as data', async () => {
    const { stdout } = await product.run(['presets', 's3-bucket', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'presets',
      ok: true,
      result: {
        preset: {
          form: 's3-bucket:NAME',
          argument: { name: 'NAME', isRequired: true, example: 'my-bucket-in-account-b' },
          policies: [{ name: 'xacct-terraform-s3-bucket' }],
          policyArns: [],
        },
      },
    });
    const list = JSON.parse((await product.run(['presets', '--json'])).stdout) as { result: { presets: { name: string }[] } };
    expect(list.result.presets.map(({ name }) => name)).toEqual([
      's3-bucket',
      's3-prefix',
      'tf-state',
      'read-only',
      'power-user',
      'admin',
    ]);
  });

  test('a preset that attaches only says so', async () => {
    const { stdout } = await product.run(['presets', 'admin']);
    expect(stdout).toContain('  - attached: arn:aws:iam::aws:policy/AdministratorAccess\n');
    expect(stdout).not.toContain('{');
  });

  test('a name that is none is refused with those there are', async () => {
    expect(await product.run(['presets', 's3'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('"s3" is no preset: there are s3-bucket, s3-prefix, tf-state'),
    });
    expect(await product.run(['presets', 'admin', 'twice'])).toMatchObject({ status: 2, stdout: '' });
  });
});
