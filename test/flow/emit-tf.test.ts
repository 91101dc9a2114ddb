/** emit-tf: provider.tf on stdout, byte for byte, from the file that init wrote or from flags alone, without a call to AWS. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { terraformCases } from '../support/terraform-files.ts';

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

      # allowed_account_ids stops Terraform when the credentials lead to any other
      # account.
      # Terraform renews a session by itself, so a run may last longer than its
      # duration: as long as the credentials last that it starts with
      # (of the environment, of the default profile, of the instance's own role).
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

      # End of what xacct emit-tf made.
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

  const TWO = `version: 1\ntargets:\n  dev: { account: "${TARGET}" }\n  prod: { account: "${SOURCE}", terraform: { region: eu-west-1 } }\n`;

  test('of a file with several targets takes those that are named, each under its own name', async () => {
    await product.put('xacct.yaml', TWO);
    const ran = await product.run(['emit-tf']);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('xacct emit-tf dev');
    expect(ran.stderr).toContain('xacct emit-tf --all');
    const one = await product.run(['emit-tf', 'prod']);
    expect(one.stdout).toContain(`["${SOURCE}"]`);
    expect(one.stdout).not.toContain('alias');
    const all = await product.run(['emit-tf', '--all']);
    expect(all.stdout.match(/alias +=.*|allowed_account_ids += .*/g)).toEqual([
      'alias               = "dev"',
      `allowed_account_ids = ["${TARGET}"]`,
      'alias               = "prod"',
      `allowed_account_ids = ["${SOURCE}"]`,
    ]);
    expect(await product.run(['emit-tf', 'dev', 'prod'])).toEqual(all);
  });

  test('says every wrong flag at once, and what an option needs beside it', async () => {
    const flags = ['--provider-version', '3', '--sts-region', 'nowhere', '--backend', 's3', '--default-tag', 'x'];
    const ran = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', ...flags]);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr.match(/^error .*/gm)).toEqual([
      'error --provider-version: "3" lets in versions before 4, which take other arguments [INVALID_VALUE]',
      'error --default-tag: "x" is not a tag [INVALID_VALUE]',
      'error --sts-region: "nowhere" is not an AWS region [INVALID_VALUE]',
      'error --backend: the S3 backend needs --backend-bucket [USAGE]',
      'error --backend: the S3 backend needs --backend-key [USAGE]',
    ]);
    const unknown = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', '--provider-version', '9']);
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toContain('"9" is no version of the AWS provider that is known here');
    const orphan = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', '--backend-key', 'x']);
    expect(orphan.stderr).toContain('--backend-key says nothing without a backend');
  });

  test('enters with a token where its file is named', async () => {
    const ran = await product.run([
      'emit-tf',
      '--role-arn',
      ROLE,
      '--region',
      'eu-central-1',
      '--web-identity-token-file',
      '/tok',
    ]);
    expect(ran.stdout).toContain('web_identity_token_file = "/tok"');
    expect(ran.stdout).not.toContain('assume_role {');
  });

  test('chooses a bucket for the example, or takes the one that is named', async () => {
    const flags = ['--role-arn', ROLE, '--region', 'eu-central-1'];
    expect((await product.run(['emit-tf', ...flags, '--example'])).stdout).toContain(`bucket = "xacct-example-${TARGET}"`);
    expect((await product.run(['emit-tf', ...flags, '--example', 'my-own'])).stdout).toContain('bucket = "my-own"');
    expect(await product.run(['emit-tf', ...flags, '--example', 'My_Own'])).toMatchObject({ status: 2, stdout: '' });
  });

  test.each([
    ['read-only, s3-bucket:my-bucket-b, s3-bucket:other', 'my-bucket-b'],
    ['s3-prefix:acme-dev-', 'acme-dev-example'],
    ['read-only', `xacct-example-${TARGET}`],
  ])('the example is a bucket that the role may make: presets %s give %s', async (presets, bucket) => {
    const file = `version: 1\nsource: { account: "${SOURCE}" }\nterraform: { region: eu-west-1 }\npermissions: { presets: [${presets}] }\ntargets: { dev: { account: "${TARGET}" } }\n`;
    await product.put('xacct.yaml', file);
    expect((await product.run(['emit-tf', '--example'])).stdout).toContain(`bucket = "${bucket}"\n`);
    expect((await product.run(['emit-tf', '--example', 'my-own'])).stdout).toContain('bucket = "my-own"\n');
  });
});

