/** What is kept beside the result: a file that cannot be written or read takes nothing away from what was found and done. */
import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { files } from '#host/files.ts';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const ID = 'the-external-id';
const FILE = `version: 1
source: { account: "${SOURCE}", profile: source }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"], externalId: ${ID} }
terraform: { region: us-east-1 }
targets:
  dev: { account: "${TARGET}", profile: target, permissions: { presets: [read-only] } }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

/** Where the proofs should be is a file: nothing can be read or written below it. */
const spoilProofs = async (): Promise<void> => {
  const home = path.join(product.folder, '.xacct');
  await rm(path.join(home, 'proofs'), { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, 'proofs'), '');
};

const made = async (): Promise<void> => {
  await product.put('xacct.yaml', FILE);
  expect((await product.run(['init', '--yes'])).status).toBe(0);
};

const UNKEPT = 'the proof of dev is not kept: <folder>/.xacct/proofs';

describe('a proof that cannot be kept', () => {
  test('leaves the report of verify as it is, and is a warning', async () => {
    await made();
    await spoilProofs();
    const ran = await product.run(['verify']);
    expect({ status: ran.status, stdout: ran.stdout.split('\n')[0] }).toEqual({
      status: 0,
      stdout: expect.stringContaining(`role/xacct-terraform`) as string,
    });
    expect(ran.stderr).toContain(`warning ${UNKEPT}`);
    const { ok, result, diagnostics } = JSON.parse((await product.run(['verify', '--json'])).stdout) as Record<string, unknown>;
    expect({ ok, result, diagnostics }).toEqual({
      ok: true,
      result: { targets: [expect.objectContaining({ name: 'dev' })] },
      diagnostics: [expect.objectContaining({ code: 'FILE_UNWRITABLE', severity: 'warning' })],
    });
  });

  test('leaves what init says of the proof, and what comes next', async () => {
    await spoilProofs();
    const flags = ['--preset', 'read-only', '--trust', 'self', '--yes'];
    const { status, stderr } = await product.run(['init', ...BOTH, ...flags]);
    expect(stderr).toContain('made 2 changes');
    expect(stderr).toContain('is not kept');
    expect(stderr).toContain('next: xacct emit-tf');
    expect(status).toBe(0);
  });

  test('does not keep init, plan and docs from a target of the file', async () => {
    await made();
    await spoilProofs();
    for (const argv of [['plan', '--check'], ['init', '--yes'], ['docs']])
      expect([argv[0], (await product.run(argv)).status]).toEqual([argv[0], 0]);
  });

  test('is no proof to emit-tf, which says so', async () => {
    await made();
    await spoilProofs();
    const free = await product.run(['emit-tf']);
    expect({ status: free.status, isEmitted: free.stdout.includes('assume_role') }).toEqual({ status: 0, isEmitted: true });
    expect(free.stderr).toContain('proofs/dev.json cannot be read');
    const strict = await product.run(['emit-tf', '--require-proof']);
    expect({ status: strict.status, stdout: strict.stdout }).toEqual({ status: 1, stdout: '' });
    expect(strict.stderr).toContain('[NOT_PROVED]');
  });

  test('does not keep destroy from removing the role', async () => {
    await made();
    await spoilProofs();
    const { status, stderr } = await product.run(['destroy', '--yes']);
    expect(stderr).toContain('removed 2 things from account');
    expect(stderr).toContain('warning the proof of dev is not forgotten: ');
    expect(status).toBe(0);
  });
});

test('a step summary that cannot be written leaves the annotations on stdout', async () => {
  await made();
  const env = { GITHUB_STEP_SUMMARY: path.join(product.folder, 'xacct.yaml', 'summary.md') };
  const { status, stdout, stderr } = await product.run(['verify', '--format', 'github'], { env });
  expect({ status, stdout: stdout.slice(0, 32) }).toEqual({
    status: 0,
    stdout: '::notice title=xacct verify dev::'.slice(0, 32),
  });
  expect(stderr).toContain('warning the summary of the step is not written: ');
});

describe('a file that was asked for and cannot be written, when the rest is done', () => {
  const NOWHERE = 'nowhere.json';
  /** As if it were below what is no folder. */
  const context = {
    files: {
      ...files,
      write: (name: string, text: string) => files.write(name.endsWith(NOWHERE) ? '/dev/null/nowhere.json' : name, text),
    },
  };

  test('leaves the plan shown, and the command fails', async () => {
    await product.put('xacct.yaml', FILE);
    const { status, stdout, stderr } = await product.run(['plan', '--out', NOWHERE], { context });
    expect({ status, stdout: stdout.split('\n')[0] }).toEqual({ status: 2, stdout: `Plan for account ${TARGET}: 2 to change` });
    expect(stderr).toMatch(/^error .*\[FILE_UNWRITABLE\]$/m);
    expect(stderr).not.toContain('wrote the plan');
  });

  test.each([
    ['grant', ['--target-profile', 'target', '--preset', 'read-only', '--trust', `arn:aws:iam::${SOURCE}:user/admin`]],
    ['role', ['--source-profile', 'source', '--target-account', TARGET, '--trust', 'self']],
  ])('leaves what init made told where a hand-off of a %s was to be written', async (_, flags) => {
    const { status, stdout, stderr } = await product.run(['init', ...flags, '--handoff', NOWHERE, '--yes', '--json'], {
      context,
    });
    expect({ status, isTold: /^error .*\[FILE_UNWRITABLE\]$/m.test(stderr) }).toEqual({ status: 2, isTold: true });
    const { ok, result, diagnostics } = JSON.parse(stdout) as Record<string, unknown>;
    expect({ ok, result }).toEqual({
      ok: false,
      result: { targets: [expect.objectContaining({ applied: expect.any(Array) as unknown })] },
    });
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'FILE_UNWRITABLE', severity: 'error' }));
  });
});

describe('the folder of proofs', () => {
  const modeOf = async (name: string): Promise<string> =>
    ((await stat(path.join(product.folder, name))).mode & 0o777).toString(8);

  test('is for its owner alone and out of Git, whoever makes it', async () => {
    await made();
    await rm(path.join(product.folder, '.xacct'), { recursive: true });
    expect((await product.run(['verify'])).status).toBe(0);
    expect(await modeOf('.xacct')).toBe('700');
    expect(await readFile(path.join(product.folder, '.xacct/.gitignore'), 'utf8')).toBe('*\n');
    expect(await product.read('.xacct/proofs/dev.json')).toContain('accessDigest');
  });

  test('is no link that leads elsewhere', async () => {
    await made();
    const home = path.join(product.folder, '.xacct');
    await rm(home, { recursive: true });
    await mkdir(path.join(product.folder, 'elsewhere'));
    await symlink('elsewhere', home);
    const { status, stderr } = await product.run(['verify']);
    expect({ status, isTold: stderr.includes('the proof of dev is not kept') }).toEqual({ status: 0, isTold: true });
  });
});
