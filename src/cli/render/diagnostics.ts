/** Diagnostics as a person reads them: what happened, where, and the way out. */
import type { Diagnostic } from '#domain/diagnostic.ts';
import type { Paint } from '#cli/paint.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import { ACTORS } from './actors.ts';
import { hang, hangCommand } from './hang.ts';
import { printable, printableLine } from './printable.ts';

export interface Shown {
  readonly isVerbose?: boolean;
  /** Of the terminal; absent where there is none, and no line is broken. */
  readonly columns?: number | undefined;
}

export const renderDiagnostic = (
  diagnostic: Diagnostic,
  paint: Paint,
  { isVerbose = false, columns = Infinity }: Shown = {},
): string => {
  const { severity, code, message, path, detail, hints } = diagnostic;
  const label = { error: paint.red('error'), warning: paint.yellow('warning'), note: paint.cyan('note') }[severity];
  const place = path === undefined || path === 'default' ? '' : `${paint.bold(printableLine(path))}: `;
  const lines = [
    hang(`${label} `, `${place}${paint.prose(printableLine(message))} ${paint.dim(`[${code}]`)}`, { indent: '  ', columns }),
  ];
  if (detail !== undefined && isVerbose)
    lines.push(
      ...printable(detail)
        .split('\n')
        .map((line) => `  ${paint.dim(line)}`),
    );
  for (const { text, command } of hints)
    lines.push(
      command === undefined
        ? hang('  → ', paint.prose(printableLine(text)), { indent: '    ', columns })
        : hangCommand('  → ', [paint.prose(printableLine(text)), paint.command(printable(command))], { indent: '    ', columns }),
    );
  return `${lines.join('\n')}\n`;
};

/** With the one cause, where somebody looked for it. */
export const renderError = (
  { diagnostics, named }: Pick<XacctError, 'diagnostics' | 'named'>,
  paint: Paint,
  shown: Shown = {},
): string => {
  const said = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint, shown)).join('');
  if (named === undefined) return said;
  const cause = `${paint.dim(`[${named.code}]`)}, for ${ACTORS[named.actor]}: ${printable(named.patch.summary)}`;
  return `${said}${hang(`  ${paint.bold('cause')} `, cause, { indent: '    ', columns: shown.columns ?? Infinity })}\n`;
};
