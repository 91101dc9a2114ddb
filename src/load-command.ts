/** What a command is made of, loaded when it is named: one file of the build for each. */
import type { CommandDefinition } from '#cli/command.ts';
import type { CommandName } from '#cli/commands.ts';

const LOAD: Readonly<Record<CommandName, () => Promise<CommandDefinition>>> = {
  init: async () => (await import('#cli/commands/init.ts')).initCommand,
  accept: async () => (await import('#cli/commands/accept.ts')).acceptCommand,
  plan: async () => (await import('#cli/commands/plan.ts')).planCommand,
  verify: async () => (await import('#cli/commands/verify.ts')).verifyCommand,
  explain: async () => (await import('#cli/commands/explain.ts')).explainCommand,
  'emit-tf': async () => (await import('#cli/commands/emit-tf.ts')).emitTfCommand,
  emit: async () => (await import('#cli/commands/emit.ts')).emitCommand,
  docs: async () => (await import('#cli/commands/docs.ts')).docsCommand,
  destroy: async () => (await import('#cli/commands/destroy.ts')).destroyCommand,
  lock: async () => (await import('#cli/commands/lock.ts')).lockCommand,
  unlock: async () => (await import('#cli/commands/lock.ts')).unlockCommand,
  presets: async () => (await import('#cli/commands/presets.ts')).presetsCommand,
  sandbox: async () => (await import('#cli/commands/sandbox.ts')).sandboxCommand,
  demo: async () => (await import('#cli/commands/demo.ts')).demoCommand,
  completion: async () => (await import('#cli/commands/completion.ts')).completionCommand,
};

export const loadCommand = (name: CommandName): Promise<CommandDefinition> => LOAD[name]();
