/** Packs the project once for all files of test/bin; the tests get the tarball's path as `inject('tarball')`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT, runOk } from '../support/child.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly tarball: string;
  }
}

const pack = async (folder: string): Promise<string> => {
  const env = { ...(process.env as Record<string, string>), npm_config_update_notifier: 'false' };
  const { stdout } = await runOk('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, env });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as readonly { readonly filename: string }[];
  if (packed === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  return path.join(folder, packed.filename);
};

const setUp = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'xacct-pack-'));
  project.provide('tarball', process.env['XACCT_TARBALL'] ?? (await pack(folder)));
  return () => rm(folder, { recursive: true, force: true });
};

export default setUp;
