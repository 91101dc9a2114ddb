/** The help of the program as a whole, for a terminal that is wide enough. In the build this module is its value: scripts/groups.mjs. */
import { COMMANDS, HELP_WIDTH } from './commands.ts';
import { readByCommander } from './program.ts';

const read = readByCommander(['--help'], {
  version: '',
  commands: COMMANDS,
  named: undefined,
  say: () => undefined,
  width: HELP_WIDTH,
});

export const HELP = read.kind === 'text' ? read.text : '';
