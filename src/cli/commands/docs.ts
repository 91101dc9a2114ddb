/** xacct docs: the set-up on a page, for those who review it and those who come later. Offline; asks nobody. */
import type { CommandDefinition } from '#cli/command.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ALL, option } from '#cli/options.ts';
import { runDocs } from '#cli/setup-docs.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';

export const docsCommand: CommandDefinition = {
  options: [
    ...under(
      HEADINGS.output,
      {
        flags: '--format <format>',
        about: 'md (the default), with a Mermaid diagram; html: one file with a graph',
        choices: ['md', 'html'],
      },
      { flags: '--out <file>', about: 'write the file instead' },
      { flags: '--inject <file>', about: 'put it into a README, between its two lines' },
      { flags: '--force', about: 'overwrite a file that xacct did not make' },
      ALL,
    ),
    ...SPEC_OPTIONS.filter(({ flags }) => !/^--(target|source)-profile/.test(flags)),
    ...under(HEADINGS.accounts, option('region', 'the region of the set-up (default: that of xacct.yaml)')),
  ],
  examples: [
    ['xacct docs --all --format html --out access.html', 'one file that opens anywhere and prints well'],
    ['xacct docs prod --inject README.md', 'between <!-- xacct docs: begin --> and <!-- xacct docs: end -->'],
  ],
  run: runDocs,
};
