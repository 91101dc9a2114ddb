/** What every start of xacct loads: the bundle of main.ts holds the commands and nothing that only some of them need. */
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { esbuildTemplates } from '../../scripts/template-plugin.mjs';

const root = path.resolve(import.meta.dirname, '../..');

let inputs: readonly string[] = [];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'silent',
    plugins: [
      esbuildTemplates,
      {
        name: 'leave-out-what-is-lazy',
        setup: (builder) => {
          builder.onResolve({ filter: /^#/ }, ({ kind }) =>
            kind === 'dynamic-import' ? { path: 'lazy', external: true } : undefined,
          );
        },
      },
    ],
  });
  inputs = Object.keys(metafile.inputs);
}, 30_000);

describe('the start-up closure', () => {
  test('has no package but commander', () => {
    const packages = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
    expect([...new Set(packages)].filter((name) => name !== 'commander')).toEqual(
      ['valibot'].filter((name) => packages.includes(name)),
    );
  });

  test('has nothing of aws, the sandbox, the prompts or the file reader', () => {
    expect(inputs.filter((input) => /^src\/(aws|sandbox)\/|^src\/host\/(prompts|config-file|paint)\.ts/.test(input))).toEqual([]);
  });

  test('has nothing of the engine of templates, nor of what only emit, docs and completion run', () => {
    const ofEmit =
      /^src\/emit\/(user-template|role-tf|cfn|cli-script|page-|setup-page|trust-graph|completion)|^src\/cli\/(emit-|setup-docs|complete\.)|page\.html/;
    expect(inputs.filter((input) => ofEmit.test(input))).toEqual([]);
  });

  test('has nothing of the evaluator, nor of what only explain runs', () => {
    const ofExplain = /^src\/policy\/|^src\/core\/(explain-|who|known-refusals)|^src\/cli\/explain-|^src\/domain\/find-refusals/;
    expect(inputs.filter((input) => ofExplain.test(input))).toEqual([]);
  });
});
