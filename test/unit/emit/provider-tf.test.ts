import { describe, expect, test } from 'vitest';
import { emitProviderTf } from '#emit/provider-tf.ts';
import { anAccess } from '../../support/builders.ts';

const access = anAccess();

describe('provider.tf', () => {
  test('holds the role, the external ID, the session and the account guard', () => {
    expect(emitProviderTf(access)).toMatchInlineSnapshot(`
      "# Made by xacct emit-tf: change its source and emit it again.

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
        region              = "eu-central-1"
        allowed_account_ids = ["222222222222"]

        assume_role {
          role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
          external_id  = "7f3c"
          session_name = "terraform"
          duration     = "1h"
        }
      }
      "
    `);
  });
  test('has no external_id when none is declared', () => {
    expect(emitProviderTf(anAccess({ externalIds: [] }))).not.toContain('external_id');
  });
});
