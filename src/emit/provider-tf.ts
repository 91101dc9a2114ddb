/** Files of Terraform from the model: pure text, the same bytes for the same input. */
import providerTemplate from '#templates/provider.tf.eta';
import type { EmittedFile } from './emitted.ts';
import { markersOf } from './shared-file.ts';
import { Expression, formatHcl, hcl, JsonText } from './hcl.ts';
import { formatProviderJson, formatTfvarsJson, formatVariablesJson } from './terraform-json.ts';
import type { TerraformModel, VariableModel } from './terraform-model.ts';

export const TERRAFORM_MARKERS = markersOf('emit-tf');

/** Renders the model to a text: ours, or a person's own template. */
export type Template = (model: TerraformModel, quote: (value: unknown) => string) => string;

const marked = (body: string): string => formatHcl(`${TERRAFORM_MARKERS.begin}\n\n${body.trim()}\n\n${TERRAFORM_MARKERS.end}\n`);

const variablesTf = (variables: readonly VariableModel[]): string =>
  marked(
    variables
      .map(
        ({ name, description, type }) => `variable ${hcl(name)} {\ndescription = ${hcl(description)}\ntype = ${hcl(type)}\n}\n`,
      )
      .join('\n'),
  );

/** Nothing is evaluated there: a document is its text. */
const plain = (value: unknown): unknown => {
  if (value instanceof JsonText) return JSON.stringify(value.document);
  if (value instanceof Expression || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]: [string, unknown]) => [key, entry === undefined ? undefined : plain(entry)]),
  );
};

const tfvars = (variables: readonly VariableModel[]): string =>
  marked(variables.map(({ name, value }) => `${name} = ${hcl(plain(value))}\n`).join(''));

/** The first one is provider.tf. */
export const emitHcl = (model: TerraformModel, template: Template = providerTemplate): readonly EmittedFile[] => [
  { path: 'provider.tf', content: marked(template(model, hcl)) },
  ...(model.variables.length === 0
    ? []
    : [
        { path: 'variables.tf', content: variablesTf(model.variables) },
        { path: 'terraform.tfvars', content: tfvars(model.variables) },
      ]),
];

/** What marks a file of JSON, which has no comments, as ours. */
export const JSON_MARK = TERRAFORM_MARKERS.begin.replace(/^# /, '');

/** The first one is provider.tf.json. */
export const emitJson = (model: TerraformModel): readonly EmittedFile[] => [
  { path: 'provider.tf.json', content: formatProviderJson(model, JSON_MARK) },
  ...(model.variables.length === 0
    ? []
    : [
        { path: 'variables.tf.json', content: formatVariablesJson(model.variables, JSON_MARK) },
        { path: 'terraform.tfvars.json', content: formatTfvarsJson(model.variables) },
      ]),
];
