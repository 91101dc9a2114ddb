/** xacct emit-tf: provider.tf on stdout, from flags alone or from xacct.yaml. Asks nobody, loads no AWS SDK. */
import { warning, type Diagnostic } from '#domain/diagnostic.ts';
import { parseAccess } from '#domain/parse-spec.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { emitProviderTf } from '#emit/provider-tf.ts';
import type { CommandDefinition } from '#cli/command.ts';
import { ROLE_ARN, SESSION, TARGET_ACCOUNT } from '#cli/options.ts';
import { readTargets } from '#cli/targets.ts';

const PROVIDER_TF = 'provider.tf';

const regionTaken = (region: string): Diagnostic =>
  warning('ASSUMED_VALUE', `no region was named: ${region} is taken`, [
    { text: 'name it', command: 'xacct emit-tf --region eu-central-1' },
  ]);

export const emitTfCommand: CommandDefinition = {
  name: 'emit-tf',
  about: 'Prints provider.tf: the AWS provider with its assume_role block',
  takesTargets: true,
  options: [
    ROLE_ARN,
    { flags: '--external-id <id>', about: 'the external ID that the trust policy asks for', isRepeatable: true },
    ...SESSION,
    {
      flags: '--region <region>',
      about: "the region of the provider (default: that of xacct.yaml, else the home region of the role's partition)",
    },
    TARGET_ACCOUNT,
    { flags: '--role-name <name>', about: 'the name of the role, where no ARN is given' },
  ],
  examples: [
    ['xacct emit-tf > provider.tf', 'from xacct.yaml'],
    [
      'xacct emit-tf --role-arn arn:aws:iam::222222222222:role/xacct-terraform --region eu-central-1 > provider.tf',
      'from flags alone; works offline',
    ],
  ],
  run: async (input, context) => {
    const { targets } = await readTargets(input, context, { name: 'emit-tf', needs: 'access', isForOne: true });
    const [target, ...others] = targets;
    if (target === undefined || others.length > 0) throw new XacctError(problem('USAGE', 'one target at a time: name it'));
    const access = parseAccess(target.input);
    if (!access.ok) throw XacctError.of(access.diagnostics);
    if (target.input.region === undefined) context.reporter.tell(regionTaken(access.value.region));
    const content = emitProviderTf(access.value);
    return { status: 0, text: content, result: { files: [{ path: PROVIDER_TF, content }] } };
  },
};
