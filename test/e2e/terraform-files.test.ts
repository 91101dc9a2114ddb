/** Every pair of options of emit-tf: what a real parser of HCL reads from provider.tf is what provider.tf.json says, and every text is back as it was. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { doubleMarkers, Expression } from '#emit/hcl.ts';
import { cleanEnvironment, run } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { terraformCases } from '../support/terraform-files.ts';

interface Hcl2Json {
  parse(name: string, text: string): Promise<unknown>;
}

/** HashiCorp's parser gives strings as JSON files of Terraform have them: markers doubled, expressions in `${}`. Comments are gone. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
};

const asText = (value: unknown): string => JSON.stringify(sorted(value));

/** `$${` in JSON and in HCL is `${` as text. */
const undoubled = (text: string): string => text.replaceAll(/([$%])\1(?=\{)/g, '$1');

/** Blocks come as lists; a policy comes as the call of jsonencode, or as the text itself. */
const normal = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    return items.length === 1 && typeof items[0] === 'object' && key !== 'targets' ? items[0] : items;
  }
  if (typeof value === 'string') return key === 'policy' ? '(document)' : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) =>
      name === '//'
        ? []
        : [
            [
              name,
              name === 'provider' && typeof entry === 'string'
                ? `\${${entry.replace(/^\$\{(.*)\}$/, '$1')}}`
                : normal(entry, name),
            ],
          ],
    ),
  );
};

const leavesOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null && !(value instanceof Expression)
    ? Object.entries(value).flatMap(([key, entry]) => [key, ...leavesOf(entry)])
    : [value];

/** In a backend of a JSON file nothing is doubled: Terraform evaluates nothing there. */
const doubledBackend = (text: string): string => {
  const content = JSON.parse(text) as { terraform: { backend?: unknown } };
  const { backend } = content.terraform;
  if (backend !== undefined) content.terraform.backend = JSON.parse(doubleMarkers(JSON.stringify(backend)));
  return JSON.stringify(content);
};

/** Of all cases, as `case/file`. */
const filesOf = (cases: ReturnType<typeof terraformCases>): readonly (readonly [string, string])[] =>
  cases.flatMap(({ name, hcl }) => hcl.map(({ path: file, content }) => [path.join(name, file), content] as const));

describeWithPeers(['terraform'], 'files of every pair of options', () => {
  test('are as terraform fmt would have them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'xacct-fmt-'));
    for (const [file, content] of filesOf(terraformCases())) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    const env = cleanEnvironment(folder, { CHECKPOINT_DISABLE: '1' });
    const finished = await run(pathOf('terraform'), ['fmt', '-check', '-diff', '-recursive', '-no-color', '.'], {
      cwd: folder,
      env,
    });
    await rm(folder, { recursive: true });
    expect({ status: finished.status, stdout: finished.stdout, stderr: finished.stderr }).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });
});

describeWithPeers(['hcl2json'], 'files of every pair of options', () => {
  const cases = terraformCases();
  const parse: Hcl2Json['parse'] = (name, text) =>
    (createRequire(import.meta.url)(pathOf('hcl2json')) as Hcl2Json).parse(name, text);

  test('are a few hundred', () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  test('say in HCL what they say in JSON', async () => {
    for (const { name, hcl, json } of cases) {
      const [providerHcl] = hcl;
      const [providerJson] = json;
      const fromHcl = undoubled(asText(normal(await parse('provider.tf', providerHcl?.content ?? ''))));
      const fromJson = undoubled(asText(normal(JSON.parse(doubledBackend(providerJson?.content ?? '')))));
      expect(fromHcl, name).toBe(fromJson);
    }
  });

  test('hold no expression but those of ours', async () => {
    for (const { name, hcl, model } of cases) {
      const ours = new Set(leavesOf(model).flatMap((leaf) => (leaf instanceof Expression ? [`\${${leaf.text}}`] : [])));
      const found = leavesOf(await parse('provider.tf', hcl[0]?.content ?? '')).filter(
        (leaf) => typeof leaf === 'string' && /(?<!\$)\$\{|(?<!%)%\{/.test(leaf) && !leaf.startsWith('${jsonencode('),
      );
      expect(
        found.filter((leaf) => !ours.has(String(leaf))),
        name,
      ).toEqual([]);
    }
  });

  test('give every value of terraform.tfvars back', async () => {
    for (const { name, hcl, model } of cases) {
      const values = hcl.find(({ path }) => path === 'terraform.tfvars');
      if (values === undefined) continue;
      const read = (await parse('terraform.tfvars', values.content)) as Record<string, unknown>;
      for (const variable of model.variables)
        if (typeof variable.value === 'string') expect(undoubled(String(read[variable.name])), name).toBe(variable.value);
    }
  });
});