describe('emit-tf --out', () => {
  const FLAGS = ['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1'];

  test('writes what would go to stdout, and only what is ours the next time', async () => {
    const { stdout } = await product.run(FLAGS);
    expect(await product.run([...FLAGS, '--out', 'main.tf'])).toEqual({ status: 0, stdout: '', stderr: 'wrote main.tf\n' });
    expect(await product.read('main.tf')).toBe(stdout);
    expect((await product.run([...FLAGS, '--out', 'main.tf'])).stderr).toBe('main.tf: nothing to change\n');
    await product.put('main.tf', `# mine\r\n${stdout.replaceAll('\n', '\r\n')}\r\nmodule "mine" {}\r\n`);
    expect((await product.run([...FLAGS, '--external-id', 'new-id', '--out', 'main.tf'])).stderr).toBe('updated main.tf\n');
    const after = await product.read('main.tf');
    expect(after).toMatch(/^# mine\r\n# Made by xacct emit-tf/);
    expect(after).toMatch(/# End of what xacct emit-tf made.\r\n\r\nmodule "mine" {}\r\n$/);
    expect(after).toContain('external_id  = "new-id"\r\n');
    expect(after).not.toMatch(/[^\r]\n/);
  });

  test('leaves what others wrote, unless it is forced', async () => {
    const { stdout } = await product.run(FLAGS);
    const [begin = ''] = stdout.split('\n');
    for (const theirs of ['provider "aws" {}\n', `${begin}\n`, `${stdout}${stdout}`]) {
      await product.put('main.tf', theirs);
      const ran = await product.run([...FLAGS, '--out', 'main.tf']);
      expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 5, stdout: '' });
      expect(ran.stderr).toContain('--force');
      expect(await product.read('main.tf')).toBe(theirs);
    }
    await product.run([...FLAGS, '--out', 'main.tf', '--force']);
    expect(await product.read('main.tf')).toBe(stdout);
  });

  test('writes all files of --variables or none', async () => {
    const ran = await product.run([...FLAGS, '--variables']);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('xacct emit-tf --variables --out provider.tf');
    await product.put('terraform.tfvars', 'mine = 1\n');
    expect(await product.run([...FLAGS, '--variables', '--out', 'aws.tf'])).toMatchObject({ status: 5, stdout: '' });
    expect(await product.list()).not.toContain('aws.tf');
    await product.put(
      'terraform.tfvars',
      'mine = 1\n\n# Made by xacct emit-tf: change its source and emit it again.\n# End of what xacct emit-tf made.\n',
    );
    const written = await product.run([...FLAGS, '--variables', '--out', 'aws.tf']);
    expect(written).toEqual({ status: 0, stdout: '', stderr: 'wrote aws.tf\nwrote variables.tf\nupdated terraform.tfvars\n' });
    expect(await product.read('terraform.tfvars')).toBe(
      `mine = 1\n\n# Made by xacct emit-tf: change its source and emit it again.\n\nregion     = "eu-central-1"\naccount_id = "${TARGET}"\nrole_arn   = "${ROLE}"\n\n# End of what xacct emit-tf made.\n`,
    );
  });

  test('knows its own JSON', async () => {
    await product.run([...FLAGS, '--format', 'json', '--out', 'provider.tf.json']);
    const before = JSON.parse(await product.read('provider.tf.json')) as object;
    await product.run([...FLAGS, '--format', 'json', '--external-id', 'id2', '--out', 'provider.tf.json']);
    expect(JSON.parse(await product.read('provider.tf.json'))).not.toEqual(before);
    await product.put('provider.tf.json', '{}');
    expect(await product.run([...FLAGS, '--format', 'json', '--out', 'provider.tf.json'])).toMatchObject({ status: 5 });
  });

  test('knows its own values in JSON, which bear no mark, by the variables that it declared beside them', async () => {
    const json = [...FLAGS, '--format', 'json', '--variables', '--out', 'v/provider.tf.json'];
    expect((await product.run([...json, '--external-id', 'id1'])).status).toBe(0);
    const again = await product.run([...json, '--external-id', 'id2']);
    expect(again).toEqual({ status: 0, stdout: '', stderr: 'updated v/terraform.tfvars.json\n' });
    expect(JSON.parse(await product.read('v/terraform.tfvars.json'))).toMatchObject({ external_id: 'id2' });
    // The variable goes, and it was one of ours.
    expect((await product.run(json)).status).toBe(0);
    await product.put('v/terraform.tfvars.json', '{ "external_id": "id3", "mine": 1 }');
    const theirs = await product.run(json);
    expect({ status: theirs.status, stderr: theirs.stderr.split('\n')[0] }).toEqual({
      status: 5,
      stderr: 'error --out: v/terraform.tfvars.json holds what xacct did not put there: external_id, mine [NOT_OURS]',
    });
    expect(await product.read('v/terraform.tfvars.json')).toContain('mine');
    await product.put('v/terraform.tfvars.json', 'no JSON');
    expect((await product.run(json)).stderr).toContain('v/terraform.tfvars.json was not made by xacct');
  });

  test.each([
    [['--format', 'json'], 'provider.tf', 'provider.tf.json'],
    [['--format', 'json'], 'a b.tofu', 'a b.tofu.json'],
    [[], 'p.tf.json', 'p.tf'],
    [['--format', 'hcl'], 'p.json', 'p.tf'],
  ])('with %j makes no %s, which Terraform would not read so', async (format, out, better) => {
    const ran = await product.run([...FLAGS, ...format, '--out', out]);
    expect({ status: ran.status, files: await product.list() }).toEqual({ status: 2, files: ['s3.json'] });
    const [, command = ''] = /: xacct (emit-tf .*)$/m.exec(ran.stderr) ?? [];
    const words = command
      .replaceAll(`'`, '')
      .replace('a b', 'a_b')
      .split(' ')
      .map((word) => word.replace('a_b', 'a b'));
    expect(await product.run(words)).toMatchObject({ status: 0, stderr: `wrote ${better}\n` });
  });
});

