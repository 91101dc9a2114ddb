/** Any text in a file of ours is that text to the real Terraform: as a value and as a key, in HCL, in JSON and in both kinds of tfvars. No provider is needed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { formatHcl, hcl } from '#emit/hcl.ts';
import { formatValueJson } from '#emit/terraform-json.ts';
import { cleanEnvironment, runOk } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { HOSTILE } from '../support/terraform-files.ts';

describeWithPeers(['terraform'], 'texts in files of Terraform', () => {
  test('come back exactly', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'xacct-values-'));
    // NFC, as Terraform keeps all text: https://developer.hashicorp.com/terraform/language/expressions/strings
    const texts = HOSTILE.flatMap((one) => [one, ...HOSTILE.map((other) => one + other)]).map((text) => text.normalize('NFC'));
    const map = Object.fromEntries(texts.map((text, index) => [text, `${index}`]));
    const files = {
      'outputs.tf': formatHcl(
        `output "hcl" {\nvalue = ${hcl(texts)}\n}\noutput "hcl_keys" {\nvalue = ${hcl(map)}\n}\noutput "tfvars" {\nvalue = [var.a, var.b]\n}\n`,
      ),
      'more.tf.json': JSON.stringify({
        output: { json: { value: formatValueJson(texts) }, json_keys: { value: formatValueJson(map) } },
        variable: { a: { type: 'list(string)' }, b: { type: 'list(string)' } },
      }),
      'terraform.tfvars': `a = ${hcl(texts)}\n`,
      'b.auto.tfvars.json': JSON.stringify({ b: formatValueJson(texts, false) }),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const terraform = (...args: readonly string[]) =>
      runOk(pathOf('terraform'), [...args, '-no-color'], {
        cwd: folder,
        env: cleanEnvironment(folder, { CHECKPOINT_DISABLE: '1' }),
      });
    await terraform('init');
    await terraform('apply', '-auto-approve', '-input=false');
    const outputs = JSON.parse((await terraform('output', '-json')).stdout) as Record<string, { value: unknown }>;
    await rm(folder, { recursive: true });
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      hcl: texts,
      hcl_keys: map,
      json: texts,
      json_keys: map,
      tfvars: [texts, texts],
    });
  });
});
