/** What may come next on a command line, as the scripts of the shells ask for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.put('xacct.yaml', `version: 1\ntargets: { dev: { account: "${TARGET}" }, prod: { account: "${SOURCE}" } }\n`);
});
afterAll(() => product.close());

const list = async (...words: readonly string[]): Promise<readonly string[]> => {
  const ran = await product.run(['completion', '--list', '--', ...words]);
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
  return ran.stdout.split('\n').slice(0, -1);
};

describe('completion', () => {
  test.each([
    [['em'], ['emit-tf', 'emit']],
    [['nothing-like-it', ''], []],
    [
      ['verify', ''],
      ['dev', 'prod'],
    ],
    [['verify', 'dev', 'p'], ['prod']],
    [['verify', 'dev', ''], ['prod']],
    [
      ['emit', 'c'],
      ['cfn', 'cli'],
    ],
    [['emit', 'cfn', 'd'], ['dev']],
    [['emit-tf', '--backend-a'], ['--backend-account']],
    [['emit-tf', '--backend-account', 't'], ['target']],
    [['emit-tf', '--backend-account=t'], ['--backend-account=target']],
    [['emit-tf', '--tofu', 'p'], ['prod']],
    [['emit-tf', '--alias', 'dev', 'd'], ['dev']],
    [['emit-tf', '--tofu', '--tof'], []],
    [['emit-tf', '--default-tag', 'a=b', '--default-t'], ['--default-tag']],
    [['emit-tf', '--out', 'p'], [':files']],
    [['verify', '--source-profile', 'sou'], ['source']],
    [['verify', '--outsider', 'sou'], ['source']],
    [['init', '--policy', 's3'], [':files']],
    [
      ['init', '--preset', 's3'],
      ['s3-bucket:', 's3-prefix:'],
    ],
    // Nobody but the person knows these, and the names of the files here are none.
    [['init', '--trust', ''], []],
    [['emit-tf', '--region', ''], []],
    [['presets', 'p'], ['power-user']],
    [['presets', 'power-user', ''], []],
    [['accept', ''], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('%j', async (words, expected) => {
    expect(await list(...words)).toEqual(expected);
  });

  test('of nothing, are all commands', async () => {
    expect(await list('')).toEqual(
      expect.arrayContaining(['init', 'plan', 'verify', 'explain', 'emit-tf', 'docs', 'completion']),
    );
  });

  test('a file that is wrong disturbs nobody who types', async () => {
    await product.put('broken.yaml', ': :');
    expect(await product.run(['completion', '--list', '--config', 'broken.yaml', '--', 'verify', ''])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('of a shell that there is not, says which there are', async () => {
    const ran = await product.run(['completion', 'tcsh']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('one of bash, zsh, fish');
  });
});
