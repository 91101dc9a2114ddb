/** Diagnostics as a person reads them: what happened, where, and the way out. */
import type { Diagnostic } from '#domain/diagnostic.ts';
import type { Paint } from '#cli/paint.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import { ACTORS } from './actors.ts';
import { printable, printableLine } from './printable.ts';

export const renderDiagnostic = (diagnostic: Diagnostic, paint: Paint, isVerbose = false): string => {
  const { severity, code, message, path, detail, hints } = diagnostic;
  const label = { error: paint.red('error'), warning: paint.yellow('warning'), note: paint.cyan('note') }[severity];
  const place = path === undefined || path === 'default' ? '' : `${paint.bold(printableLine(path))}: `;
  const lines = [`${label} ${place}${printableLine(message)} ${paint.dim(`[${code}]`)}`];
  if (detail !== undefined && isVerbose)
    lines.push(
      ...printable(detail)
        .split('\n')
        .map((line) => `  ${paint.dim(line)}`),
    );
  for (const { text, command } of hints)
    lines.push(`  → ${printableLine(text)}${command === undefined ? '' : `: ${paint.command(printable(command))}`}`);
  return `${lines.join('\n')}\n`;
};

/** With the one cause, where somebody looked for it. */
export const renderError = (
  { diagnostics, named }: Pick<XacctError, 'diagnostics' | 'named'>,
  paint: Paint,
  isVerbose = false,
): string => {
  const said = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint, isVerbose)).join('');
  if (named === undefined) return said;
  return `${said}  ${paint.bold('cause')} ${paint.dim(`[${named.code}]`)}, for ${ACTORS[named.actor]}: ${printable(named.patch.summary)}\n`;
};
