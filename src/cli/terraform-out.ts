/** Where the files of emit-tf may go: names that Terraform reads as what they hold, and what of a file that is there is ours. */
import type { Given } from '#domain/fields.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { JSON_MARK, TERRAFORM_MARKERS } from '#emit/provider-tf.ts';
import { mergeBetween, replaceValues, replaceWhole } from '#emit/shared-file.ts';
import { declaredIn } from '#emit/terraform-json.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import type { Merge, OutFile } from './write-out.ts';

/** Throws USAGE. https://developer.hashicorp.com/terraform/language/syntax/json: what a file holds follows from its name. */
export const expectFittingName = ({ value, place }: Given<string>, isJson: boolean, { typed }: Input): void => {
  const isNamedJson = value.endsWith('.json');
  if (isJson ? !/\.(?:tf|tofu)$/.test(value) : !isNamedJson) return;
  const better = isJson ? `${value}.json` : value.replace(/(?:\.(?:tf|tofu))?\.json$/, '.tf');
  const others = typed.filter((word, at) => word !== '--out' && typed[at - 1] !== '--out');
  throw new XacctError(
    problem('USAGE', `${value} would be read as ${isJson ? 'HCL' : 'JSON'}, and ${isJson ? 'JSON' : 'HCL'} would be in it`, {
      path: place,
      hints: [{ text: 'call it otherwise', command: commandLine(['emit-tf', ...others, '--out', better]) }],
    }),
  );
};

/** Values in JSON bear no mark: the file of their variables does, as the run before wrote it. */
export const mergeFor = async (files: readonly OutFile[], context: Context): Promise<Merge> => {
  const named = files.find(({ path }) => path.endsWith('variables.tf.json'));
  const before = named && (await context.files.read(context.files.resolve(context.cwd, named.path)));
  const declared = before?.includes(JSON_MARK) === true ? declaredIn(before) : [];
  return ({ path, content }, text) => {
    if (path.endsWith('.tfvars.json')) return replaceValues(path, text, content, declared);
    return path.endsWith('.json')
      ? replaceWhole(path, text, content, JSON_MARK)
      : mergeBetween(path, text, content, TERRAFORM_MARKERS);
  };
};
