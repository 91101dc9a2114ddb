/**
 * The plain form of a command line: the command first, then its targets and options by their long names, each value in a word of its own. It is how
 * commands are mostly run, and reading it takes no parser: Commander is 40 kB, whose loading and running takes as long as half of Node's start.
 * Whatever else there is (short options, `--`, help, a mistake) is left to Commander, which alone knows the fine print and words the errors.
 */
import type { Command } from './command.ts';
import { flagsOf, type Flag, type Typed, type Value } from './typed.ts';

const isOption = (word: string): boolean => word.length > 1 && word.startsWith('-');

const isAllowed = ({ choices }: Flag, value: string): boolean => choices === undefined || choices.includes(value);

const areTargets = (
  { takesTargets, takesProgram, takesOne, takesWords, takesKind }: Command,
  words: readonly string[],
): boolean => {
  if (takesKind && !takesKind.includes(words[0] ?? '')) return false;
  if (takesTargets || takesProgram || takesWords || words.length === 0) return true;
  return takesOne !== undefined && words.length === 1;
};

/** `argv` without the executable and the script. undefined where it is for Commander to say what it means. */
export const readPlain = (argv: readonly string[], command: Command): Typed | undefined => {
  const [name, ...words] = argv;
  if (name !== command.name) return undefined;
  const known = new Map(flagsOf(command).map((flag) => [`--${flag.name}`, flag]));
  const targets: string[] = [];
  const flags = new Map<string, Value>();
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const flag = known.get(word);
    if (!isOption(word)) targets.push(word);
    else if (flag === undefined) return undefined;
    else if (flag.value === 'none') flags.set(flag.name, true);
    else {
      const [value] = words;
      if (value === undefined || isOption(value) || !isAllowed(flag, value)) return undefined;
      words.shift();
      const before = flags.get(flag.name) ?? [];
      flags.set(flag.name, flag.isRepeatable ? [...(before as readonly string[]), value] : value);
    }
  }
  return areTargets(command, targets) ? { targets, flags } : undefined;
};
