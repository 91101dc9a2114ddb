/** xacct emit: other files of the same set-up. Offline; asks nobody. */
import type { CommandDefinition } from '#cli/command.ts';
import { runEmit } from '#cli/emit-kinds.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ALL, option, ROLE_ARN } from '#cli/options.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';

export const emitCommand: CommandDefinition = {
  options: [
    ...under(HEADINGS.accounts, ROLE_ARN),
    ...SPEC_OPTIONS.filter(({ flags }) => !flags.startsWith('--target-profile')),
    ...under(HEADINGS.accounts, option('region', 'the region of the files (default: that of xacct.yaml)')),
    ...under(
      HEADINGS.output,
      {
        flags: '--side <side>',
        about: 'role-tf, cfn, cli, policies: of source or target only (default: each that holds something)',
        choices: ['source', 'target'],
      },
      { flags: '--link', about: 'cfn: the link that opens the console with the template filled in' },
      { flags: '--template-url <url>', about: 'cfn --link: where the template lies' },
      {
        flags: '--credential-source <source>',
        about: 'aws-config: what enters the first role in place of a profile',
        choices: ['Environment', 'Ec2InstanceMetadata', 'EcsContainer'],
      },
      { flags: '--out <file>', about: 'write the file instead; of several files, the folder' },
      { flags: '--force', about: 'overwrite a file that xacct did not make' },
      ALL,
    ),
  ],
  examples: [
    ['xacct emit cfn prod > role.cfn.yaml', 'for a customer who runs CloudFormation and no tool of ours'],
    ['xacct emit aws-config --all --out ~/.aws/config', 'a profile for each target; the rest of the file stays'],
  ],
  run: runEmit,
};
