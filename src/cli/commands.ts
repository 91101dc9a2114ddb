/** Every command, in the order of the help. */
import type { CommandDefinition } from './command.ts';
import { completionCommand } from './commands/completion.ts';
import { acceptCommand } from './commands/accept.ts';
import { demoCommand } from './commands/demo.ts';
import { destroyCommand } from './commands/destroy.ts';
import { docsCommand } from './commands/docs.ts';
import { emitCommand } from './commands/emit.ts';
import { emitTfCommand } from './commands/emit-tf.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { lockCommand, unlockCommand } from './commands/lock.ts';
import { presetsCommand } from './commands/presets.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { planCommand } from './commands/plan.ts';
import { verifyCommand } from './commands/verify.ts';

export const COMMANDS: readonly CommandDefinition[] = [
  initCommand,
  acceptCommand,
  planCommand,
  verifyCommand,
  explainCommand,
  emitTfCommand,
  emitCommand,
  docsCommand,
  destroyCommand,
  lockCommand,
  unlockCommand,
  presetsCommand,
  sandboxCommand,
  demoCommand,
  completionCommand,
];