test.each([['emit-tf'], ['emit', 'cfn'], ['docs']])('--out - of %s %s is stdout', async (...command) => {
  const file = `version: 1\nsource: { account: "${SOURCE}" }\nrole: { trust: ["${SOURCE}"], externalId: the-id }\nterraform: { region: eu-west-1 }\ntargets: { dev: { account: "${TARGET}" } }\n`;
  await product.put('xacct.yaml', `${file}permissions: { policies: { s3: ./s3.json } }\n`);
  const ran = await product.run([...command, '--out', '-']);
  expect(ran).toEqual(await product.run(command));
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('xacct-terraform') });
  expect(await product.list()).not.toContain('-');
});

/** What is read again as a file. */
test.each([
  ['plan', '--out'],
  ['init', '--handoff'],
])('%s %s - is refused: no file is made of that name', async (command, flag) => {
  const flags = ['--trust', `arn:aws:iam::${SOURCE}:user/admin`, '--policy', 's3.json', '--target-profile', 'target'];
  const ran = await product.run([command, ...flags, flag, '-', ...(command === 'init' ? ['--yes'] : [])]);
  expect({ status: ran.status, isSaid: ran.stderr.includes(`error ${flag}: - would be standard output`) }).toEqual({
    status: 2,
    isSaid: true,
  });
  expect(await product.list()).not.toContain('-');
  expect(product.writes()).toEqual([]);
});

