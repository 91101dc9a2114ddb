/** What the build makes: the files of dist/, and how their modules are read. bundle.mjs says which module is in which file. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { esbuildTemplates } from './template-plugin.mjs';

export const root = path.resolve(import.meta.dirname, '..');

/** The first group, which runs when it is loaded. */
export const START = 'cli';

/**
 * The files, each with the module that it is loaded for, in the order in which they take what several need: the light and the frequent first.
 * `targets` and `signature` are loaded for nothing of their own: they hold what several of those below them need.
 * @type {Readonly<Record<string, string>>}
 */
export const GROUPS = {
  [START]: 'src/main.ts',
  policy: 'src/policy/library.ts',
  targets: 'src/cli/targets.ts',
  'emit-tf': 'src/cli/commands/emit-tf.ts',
  presets: 'src/cli/commands/presets.ts',
  completion: 'src/cli/commands/completion.ts',
  verify: 'src/cli/commands/verify.ts',
  docs: 'src/cli/commands/docs.ts',
  emit: 'src/cli/commands/emit.ts',
  plan: 'src/cli/commands/plan.ts',
  init: 'src/cli/commands/init.ts',
  destroy: 'src/cli/commands/destroy.ts',
  lock: 'src/cli/commands/lock.ts',
  accept: 'src/cli/commands/accept.ts',
  explain: 'src/cli/commands/explain.ts',
  diagnosis: 'src/core/diagnose.ts',
  'sandbox-command': 'src/cli/commands/sandbox.ts',
  demo: 'src/cli/commands/demo.ts',
  signature: 'src/sandbox/signature/sigv4.ts',
  sandbox: 'src/sandbox/open.ts',
  aws: 'src/aws/open.ts',
  'aws-profile': '@aws-sdk/credential-provider-ini',
  config: 'src/host/config-file.ts',
  prompts: 'src/host/prompts.ts',
  paint: 'src/host/paint.ts',
  template: 'src/emit/user-template.ts',
};

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** @type {import('esbuild').BuildOptions} */
export const OPTIONS = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  define: { XACCT_VERSION: JSON.stringify(version) },
  plugins: [esbuildTemplates],
  logLevel: 'warning',
};
