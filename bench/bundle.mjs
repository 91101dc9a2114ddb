/** The policy room as one module that Node can import, made anew from the sources each time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** `names` are exports by file of src/policy. @param {Record<string, string>} names @returns {Promise<any>} */
export const loadPolicy = async (names) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'xacct-bench-'));
  try {
    const contents = Object.entries(names)
      .map(([name, file]) => `export { ${name} } from '#policy/${file}';`)
      .join('\n');
    const outfile = path.join(folder, 'policy.mjs');
    await build({
      absWorkingDir: root,
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      outfile,
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
