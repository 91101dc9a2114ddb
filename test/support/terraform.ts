/**
 * The real Terraform with the real AWS provider, as often as a test likes: the provider is started once, in its debugging mode, and every run
 * attaches to it (https://developer.hashicorp.com/terraform/plugin/debugging), which saves its start-up of some seconds each time. Runs follow
 * one another, for the provider keeps one configuration.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run, type Environment, type Finished } from './child.ts';
import { pathOf } from './peers.ts';

export interface Terraform {
  /** `args` without `-no-color`; a variable is `-var=name=value`. */
  run(folder: string, ...args: readonly string[]): Promise<Finished>;
  close(): Promise<void>;
}

const only = (folder: string, matches: (name: string) => boolean): string => {
  const name = readdirSync(folder).toSorted().findLast(matches);
  if (name === undefined) throw new Error(`nothing of use in ${folder}`);
  return path.join(folder, name);
};

const providerProgram = (): string => {
  const versions = path.join(pathOf('terraform-provider-aws'), 'registry.terraform.io/hashicorp/aws');
  const platform = only(
    only(versions, () => true),
    () => true,
  );
  return only(platform, (name) => name.startsWith('terraform-provider-aws'));
};

const REATTACH = /TF_REATTACH_PROVIDERS='([^']+)'/;

const attachment = async (child: ChildProcess): Promise<string> => {
  let said = '';
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the AWS provider ended before it was ready\n${said}`);
  });
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = REATTACH.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
  });
  return Promise.race([ready, ended]);
};

/** `env` is what both see, credentials and endpoint among it. */
export const openTerraform = async (env: Environment): Promise<Terraform> => {
  const child = spawn(providerProgram(), ['-debug'], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const attached = { ...env, TF_REATTACH_PROVIDERS: await attachment(child), CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  return {
    run: (folder, ...args) =>
      run(pathOf('terraform'), [...args, '-no-color'], { cwd: folder, env: attached, timeoutMs: 150_000 }),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};