describe('emit-tf --entered', () => {
  const config = (trust: string) =>
    `version: 1\nsource: { account: "${SOURCE}"${trust === 'hub' ? ', trust: ["github:acme/infra:environment=prod"]' : ''} }\nrole: { externalId: the-id${trust === 'hub' ? '' : ', trust: ["github:acme/infra:environment=prod"]'} }\nterraform: { region: eu-west-1 }\ntargets:\n  dev: { account: "${TARGET}" }\n`;
  const backend = ['--backend', 's3', '--backend-bucket', 'state', '--backend-key', 'a.tfstate'];

  test('a workflow that has entered the hub: the target alone is left, named as it would be', async () => {
    await product.put('xacct.yaml', config('hub'));
    expect(await product.run(['emit-tf'])).toMatchObject({ status: 2, stdout: '' });
    const { stdout } = await product.run(['emit-tf', '--entered', '--variables', '--json', ...backend]);
    const { result } = JSON.parse(stdout) as { result: { files: { content: string }[] } };
    const text = result.files.map(({ content }) => content).join('');
    expect(text.match(/assume_role\w* \{/g)).toEqual(['assume_role {']);
    expect(text).toMatch(/role_arn += var\.role_arn\n/);
    expect(text).toMatch(/role_arn += "arn:aws:iam::222222222222:role\/xacct-terraform"\n/);
    expect(text).toContain(`allowed_account_ids = ["${SOURCE}"]`);
  });

  test('a workflow that has the role itself: nothing is left, and nobody renews it', async () => {
    await product.put('xacct.yaml', config('role'));
    const { stdout } = await product.run(['emit-tf', '--entered', ...backend]);
    expect(stdout).not.toContain('assume_role');
    expect(stdout).toContain('Terraform cannot renew them');
    expect(stdout.match(/allowed_account_ids += \["222222222222"\]/g)).toHaveLength(2);
  });

  test('takes no token', async () => {
    await product.put('xacct.yaml', config('role'));
    expect((await product.run(['emit-tf', '--entered', '--web-identity-token-file', 'x'])).stderr).toContain('--entered');
  });
});

describe('emit-tf --template', () => {
  const FLAGS = ['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1'];
  const withTemplate = async (text: string, ...more: readonly string[]) => {
    await product.put('mine.eta', text);
    return product.run([...FLAGS, '--template', 'mine.eta', ...more]);
  };

  test('fills a template of the person with the same model, quoted and formatted', async () => {
    const ran = await withTemplate(
      '<% for (const p of it.providers) { %>\nprovider "aws" {\nregion = <%= p.region %>\nallowed_account_ids = <%= p.allowedAccountIds %>\ndefault_tags {\ntags = <%= p.defaultTags ?? {} %>\n}\n}\n# <%~ p.region %>\n<% } %>',
      '--default-tag',
      'a=${x}',
    );
    // Tags of AWS have no such signs: it is refused before it gets there.
    expect(ran.status).toBe(2);
    const good = await withTemplate(
      'provider "aws" {\nregion = <%= it.providers[0].region %>\nalias = <%= "${x}" %>\n}\n# <%~ it.tool %>\n',
    );
    expect(good).toEqual({
      status: 0,
      stderr: '',
      stdout:
        '# Made by xacct emit-tf: change its source and emit it again.\n\nprovider "aws" {\n  region = "eu-central-1"\n  alias  = "$${x}"\n}\n# terraform\n\n# End of what xacct emit-tf made.\n',
    });
  });

  test.each([
    ['a\n\nb <%= it.providers[0].regio %>', 'mine.eta:3: it.providers[0] has no "regio"; it has name, alias,'],
    ['a\n<%= it.nothing.there %>', 'mine.eta:2: it has no "nothing"; it has tool, requiredVersion,'],
    ['a\n<%= it.providers[7].region %>', 'mine.eta:2: it.providers[7] is undefined here, so it has no "region"'],
    ['a\n<%= it.backend.bucket %>', 'mine.eta:2: it.backend is undefined here, so it has no "bucket"'],
    ['<% if (it.tool) { %>\na\n<% for (const p of it.providers) { %>\nx\n<% } %>', 'mine.eta:1: the { here is never closed'],
    ['a\n<% for (const p of it.providers) { %>\nx\n', 'mine.eta:2: the { here is never closed'],
    ['a\n<% if (it.tool) { %>b<% } %>\n<% } %>', 'mine.eta:3: this } closes nothing'],
    ['<% if (it.tool) { %>\nb\n<% const x = ; %>\n<% } %>', "mine.eta:3: Unexpected token ';'"],
    ['<% if (it.tool) { %>\nb\n<% } else if (it.locals { %>\n<% } %>', "mine.eta:3: Unexpected token '{'"],
    ['a\n<%= nothing %>', 'mine.eta:2: nothing is not defined'],
    ['a\n\n<% throw new Error("boom") %>', 'mine.eta:3: boom'],
    ['a\n<%~ include("other") %>', "mine.eta:2: Failed to get template 'other'"],
    ['a\nb\n<%= it.tool', 'mine.eta:3: unclosed tag'],
    ['a\nb\n\n<%= it.tool + %>', "mine.eta:4: Unexpected token ')'"],
    ['a\n<%= it.requiredVersion %>', 'mine.eta:2: a template shows a value that is undefined'],
  ])('%j names file, line and what was missing', async (text, message) => {
    const ran = await withTemplate(text);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toContain('INVALID_TEMPLATE');
  });

  test('is not there, or makes no JSON', async () => {
    expect((await product.run([...FLAGS, '--template', 'none.eta'])).stderr).toContain('there is no file none.eta');
    expect(await withTemplate('x', '--format', 'json')).toMatchObject({ status: 2, stdout: '' });
  });

  test('may be ours: the template that ships says what ours says', async () => {
    const ours = await readFile(new URL('../../templates/provider.tf.eta', import.meta.url), 'utf8');
    expect(await withTemplate(ours, '--tofu', '--backend', 's3', '--backend-bucket', 'state', '--backend-key', 'k')).toEqual(
      await product.run([...FLAGS, '--tofu', '--backend', 's3', '--backend-bucket', 'state', '--backend-key', 'k']),
    );
  });
});

test('every file of every pair of options has the same bytes on every Node', () => {
  const hash = createHash('sha256');
  for (const { hcl, json } of terraformCases()) for (const { content } of [...hcl, ...json]) hash.update(content);
  // Changes with the template or the model; must never change with the version of Node, on which these tests are run, too.
  expect(hash.digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"ff386baaadb39ac1"`);
});
