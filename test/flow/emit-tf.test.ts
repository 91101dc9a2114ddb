/** emit-tf: provider.tf on stdout, byte for byte, from the file that init wrote or from flags alone, without a call to AWS. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const noAws = { aws: () => Promise.reject(new Error('emit-tf has nothing to do with AWS')) };

describe('emit-tf', () => {
  test('after init and verify prints the provider that goes with them, and nothing on stderr', async () => {
    await product.run(['init', ...BOTH, '--policy', 's3=./s3.json', '--yes']);
    expect(await product.run(['verify'])).toMatchObject({ status: 0 });
    expect(await product.run(['emit-tf'], { context: noAws })).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "# Made by xacct emit-tf: change its source and emit it again.

      terraform {
        required_providers {
          aws = {
            source  = "hashicorp/aws"
            version = ">= 5.67.0, < 7.0.0"
          }
        }
      }

      # allowed_account_ids stops Terraform when the credentials lead to any other account.
      # Terraform renews the session by itself, so a run may last longer than its duration.
      provider "aws" {
        region              = "us-east-1"
        allowed_account_ids = ["222222222222"]

        assume_role {
          role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
          external_id  = "00000000000000000000000000000001"
          session_name = "terraform"
          duration     = "1h"
        }
      }
      ",
      }
    `);
  });

  test('from flags alone says the same as from the file', async () => {
    await product.run(['init', ...BOTH, '--policy', 's3=./s3.json', '--yes']);
    const fromFile = await product.run(['emit-tf']);
    const flags = ['--role-arn', ROLE, '--external-id', '1'.padStart(32, '0'), '--region', 'us-east-1'];
    const elsewhere = { cwd: path.parse(product.folder).root };
    expect(await product.run(['emit-tf', ...flags], { context: elsewhere })).toEqual(fromFile);
  });

  test('from flags alone, says which region it took where none was named', async () => {
    const ran = await product.run(['emit-tf', '--role-arn', ROLE], { context: noAws });
    expect({ status: ran.status, stderr: ran.stderr }).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "warning no region was named: us-east-1 is taken [ASSUMED_VALUE]
        → name it: xacct emit-tf --region eu-central-1
      ",
      }
    `);
    expect(ran.stdout).toContain('region              = "us-east-1"');
    expect(ran.stdout).not.toContain('external_id');
  });

  test('with --json puts the file into the envelope', async () => {
    const plain = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1']);
    const ran = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', '--json']);
    expect(JSON.parse(ran.stdout)).toEqual({
      schema: 1,
      command: 'emit-tf',
      ok: true,
      result: { files: [{ path: 'provider.tf', content: plain.stdout }] },
      diagnostics: [],
    });
  });

  test('sends the first external id where the file accepts several', async () => {
    const file = `version: 1\nrole: { externalId: [new-id, old-id] }\nterraform: { region: eu-west-1, duration: 90m, sessionName: ci }\ntargets: { dev: { account: "${TARGET}" } }\n`;
    await product.put('xacct.yaml', file);
    const { stdout } = await product.run(['emit-tf']);
    expect(stdout.match(/^ +(external_id|session_name|duration).*/gm)).toEqual([
      '    external_id  = "new-id"',
      '    session_name = "ci"',
      '    duration     = "1h30m"',
    ]);
  });

  test('of a file with several targets wants one by name', async () => {
    await product.put(
      'xacct.yaml',
      `version: 1\ntargets:\n  dev: { account: "${TARGET}" }\n  prod: { account: "${SOURCE}", terraform: { region: eu-west-1 } }\n`,
    );
    const ran = await product.run(['emit-tf']);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('xacct emit-tf dev');
    expect((await product.run(['emit-tf', 'prod'])).stdout).toContain(`["${SOURCE}"]`);
    expect(await product.run(['emit-tf', 'dev', 'prod'])).toMatchObject({ status: 2, stdout: '' });
  });
});
