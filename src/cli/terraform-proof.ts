/** Whether Terraform itself takes the provider.tf: fmt, init and validate, where Terraform and the AWS provider can be had. */
import type { Context } from './context.ts';

export interface TerraformProof {
  readonly status: 'passed' | 'failed' | 'skipped';
  /** One line for a person. */
  readonly said: string;
}

/** What people call a folder of providers that they keep beside the system. */
const KEPT_UNDER = ['/opt', '/usr/local/share', '/usr/share', '/usr/lib'];
const KEPT_AS = ['tf-plugins', 'terraform-plugins', 'terraform/plugins', 'terraform/providers'];

/** Where a copy of the AWS provider may lie: TF_PLUGIN_DIR, Terraform's own folders, and the usual places beside them. */
const pluginFolders = ({ env }: Context): readonly string[] => {
  const home = env['HOME'];
  const named = env['TF_PLUGIN_DIR'];
  return [
    ...(named ? [named] : []),
    ...(home ? [`${home}/.terraform.d/plugins`] : []),
    ...KEPT_UNDER.flatMap((folder) => KEPT_AS.map((name) => `${folder}/${name}`)),
  ];
};

const findPlugins = async (context: Context): Promise<string | undefined> => {
  for (const folder of pluginFolders(context))
    if (await context.files.isFolder(`${folder}/registry.terraform.io/hashicorp/aws`)) return folder;
  return undefined;
};

/** Throws nothing: what could not be asked is said as skipped. */
export const proveWithTerraform = async (folder: string, env: Context['env'], context: Context): Promise<TerraformProof> => {
  const { TF_CLI_CONFIG_FILE: _, ...rest } = env;
  const terraform = (...args: readonly string[]) =>
    context.processes.run({
      command: 'terraform',
      args,
      cwd: folder,
      env: { ...rest, TF_IN_AUTOMATION: '1' },
      signal: context.signal,
    });
  const version = await terraform('version');
  if (version.status !== 0) return { status: 'skipped', said: 'terraform is not on the PATH: provider.tf was not read by it' };
  const name = version.stdout.split('\n')[0] ?? 'terraform';
  const format = await terraform('fmt', '-check', 'provider.tf');
  if (format.status !== 0)
    return { status: 'failed', said: `${name}: provider.tf is not formatted: ${format.stdout}${format.stderr}` };
  const plugins = await findPlugins(context);
  context.reporter.progress({ kind: 'started', id: 'terraform', title: 'terraform init' });
  const init = await terraform('init', '-input=false', '-no-color', ...(plugins === undefined ? [] : [`-plugin-dir=${plugins}`]));
  context.reporter.progress({
    kind: 'finished',
    id: 'terraform',
    title: 'terraform init',
    status: init.status === 0 ? 'done' : 'skipped',
  });
  context.signal.throwIfAborted();
  if (init.status !== 0)
    return { status: 'skipped', said: `${name}: fmt is clean; validate was not run, the AWS provider cannot be had here` };
  const validate = await terraform('validate', '-no-color');
  return validate.status === 0
    ? { status: 'passed', said: `${name}: fmt, init and validate are clean` }
    : { status: 'failed', said: `${name}: validate failed: ${validate.stdout}${validate.stderr}` };
};
