/** What the build makes: the files of dist/, and how their modules are read. bundle.mjs says which module is in which file. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { esbuildTemplates } from './template-plugin.mjs';

export const root = path.resolve(import.meta.dirname, '..');

/** Runs when it is loaded. */
export const START = 'cli';

/**
 * The files that are loaded for a module of their own: that module, and the files that a process which loads it mostly has or gets as well.
 * @type {Readonly<Record<string, readonly [module: string, ...beside: string[]]>>}
 */
export const GROUPS = {
  [START]: ['src/main.ts'],
  commander: ['src/cli/program.ts', START],
  help: ['src/cli/help-text.ts', START],
  policy: ['src/policy/library.ts'],
  'emit-tf': ['src/cli/commands/emit-tf.ts', START],
  presets: ['src/cli/commands/presets.ts', START],
  completion: ['src/cli/commands/completion.ts', START],
  verify: ['src/cli/commands/verify.ts', START, 'aws'],
  docs: ['src/cli/commands/docs.ts', START, 'config'],
  emit: ['src/cli/commands/emit.ts', START, 'config'],
  plan: ['src/cli/commands/plan.ts', START, 'config', 'aws', 'iam', 'aws-profile'],
  init: ['src/cli/commands/init.ts', START, 'config', 'aws', 'iam', 'aws-profile'],
  destroy: ['src/cli/commands/destroy.ts', START, 'config', 'aws', 'iam', 'aws-profile'],
  lock: ['src/cli/commands/lock.ts', START, 'config', 'aws', 'iam', 'aws-profile'],
  accept: ['src/cli/commands/accept.ts', START, 'aws', 'iam', 'aws-profile'],
  explain: ['src/cli/commands/explain.ts', START, 'aws', 'iam', 'aws-profile'],
  diagnosis: ['src/core/diagnose.ts', START, 'verify', 'aws', 'iam'],
  'sandbox-command': ['src/cli/commands/sandbox.ts', START, 'sandbox'],
  demo: ['src/cli/commands/demo.ts', START, 'sandbox'],
  sandbox: ['src/sandbox/open.ts'],
  aws: ['src/aws/open.ts', START, 'verify'],
  iam: ['src/aws/iam.ts', START, 'aws', 'init'],
  'via-proxy': ['src/aws/via-proxy.ts', START, 'aws', 'verify'],
  'aws-profile': ['@aws-sdk/credential-provider-ini', START, 'verify', 'aws'],
  config: ['src/host/config-file.ts', START, 'emit-tf'],
  journal: ['src/host/journal.ts', START, 'init', 'config', 'aws', 'iam', 'aws-profile'],
  home: ['src/host/home.ts', START, 'verify', 'init', 'aws', 'journal'],
  processes: ['src/host/processes.ts', START, 'sandbox-command', 'sandbox'],
  prompts: ['src/host/prompts.ts', START, 'init'],
  paint: ['src/host/paint.ts', START],
  template: ['src/load-template.ts', START, 'emit-tf'],
};

/** How many times as often as any other, or as much waited for. @type {Readonly<Record<string, number>>} */
export const WEIGHTS = { [START]: 30, 'emit-tf': 30, config: 10, verify: 5, policy: 5, sandbox: 5 };

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/**
 * What packages load for features that we have no use for. Commander starts programs for commands that lie in files of their own: Node takes
 * 5 ms to load what it wants for that. Inquirer can open an editor, whose text may be in any encoding: tables of 530 kB.
 * @type {readonly (readonly [specifier: string, importer: RegExp])[]}
 */
const UNUSED = [
  ['node:child_process', /[\\/]commander[\\/]/],
  ['@inquirer/external-editor', /[\\/]@inquirer[\\/]editor[\\/]/],
];

/** @type {import('esbuild').Plugin} */
const leaveOutUnused = {
  name: 'leave-out-unused',
  setup: (builder) => {
    for (const [specifier, importer] of UNUSED)
      builder.onResolve({ filter: new RegExp(`^${specifier}$`) }, (asked) =>
        importer.test(asked.importer) ? { path: specifier, namespace: 'unused' } : undefined,
      );
    builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The service models are data of 60 kB: as JSON in a string they are read in a fifth of the time that an object literal takes to compile. */
/** @type {import('esbuild').Plugin} */
const modelsAsJson = {
  name: 'models-as-json',
  setup: (builder) => {
    builder.onLoad({ filter: /[\\/]wire[\\/]generated[\\/]\w+-model\.ts$/ }, async ({ path: file }) => {
      const [, head = '', model = ''] = /^(.*?^export const \w+: \w+ = )(\{.*\});\s*$/ms.exec(await readFile(file, 'utf8')) ?? [];
      const json = JSON.stringify(JSON.parse(model));
      return { contents: `${head}JSON.parse(${JSON.stringify(json)});\n`, loader: 'ts' };
    });
  },
};

/**
 * The signer for the sandbox, cut to what it uses. As a module like any other it would be loaded with 70 kB that only the SDK uses: esbuild splits by
 * files, and the files that hand on what the SDK's parts are made of lead from each of them to all.
 * @type {import('esbuild').Plugin}
 */
const signerAlone = {
  name: 'signer-alone',
  setup: (builder) => {
    builder.onResolve({ filter: /^@smithy\/signature-v4$/ }, ({ path: specifier, importer }) =>
      /[\\/]src[\\/]sandbox[\\/]/.test(importer) ? { path: specifier, namespace: 'alone', sideEffects: false } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'alone' }, async ({ path: specifier }) => {
      const { outputFiles } = await build({
        stdin: { contents: `export { SignatureV4 } from '${specifier}';`, resolveDir: root },
        platform: 'node',
        target: OPTIONS.target,
        mainFields: OPTIONS.mainFields,
        bundle: true,
        format: 'esm',
        write: false,
      });
      return { contents: outputFiles[0]?.contents, resolveDir: root };
    });
  },
};

/** The help is the same text at each start: the build runs what makes it. @type {import('esbuild').Plugin} */
const helpAsText = {
  name: 'help-as-text',
  setup: (builder) => {
    builder.onLoad({ filter: /[\\/]src[\\/]cli[\\/]help-text\.ts$/ }, async ({ path: file }) => {
      const { outputFiles } = await build({
        entryPoints: [file],
        absWorkingDir: root,
        platform: 'node',
        bundle: true,
        format: 'esm',
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
        write: false,
      });
      const { HELP } = await import(
        `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`
      );
      return { contents: `export const HELP = ${JSON.stringify(HELP)};` };
    });
  },
};

/**
 * V8 reads an arrow function as an expression in brackets first, and one without a block as a whole, before anybody calls it: as functions, our modules
 * are compiled in two thirds of the time (bench/README.md). Those of packages stay as they are: esbuild does not turn an arrow that says `super`.
 * @type {import('esbuild').Plugin}
 */
const arrowsAsFunctions = {
  name: 'arrows-as-functions',
  setup: (builder) => {
    builder.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
      const { code } = await transform(await readFile(file, 'utf8'), {
        loader: 'ts',
        sourcefile: path.relative(root, file),
        sourcemap: 'inline',
        supported: { arrow: false },
      });
      return { contents: code, loader: 'js' };
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
export const OPTIONS = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  define: { XACCT_VERSION: JSON.stringify(version) },
  plugins: [leaveOutUnused, modelsAsJson, signerAlone, esbuildTemplates, helpAsText, arrowsAsFunctions],
  logLevel: 'warning',
};
