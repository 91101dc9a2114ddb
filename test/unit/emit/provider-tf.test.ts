import { describe, expect, test } from 'vitest';
import type { Access } from '#domain/access.ts';
import { buildTerraform } from '#emit/build-terraform.ts';
import { emitHcl } from '#emit/provider-tf.ts';
import { parseProviderVersion } from '#emit/provider-version.ts';
import type { TerraformOptions } from '#emit/terraform-model.ts';
import { anAccess } from '../../support/builders.ts';
import { NO_TERRAFORM_OPTIONS, terraformCases } from '../../support/terraform-files.ts';

const version = (text?: string): TerraformOptions['providerVersion'] => {
  const parsed = parseProviderVersion(text === undefined ? undefined : { value: text, place: '--provider-version' });
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.value;
};

const PLAIN: TerraformOptions = { ...NO_TERRAFORM_OPTIONS, providerVersion: version() };

const HUB = anAccess({ roleArn: 'arn:aws:iam::111111111111:role/hub' });
const TOKEN = { issuer: undefined, audience: undefined, tokenFile: '/tok' };

const build = (accesses: Readonly<Record<string, Access>>, options: Partial<TerraformOptions> = {}) =>
  buildTerraform(
    Object.entries(accesses).map(([name, access]) => ({ name, access, sourceAccount: undefined, exampleBucket: undefined })),
    { ...PLAIN, ...options },
  );

const emit = (...given: Parameters<typeof build>): string => {
  const model = build(...given);
  if (!model.ok) throw new Error(model.diagnostics[0]?.message);
  return emitHcl(model.value)[0]?.content ?? '';
};

test('credentials that are of a role already are of one role', () => {
  const target = (name: string, access: Access) => ({
    name,
    access,
    isEntered: true,
    sourceAccount: undefined,
    exampleBucket: undefined,
  });
  const other = anAccess({ roleArn: 'arn:aws:iam::333333333333:role/other' });
  const apart = buildTerraform([target('dev', anAccess()), target('prod', other)], PLAIN);
  expect(apart.ok ? [] : apart.diagnostics.map(({ path }) => path)).toEqual(['--entered']);
  const behindOne = [target('dev', anAccess({ via: [HUB] })), target('prod', { ...other, via: [HUB] })];
  expect(buildTerraform(behindOne, PLAIN).ok).toBe(true);
});

test.each(['constructor', 'toString', '__proto__'])('the version %s is none', (value) => {
  expect(parseProviderVersion({ value, place: '--provider-version' })).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'INVALID_VALUE', path: '--provider-version' }],
  });
});

describe('provider.tf', () => {
  test('holds the role, the external ID, the session and the account guard', () => {
    expect(emit({ dev: anAccess() })).toMatchInlineSnapshot(`
      "# Made by xacct emit-tf: change its source and emit it again.

      terraform {
        required_providers {
          aws = {
            source  = "hashicorp/aws"
            version = ">= 5.67.0, < 7.0.0"
          }
        }
      }

      # allowed_account_ids stops Terraform when the credentials lead to any other
      # account.
      # Terraform renews a session by itself, so a run may last longer than its
      # duration: as long as the credentials last that it starts with
      # (of the environment, of the default profile, of the instance's own role).
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

      # End of what xacct emit-tf made.
      "
    `);
  });

  test('has no external_id when none is declared', () => {
    expect(emit({ dev: anAccess({ externalIds: [] }) })).not.toContain('external_id');
  });

  test('enters every role on the way, in order', () => {
    const text = emit({ dev: anAccess({ via: [HUB] }) });
    expect(text.match(/role_arn.*/g)).toEqual([
      'role_arn     = "arn:aws:iam::111111111111:role/hub"',
      'role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"',
    ]);
  });

  test('of two targets for OpenTofu writes the provider once', () => {
    expect(emit({ dev: anAccess(), prod: anAccess({ externalIds: [] }) }, { tofu: true })).toMatchInlineSnapshot(`
      "# Made by xacct emit-tf: change its source and emit it again.

      terraform {
        required_version = ">= 1.9.0"

        required_providers {
          aws = {
            source  = "hashicorp/aws"
            version = ">= 5.67.0, < 7.0.0"
          }
        }
      }

      locals {
        targets = {
          dev = {
            region       = "eu-central-1"
            account_id   = "222222222222"
            role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
            external_id  = "7f3c"
            session_name = "terraform"
            duration     = "1h"
          }
          prod = {
            region       = "eu-central-1"
            account_id   = "222222222222"
            role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
            external_id  = null
            session_name = "terraform"
            duration     = "1h"
          }
        }
      }

      # allowed_account_ids stops Terraform when the credentials lead to any other
      # account.
      # Terraform renews a session by itself, so a run may last longer than its
      # duration: as long as the credentials last that it starts with
      # (of the environment, of the default profile, of the instance's own role).
      provider "aws" {
        for_each            = local.targets
        alias               = "target"
        region              = each.value.region
        allowed_account_ids = [each.value.account_id]

        assume_role {
          role_arn     = each.value.role_arn
          external_id  = each.value.external_id
          session_name = each.value.session_name
          duration     = each.value.duration
        }
      }

      # End of what xacct emit-tf made.
      "
    `);
  });

  test('is the same every time', () => {
    const texts = (): readonly string[] =>
      terraformCases().flatMap(({ hcl, json }) => [...hcl, ...json].map(({ content }) => content));
    expect(texts()).toEqual(texts());
  });

  test('has no comment that is wider than a terminal of 80 columns', () => {
    const comments = terraformCases()
      .flatMap(({ hcl }) => hcl)
      .flatMap(({ content }) => content.split('\n').filter((line) => line.trimStart().startsWith('#')));
    expect(comments.length).toBeGreaterThan(100);
    expect([...new Set(comments.filter((line) => line.length > 80))]).toEqual([]);
  });
});

