/** The file of several targets that README prints, with its commands, as somebody would copy them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const OTHER = '333333333333';

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    accounts: [SOURCE, TARGET, OTHER],
    seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci' }] } } },
  });
});
afterEach(() => product.close());

const profile = (
  name: string,
  { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string },
) => `[profile ${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`;

test('several targets: made by the administrators, proved by who runs Terraform, and printed', async () => {
  const readme = await readFile(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const [, file = '', commands = ''] =
    /## Several targets: xacct\.yaml\n+```yaml\n([^`]*)```\n+```sh\n([^`]*)```/.exec(readme) ?? [];
  const { sandbox } = product;
  const profiles = [
    profile('ci-a', sandbox.userCredentials(SOURCE, 'ci')),
    profile('admin-a', sandbox.credentials(SOURCE)),
    profile('admin-dev', sandbox.credentials(TARGET)),
    profile('admin-prod', sandbox.credentials(OTHER)),
  ];
  await product.put('xacct.yaml', file);
  await product.put('aws-config', profiles.join('\n'));
  const lines = commands.split(/\n|&&/).flatMap((line) => /npx xacct ([^#>]*[^#> ])/.exec(line)?.[1] ?? []);
  expect(lines).toHaveLength(3);
  const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
  for (const line of lines) {
    const ran = await product.run([...line.split(' '), ...(line.startsWith('init') ? ['--yes'] : [])], { env });
    expect({ line, status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ line, status: 0, stderr: '' });
    if (line.startsWith('emit-tf')) expect(ran.stdout.match(/role_arn +=.*/g)).toHaveLength(2);
  }
});
