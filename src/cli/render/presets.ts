/** The permission presets as a person reads them: the list, and one with what it allows and its JSON. */
import type { Permissions } from '#domain/permissions.ts';
import type { Preset } from '#domain/preset.ts';
import { exampleOf, formOf } from '#domain/presets.ts';
import type { Paint } from '#cli/paint.ts';
import { printable } from './printable.ts';
import { describePolicy, wrap } from './statement.ts';

interface Page {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

const bullets = (texts: readonly string[], { width }: Page): readonly string[] =>
  texts.flatMap((text) => wrap(printable(text), width - 4).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`));

/** The form of each, and what it is. */
export const renderPresets = (presets: readonly Preset[], page: Page): string => {
  const indent = Math.max(...presets.map((preset) => formOf(preset).length)) + 2;
  const rows = presets.flatMap((preset) =>
    wrap(preset.about, page.width - indent).map(
      (line, i) => `${i === 0 ? page.paint.bold(formOf(preset).padEnd(indent)) : ' '.repeat(indent)}${line}`,
    ),
  );
  const [first] = presets;
  const example = first === undefined ? '' : exampleOf(first);
  const next = [
    ['what one allows', `xacct presets ${example}`],
    ['use it', `xacct init --preset ${example}`],
  ].map(([text = '', command = '']) => `→ ${text}: ${page.paint.command(command)}`);
  return `${[...rows, '', ...next].join('\n')}\n`;
};

/** One preset with its policies written out; JSON comes last, to be copied. */
export const renderPreset = (preset: Preset, { policies, policyArns, warnings }: Permissions, page: Page): string => {
  const { paint, width } = page;
  const reasons = Object.entries(preset.unrecorded).map(([action, reason]) => `${action}: ${reason}`);
  return `${[
    ...wrap(`${formOf(preset)}: ${preset.about}`, width).map((line, i) => (i === 0 ? paint.bold(line) : line)),
    ...policies.flatMap(({ document }) => bullets(describePolicy(document), page)),
    ...policyArns.map((arn) => `  - attached: ${arn}`),
    ...(preset.notes.length > 0 ? ['', paint.bold('to know'), ...bullets(preset.notes, page)] : []),
    ...(reasons.length > 0
      ? ['', paint.bold('not seen in the recorded runs of Terraform, and there all the same'), ...bullets(reasons, page)]
      : []),
    ...warnings.map(({ message }) => `${paint.yellow('warning')} ${message}`),
    ...policies.flatMap(({ name, document }) => ['', paint.dim(`${name}.json`), JSON.stringify(document, null, 2)]),
  ].join('\n')}\n`;
};
