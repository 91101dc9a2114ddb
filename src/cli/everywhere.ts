/** Options of every command. */
import type { OptionDefinition } from './command.ts';
import { under } from './headings.ts';

const HEADING = 'Everywhere';

export const EVERYWHERE = under(
  HEADING,
  { flags: '-c, --config <file>', about: 'the file of the set-up (default: xacct.yaml here or in a parent folder)' },
  { flags: '--json', about: 'print exactly one JSON object on stdout' },
  { flags: '-y, --yes', about: 'answer every confirmation with yes; ask nothing' },
  { flags: '--no-input', about: 'ask nothing; fail where a question would be needed' },
  { flags: '-q, --quiet', about: 'no progress, only results, warnings and errors' },
  { flags: '-v, --verbose', about: 'more of what AWS said' },
  { flags: '--debug', about: 'stack traces of errors' },
  { flags: '--no-color', about: 'no colours' },
);

export const HELP: OptionDefinition = { flags: '-h, --help', about: 'show help', heading: HEADING };
