/** How the renderers colour text: an argument, so that they stay pure and snapshots are plain. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** A command to type: `xacct …` becomes what the person has to type here. */
  command(text: string): string;
  /** A sentence that names one in backticks. */
  prose(text: string): string;
}

const same = (text: string): string => text;

export const PLAIN: Paint = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
  command: same,
  prose: same,
};

/** Colours with the name under which this program is started here: `npx xacct`, `npx --yes ./xacct-0.1.0.tgz`. */
export const paintFor = (colours: Omit<Paint, 'command' | 'prose'>, program: string): Paint => ({
  bold: (text) => colours.bold(text),
  dim: (text) => colours.dim(text),
  red: (text) => colours.red(text),
  green: (text) => colours.green(text),
  yellow: (text) => colours.yellow(text),
  cyan: (text) => colours.cyan(text),
  // After variables of the shell, or another command.
  command: (text) =>
    colours.cyan(text.replace(/^((?:.*&& )?(?:\w+=\S+ )*)xacct\b/, (_, before: string) => `${before}${program}`)),
  prose: (text) => text.replaceAll('`xacct ', () => `\`${program} `),
});
