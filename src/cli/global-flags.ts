/** The few flags that count before Commander has read anything: a usage error, too, is said in JSON, quietly or without colour. */
import type { Context } from './context.ts';

export interface GlobalFlags {
  readonly isJson: boolean;
  readonly isDebug: boolean;
  readonly isQuiet: boolean;
  readonly hasNoColor: boolean;
}

/** A variable of a flag: everything but these words for no is a yes. */
export const truthy = (value: string): boolean => !['', '0', 'false', 'no'].includes(value.toLowerCase());

/** `argv` without the executable and the script; what stands after `--` belongs to another program. */
export const globalFlags = (argv: readonly string[], env: Context['env']): GlobalFlags => {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const asksFor = (flag: string): boolean =>
    own.includes(`--${flag}`) || truthy(env[`XACCT_${flag.toUpperCase().replaceAll('-', '_')}`]?.trim() ?? '');
  // Short flags may stand together: -vq.
  const isShort = own.some((argument) => /^-[a-z]*q[a-z]*$/.test(argument));
  return {
    isJson: asksFor('json'),
    isDebug: asksFor('debug'),
    isQuiet: asksFor('quiet') || isShort,
    hasNoColor: asksFor('no-color'),
  };
};
