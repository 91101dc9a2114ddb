/** xacct docs: Markdown and HTML of the file's targets, with the last proof; nothing that a name holds becomes format. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emitHtml } from '#emit/page-html.ts';
import { emitMarkdown } from '#emit/page-markdown.ts';
import type { PageTarget } from '#emit/setup-page.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const DOCS_CONFIG = `version: 1
source: { account: "${SOURCE}" }
role:
  trust: ["arn:aws:iam::${SOURCE}:role/ci/deployer", "sso:PlatformEngineers", "github:acme/infra:environment=prod"]
  externalId: 7f3c9e52a1
  conditions: { sourceIp: [203.0.113.0/24] }
permissions: { policies: { s3: ./s3.json }, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
terraform: { region: eu-central-1 }
targets:
  dev: { account: "${TARGET}" }
  prod: { account: "333333333333", role: { externalId: 91ab04d7ff } }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', DOCS_CONFIG.replace('  conditions: { sourceIp: [203.0.113.0/24] }\n', ''));
});
afterEach(() => product.close());

const docs = (...argv: readonly string[]) => product.run(['docs', ...argv]);

describe('docs', () => {
  test('prints the page as Markdown, and as HTML that loads nothing', async () => {
    const md = await docs('dev');
    expect({ status: md.status, stderr: md.stderr }).toEqual({ status: 0, stderr: '' });
    await expect(md.stdout).toMatchFileSnapshot('../golden/docs/dev.md');
    const html = await docs('--all', '--format', 'html');
    await expect(html.stdout).toMatchFileSnapshot('../golden/docs/all.html');
    expect(html.stdout).not.toMatch(/<(script|link|img|iframe)|url\((?!#)|@import|https?:\/\/(?!token)/);
    expect(await docs('--all', '--format', 'html')).toEqual(html);
  });

  test.each([
    ['github:acme/infra:environment=prod', false],
    [`arn:aws:iam::${SOURCE}:role/ci`, true],
  ])('says of tags what the trust policy for %s has: %s', async (trust, isSaid) => {
    const id = isSaid ? 'the-id' : 'none';
    await product.put(
      'xacct.yaml',
      DOCS_CONFIG.replace(/trust: .*/, `trust: ["${trust}"]`)
        .replaceAll(/externalId: \w+/g, `externalId: ${id}`)
        .replace(/ {2}conditions.*\n/, ''),
    );
    const { status, stdout } = await docs('dev', '--layout', 'direct');
    expect({ status, isSaid: stdout.includes('sts:TagSession in its own statement') }).toEqual({ status: 0, isSaid });
  });

  test('says what was proved, and that it no longer holds after a change', async () => {
    await product.put(
      'xacct.yaml',
      `version: 1\nsource: { account: "${SOURCE}" }\nrole: { trust: ["arn:aws:iam::${SOURCE}:user/admin"], externalId: the-id }\npermissions: { policies: { s3: ./s3.json } }\nterraform: { region: us-east-1 }\ntargets: { dev: { account: "${TARGET}" } }\n`,
    );
    expect((await docs()).stdout).toContain('Not proved yet');
    await product.run(['init', ...BOTH, '--yes']);
    expect((await docs()).stdout).toMatch(/checks passed from arn:aws:iam::111111111111:user\/admin at/);
    expect((await docs('--session-name', 'other')).stdout).toMatch(/checks passed .*, but /);
  });

  test('says what bounds the role, and those of the source', async () => {
    const boundary = (account: string): string => `arn:aws:iam::${account}:policy/edge`;
    await product.put(
      'xacct.yaml',
      `version: 1\nsource: { account: "${SOURCE}", permissionsBoundary: "${boundary(SOURCE)}" }\nrole: { trust: ["ec2:xacct-worker"], externalId: the-id, permissionsBoundary: "${boundary(TARGET)}" }\npermissions: { policies: { s3: ./s3.json } }\nterraform: { region: us-east-1 }\ntargets: { dev: { account: "${TARGET}" } }\n`,
    );
    const { stdout } = await docs();
    expect(stdout).toContain(`| Permissions boundary | \`${boundary(TARGET)}\` |`);
    expect(stdout).toContain(`| Permissions boundary of xacct-worker | \`${boundary(SOURCE)}\` |`);
  });

  test('stands in a README between two lines, and nowhere else', async () => {
    const readme = '# Mine\n\n<!-- xacct docs: begin -->\nold\n<!-- xacct docs: end -->\n\nend\n';
    await product.put('README.md', '# Mine\n');
    expect(await docs('dev', '--inject', 'README.md')).toMatchObject({ status: 5, stdout: '' });
    expect(await product.read('README.md')).toBe('# Mine\n');
    await product.put('README.md', readme);
    expect(await docs('dev', '--inject', 'README.md')).toMatchObject({ status: 0, stdout: '', stderr: 'updated README.md\n' });
    const after = await product.read('README.md');
    expect(after).toMatch(/^# Mine\n\n<!-- xacct docs: begin -->\n\n## dev/);
    expect(after).toMatch(/<!-- xacct docs: end -->\n\nend\n$/);
    expect((await docs('dev', '--inject', 'README.md')).stderr).toBe('README.md: nothing to change\n');
  });
});

/** The same text in all places. */
const pageOf = (hostile: string): PageTarget => {
  const policy = {
    name: hostile,
    about: hostile,
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: hostile, Resource: '*' }] },
  } as const;
  return {
    name: hostile,
    sourceAccount: SOURCE,
    targetAccount: TARGET,
    roleName: hostile,
    roleArn: hostile,
    region: hostile,
    facts: [[hostile, hostile]],
    principals: [{ label: hostile, name: hostile, home: hostile, conditions: [hostile] }],
    permissions: [policy],
    documents: [policy],
    proof: hostile,
    reasons: [[hostile, hostile]],
  };
};

test('what turns text round, or is not seen, is told in every place', async () => {
  const page = pageOf('prod\u202edorp\u2066\u200b');
  for (const text of [emitHtml([page]), emitMarkdown([page])]) {
    expect(text).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f]|#8238;/);
    expect(text.split(String.raw`prod\u202edorp\u2066\u200b`).length).toBeGreaterThan(8);
  }
  const trust = `["github:acme/infra:environment=prod\\u202edorp"]`;
  await product.put('xacct.yaml', DOCS_CONFIG.replace(/trust: \[.*\]/, `trust: ${trust}`));
  const { status, stdout } = await docs('dev', '--format', 'html');
  expect(status).toBe(0);
  expect(stdout).toContain(String.raw`environment:prod\u202edorp`);
  expect(stdout).not.toContain('\u202e');
});

test('texts stay texts', () => {
  const page = pageOf('</pre><script>alert(1)</script> | `x` **b** "q" \u0000');
  expect(emitHtml([page])).not.toMatch(/<script|\u0000/);
  expect(emitHtml([page])).not.toContain('>nothing<');
  expect(emitHtml([{ ...page, permissions: [] }])).toContain('>nothing<');
  const md = emitMarkdown([page]);
  // Between backticks it is text already.
  const outside = md.replaceAll(/```(?:json|mermaid)[\s\S]*?\n```/g, '').replaceAll(/``[\s\S]*?``/g, '');
  expect(outside).toContain('script');
  expect(outside).not.toMatch(/<\/?(script|pre)|\u0000/);
});
