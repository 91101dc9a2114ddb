/** xacct completion: a script for the shell, which asks this command what may come next. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CommandDefinition } from '#cli/command.ts';

export const completionCommand: CommandDefinition = {
  name: 'completion',
  about: 'Prints the completion of bash, zsh or fish, with the targets and profiles that are there',
  takesTargets: false,
  takesWords: ['shell', 'bash, zsh or fish'],
  options: [{ flags: '--list', about: 'for the scripts themselves: what may follow the words after --' }],
  examples: [
    ['eval "$(xacct completion bash)"', 'in ~/.bashrc; the same for zsh in ~/.zshrc, after compinit'],
    ['xacct completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  run: async (input, context) => {
    const { completion } = await context.emitting();
    const { scripts } = completion;
    if (input.isSet('list')) {
      const words = await completion.complete(input.targets, input, context);
      return { status: 0, text: words.map((word) => `${word}\n`).join(''), result: { words } };
    }
    const [shell = '', ...others] = input.targets;
    const script = others.length === 0 && Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script !== undefined)
      return { status: 0, text: script, result: { files: [{ path: `xacct.${shell}`, content: script }] } };
    throw new XacctError(
      problem('USAGE', shell === '' ? 'which shell?' : `there is no completion for "${input.targets.join(' ')}"`, {
        hints: [{ text: `one of ${Object.keys(scripts).join(', ')}`, command: 'xacct completion bash' }],
      }),
    );
  },
};