/** From documented syntax alone: no such provider or tool ran here, which the README says. */
describe('what was not run', () => {
  test.each<[string, Partial<TerraformOptions>, Readonly<Record<string, Access>>]>([
    ['provider-4', { providerVersion: version('4') }, { dev: anAccess() }],
    [
      'provider-6-token',
      { providerVersion: version('6') },
      { dev: anAccess({ webIdentity: { ...TOKEN, tokenFile: undefined } }) },
    ],
    ['opentofu', { tofu: true }, { dev: anAccess(), prod: anAccess({ externalIds: [], region: 'eu-west-1' }) }],
    ['opentofu-chains', { tofu: true, hasVariables: true }, { dev: anAccess({ via: [HUB] }), prod: anAccess() }],
  ])('%s', async (name, options, accesses) => {
    await expect(emit(accesses, options)).toMatchFileSnapshot(`../../golden/terraform/${name}.tf`);
  });
});

const refusal = (...given: Parameters<typeof build>): readonly string[] => {
  const model = build(...given);
  return model.ok ? [] : model.diagnostics.map(({ message, hints }) => `${message} → ${hints[0]?.text ?? ''}`);
};

describe('what Terraform cannot do is refused, with what can be done instead', () => {
  const target = { bucket: 'state', key: 'k', region: undefined, account: 'target' } as const;
  const hidden = anAccess({ webIdentity: { ...TOKEN, tokenFile: undefined } });
  const two = { dev: anAccess(), prod: anAccess() };
  test.each<[string, Readonly<Record<string, Access>>, Partial<TerraformOptions>, RegExp | undefined]>([
    [
      'a chain before 5.67',
      { dev: anAccess({ via: [HUB] }) },
      { providerVersion: version('4') },
      /one assume_role block only → ask for 5.67.0/,
    ],
    ['a chain that 5.80 knows', { dev: anAccess({ via: [HUB] }) }, { providerVersion: version('~> 5.80') }, undefined],
    [
      'a token whose file nobody named',
      { dev: hidden },
      {},
      /must be told its file → where the workflow .* has entered the role/,
    ],
    ['the same, where provider 6 looks for it', { dev: hidden }, { providerVersion: version('6') }, undefined],
    [
      'a long session in a chain',
      { dev: anAccess({ via: [HUB], sessionSeconds: 7200 }) },
      {},
      /ends after 1h, not 2h → .* ask for 1h/,
    ],
    [
      'a chain in the backend',
      { dev: anAccess({ via: [HUB] }) },
      { backend: target },
      /enters one role.* → keep the state in the source/,
    ],
    ['one state for two', two, { backend: target }, /one state cannot lie in several accounts → emit one target/],
    ['one name for two', two, { alias: 'x' }, /names one provider.* → leave it out/],
    ['a name that is none', { dev: anAccess() }, { alias: '1 x' }, /"1 x" is no name in Terraform/],
    [
      'tokens and credentials in one for_each',
      { dev: anAccess(), prod: anAccess({ webIdentity: TOKEN }) },
      { tofu: true },
      /one provider for all .* → emit the two kinds apart/,
    ],
  ])('%s', (_, accesses, options, expected) => {
    const said = refusal(accesses, options);
    if (expected === undefined) expect(said).toEqual([]);
    else expect(said).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a version of the provider', () => {
  test.each([
    [undefined, '>= 5.67.0, < 7.0.0', [5, 67, 0]],
    ['4', '>= 4.67.0, < 5.0.0', [4, 67, 0]],
    ['6', '>= 6.0.0, < 7.0.0', [6, 0, 0]],
    ['~> 5.80', '~> 5.80', [5, 80, 0]],
    ['>= 5.0, != 5.3.1, < 6', '>= 5.0, != 5.3.1, < 6', [5, 0, 0]],
    ['5.100.0', '5.100.0', [5, 100, 0]],
  ])('%s is %s', (text, constraint, oldest) => {
    expect(version(text)).toEqual({ constraint, oldest });
  });

  test.each(['3', '< 6', 'latest', '~> x', '', '5.1.2.3'])('%j is none', (text) => {
    expect(() => version(text)).toThrow(/lets in versions before 4|is no version constraint/);
  });
});
