/** xacct completion: a script for the shell, which asks this command what may come next. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { COMPLETION } from '#emit/completion.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import { complete } from '#cli/complete.ts';
import type { Context } from '#cli/context.ts';

/** By the name of the shell. */
const SCRIPTS: Readonly<Record<string, string>> = COMPLETION;

/** A shell reads it: only who types --json means JSON here, and not a variable that is set for every command. */
const forShell = async (text: string, result: unknown, input: Input, context: Context): Promise<Outcome> => {
  if (input.isTyped('json')) return { status: 0, text, result };
  await context.out(text);
  return { status: 0, text, result, isPrinted: true };
};

export const completionCommand: CommandDefinition = {
  options: [{ flags: '--list', about: 'for the scripts themselves: what may follow the words after --' }],
  examples: [
    ['eval "$(xacct completion bash)"', 'in ~/.bashrc; the same for zsh in ~/.zshrc, after compinit'],
    ['xacct completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  run: async (input, context) => {
    if (input.isSet('list')) {
      const words = await complete(input.targets, input, context);
      return forShell(words.map((word) => `${word}\n`).join(''), { words }, input, context);
    }
    const [shell = '', ...others] = input.targets;
    const script = others.length === 0 && Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script !== undefined) return forShell(script, { files: [{ path: `xacct.${shell}`, content: script }] }, input, context);
    throw new XacctError(
      problem('USAGE', shell === '' ? 'which shell?' : `there is no completion for "${input.targets.join(' ')}"`, {
        hints: [{ text: `one of ${Object.keys(SCRIPTS).join(', ')}`, command: 'xacct completion bash' }],
      }),
    );
  },
};
