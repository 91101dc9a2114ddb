/** xacct demo: the whole story in two local accounts, by running the very commands that a person would type. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ProcessResult } from '#core/ports/process.ts';
import type { CommandDefinition } from '#cli/command.ts';
import type { Context, OpenSandbox } from '#cli/context.ts';
import { proveWithTerraform, type TerraformProof } from '#cli/terraform-proof.ts';

const POLICY_FILE = 's3.json';

/** What the article's bucket needs, and what the provider reads of it. */
const BUCKET_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'OneBucket',
      Effect: 'Allow',
      Action: [
        's3:CreateBucket',
        's3:DeleteBucket',
        's3:ListBucket',
        's3:GetBucket*',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        's3:GetReplicationConfiguration',
        's3:GetAccelerateConfiguration',
        's3:PutBucketTagging',
      ],
      Resource: 'arn:aws:s3:::my-bucket-in-account-b',
    },
  ],
};

/** Variables that would lead the commands of the demo out of the sandbox. */
const isForeign = (name: string): boolean =>
  /^(AWS_|XACCT_|TF_VAR_|HTTPS?_PROXY$|https?_proxy$|ALL_PROXY$|all_proxy$)/.test(name);

const environmentOf = (context: Context, sandbox: OpenSandbox, configFile: string, folder: string): Context['env'] => ({
  ...Object.fromEntries(Object.entries(context.env).filter(([name]) => !isForeign(name))),
  AWS_ENDPOINT_URL: sandbox.endpoint,
  AWS_CONFIG_FILE: configFile,
  AWS_SHARED_CREDENTIALS_FILE: `${configFile}.none`,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'us-east-1',
  // Without this an xacct.yaml of a folder above, which is about real accounts, would be found and changed.
  XACCT_CONFIG: context.files.resolve(folder, 'xacct.yaml'),
  ...(context.paint.bold('x') !== 'x' && { FORCE_COLOR: '1' }),
});

interface Stage {
  readonly context: Context;
  readonly folder: string;
  readonly env: Context['env'];
}

const narrate = ({ context }: Stage, title: string, command: string): void =>
  context.say(`\n${context.paint.bold(title)}\n${context.paint.dim('$')} ${context.paint.command(command)}\n`);

/** Runs one command of xacct as a process of its own; one that fails ends the demo with its own words. */
const xacct = async (stage: Stage, args: readonly string[]): Promise<ProcessResult> => {
  const { context, folder, env } = stage;
  const [command, ...before] = context.self;
  const result = await context.processes.run({ command, args: [...before, ...args], cwd: folder, env, signal: context.signal });
  context.signal.throwIfAborted();
  context.say(result.stderr);
  if (result.status === 0) return result;
  throw new XacctError(
    problem('BUG', `xacct ${args[0] ?? ''} ended with status ${result.status} in the demo`, { detail: result.stdout }),
  );
};

const roleArnOf = (initOutput: string): string => {
  const envelope = JSON.parse(initOutput) as { result: { targets: { role: { arn: string } }[] } };
  return envelope.result.targets[0]?.role.arn ?? '';
};

const sayTerraform = (proof: TerraformProof, context: Context): void => {
  const mark = { passed: context.paint.green('✓'), failed: context.paint.red('✗'), skipped: context.paint.yellow('-') }[
    proof.status
  ];
  context.say(`${mark} ${proof.said}\n`);
};

const story = async (stage: Stage): Promise<{ readonly providerTf: string; readonly terraform: TerraformProof }> => {
  const { context } = stage;
  context.say(
    `Two AWS accounts on this machine, every policy enforced: source ${context.paint.bold('111111111111')}, target ${context.paint.bold('222222222222')}.\n` +
      `Terraform runs in the source, the S3 bucket belongs in the target.\n`,
  );
  const init = ['init', '--target-profile', 'target', '--source-profile', 'source', '--policy', `s3=./${POLICY_FILE}`, '--yes'];
  narrate(stage, '1. Make the role, its trust and its permissions in the target, and prove them', `xacct ${init.join(' ')}`);
  const made = await xacct(stage, [...init, '--json']);
  const verify = ['verify', '--role-arn', roleArnOf(made.stdout)];
  narrate(stage, '2. Prove from the source what must work, and what must be refused', `xacct ${verify.join(' ')}`);
  context.say((await xacct(stage, verify)).stdout);
  narrate(stage, '3. Print the provider', 'xacct emit-tf > provider.tf');
  const { stdout: providerTf } = await xacct(stage, ['emit-tf']);
  await context.files.write(context.files.resolve(stage.folder, 'provider.tf'), providerTf);
  await context.out(providerTf);
  narrate(stage, '4. Let Terraform read it', 'terraform init && terraform validate');
  const terraform = await proveWithTerraform(stage.folder, stage.env, context);
  context.signal.throwIfAborted();
  sayTerraform(terraform, context);
  return { providerTf, terraform };
};

export const demoCommand: CommandDefinition = {
  options: [{ flags: '--keep <dir>', about: 'keep xacct.yaml, provider.tf and the policy in this folder' }],
  examples: [
    ['xacct demo', 'in a folder that is removed afterwards'],
    ['xacct demo --keep ./demo', 'keeps what it made, to look at'],
  ],
  run: async (input, context) => {
    const keep = input.text('keep');
    const { files } = context;
    const folder = keep ? files.resolve(context.cwd, keep.value) : await files.makeTemporary('xacct-demo-');
    if (keep && !(await files.isEmpty(folder)))
      throw new XacctError(
        problem('USAGE', `${keep.value} is not empty`, {
          path: keep.place,
          hints: [{ text: 'name a new folder', command: 'xacct demo --keep ./xacct-demo' }],
        }),
      );
    // The sandbox's own keys stay out of the person's folder.
    const secrets = await files.makeTemporary('xacct-demo-aws-');
    const sandbox = await context.openSandbox();
    try {
      const configFile = files.resolve(secrets, 'config');
      await files.write(configFile, sandbox.awsConfigText());
      await files.write(files.resolve(folder, POLICY_FILE), `${JSON.stringify(BUCKET_POLICY, null, 2)}\n`);
      const { providerTf, terraform } = await story({
        context,
        folder,
        env: environmentOf(context, sandbox, configFile, folder),
      });
      context.say(
        keep
          ? `\nthe files are in ${keep.value}; the two accounts are gone\n`
          : `\nnow with your own accounts: ${context.paint.command('xacct init')}\n`,
      );
      const result = { files: [{ path: 'provider.tf', content: providerTf }], terraform };
      return { status: terraform.status === 'failed' ? 1 : 0, text: '', result };
    } finally {
      await sandbox.close();
      await files.remove(secrets);
      if (!keep) await files.remove(folder);
    }
  },
};
