/** xacct emit-tf: provider.tf on stdout, from flags alone or from xacct.yaml. Asks nobody, loads no AWS SDK. */
import type { Access } from '#domain/access.ts';
import type { Given } from '#domain/fields.ts';
import { warning, type Diagnostic } from '#domain/diagnostic.ts';
import { problem } from '#domain/diagnostic.ts';
import { parseAccess } from '#domain/parse-access.ts';
import { mfaForTerraform } from '#domain/spec-checks.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { buildTerraform } from '#emit/build-terraform.ts';
import type { EmittedFile } from '#emit/emitted.ts';
import { emitHcl, emitJson } from '#emit/provider-tf.ts';
import { hcl } from '#emit/hcl.ts';
import type { TerraformModel, TerraformTarget } from '#emit/terraform-model.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ALL, option, ROLE_ARN, SESSION, SOURCE_ACCOUNT, TARGET_ACCOUNT } from '#cli/options.ts';
import { checkProof, PROOF } from '#cli/proof-file.ts';
import { readTargets, type Target } from '#cli/targets.ts';
import { parseBucket, readExample, readTerraformOptions, TERRAFORM_FLAGS } from '#cli/terraform-flags.ts';
import { expectFittingName, mergeFor } from '#cli/terraform-out.ts';
import { outOf, placeFiles, writeOut } from '#cli/write-out.ts';

const regionTaken = (region: string): Diagnostic =>
  warning('ASSUMED_VALUE', `no region was named: ${region} is taken`, [
    { text: 'name it', command: 'xacct emit-tf --region eu-central-1' },
  ]);

/** A token in place of credentials: the first role on the way is entered with it. */
const withToken = (access: Access, input: Input): Access => {
  const tokenFile = input.text('web-identity-token-file')?.value;
  if (tokenFile === undefined) return access;
  if (input.isSet('entered'))
    throw new XacctError(
      problem('USAGE', 'a token enters the first role, and --entered says that it has been entered', {
        path: '--web-identity-token-file',
        hints: [{ text: 'leave one out' }],
      }),
    );
  return { ...access, webIdentity: { issuer: undefined, audience: undefined, ...access.webIdentity, tokenFile } };
};

/**
 * Of the buckets that the presets allow, or one that a prefix of theirs allows. Init judges them: what the presets are is more code than all
 * that reads an access.
 */
const allowedBucket = ({ presets = [] }: SpecInput): string | undefined => {
  const named = (preset: string, toBucket: (argument: string) => string) =>
    presets
      .filter(({ value }) => value.startsWith(`${preset}:`))
      .map(({ value, place }) => ({ value: toBucket(value.slice(preset.length + 1)), place }));
  const buckets = [...named('s3-bucket', (bucket) => bucket), ...named('s3-prefix', (prefix) => `${prefix}example`.slice(0, 63))];
  return buckets.find((bucket) => parseBucket(bucket).ok)?.value;
};

/** A bucket's name is one of a kind in the world, so the account's id is part of it where nobody chose one. */
const exampleOf = ({ input }: Target, { role }: Access, wish: ExampleWish): string | undefined => {
  if (wish.example === false) return undefined;
  if (wish.example === true) return allowedBucket(input) ?? `xacct-example-${role.account}`;
  return wish.isOneOfMany ? `${wish.example}-${role.account}` : wish.example;
};

interface ExampleWish {
  /** A name, or whether there is to be one. */
  readonly example: string | boolean;
  readonly isOneOfMany: boolean;
}

const readTarget = (target: Target, input: Input, wish: ExampleWish): TerraformTarget => {
  const mfa = mfaForTerraform(target.input);
  // The session of a profile may have begun with a code.
  if (mfa && input.text('profile') === undefined) throw new XacctError(mfa);
  const access = parseAccess(target.input);
  if (!access.ok) throw XacctError.of(access.diagnostics);
  return {
    name: target.input.name,
    access: withToken(access.value, input),
    isEntered: input.isSet('entered'),
    sourceAccount: target.input.sourceAccount?.value,
    exampleBucket: exampleOf(target, access.value, wish),
  };
};

/** stdout takes one file. */
const expectOneFile = (files: readonly EmittedFile[], input: Input): void => {
  if (files.length === 1 || input.isSet('json')) return;
  throw new XacctError(
    problem('USAGE', `--variables makes ${files.map(({ path }) => path).join(', ')}, and stdout takes one file`, {
      path: '--variables',
      hints: [{ text: 'name the first one, the others come beside it', command: 'xacct emit-tf --variables --out provider.tf' }],
    }),
  );
};

const fromTemplate = async (model: TerraformModel, named: Given<string>, context: Context): Promise<readonly EmittedFile[]> => {
  const source = await context.files.read(context.files.resolve(context.cwd, named.value));
  if (source === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', `there is no file ${named.value}`, {
        path: named.place,
        hints: [{ text: 'docs/templates.md says how to begin one' }],
      }),
    );
  const render = await context.userTemplate();
  const text = render({ source, file: named.value, model, quote: hcl });
  if (!text.ok) throw XacctError.of(text.diagnostics);
  return emitHcl(model, () => text.value);
};

const isJsonIn = (input: Input): boolean => input.text('format')?.value === 'json';

const emitFiles = async (model: TerraformModel, input: Input, context: Context): Promise<readonly EmittedFile[]> => {
  const isJson = isJsonIn(input);
  const template = input.text('template');
  if (template === undefined) return isJson ? emitJson(model) : emitHcl(model);
  if (!isJson) return fromTemplate(model, template, context);
  throw new XacctError(
    problem('USAGE', 'a template makes HCL, and JSON was asked for', { path: '--format', hints: [{ text: 'leave one out' }] }),
  );
};

const runEmitTf = async (input: Input, context: Context): Promise<Outcome> => {
  const { targets, loaded } = await readTargets(input, context, { name: 'emit-tf', needs: 'access' });
  const options = readTerraformOptions(input);
  const example = readExample(input);
  if (!options.ok || !example.ok)
    throw XacctError.of([...(options.ok ? [] : options.diagnostics), ...(example.ok ? [] : example.diagnostics)]);
  const out = outOf(input);
  if (out) expectFittingName(out, isJsonIn(input), input);
  const wish = { example: example.value, isOneOfMany: targets.length > 1 };
  const wanted = targets.map((target) => readTarget(target, input, wish));
  for (const [index, { access }] of wanted.entries())
    if (targets[index]?.input.region === undefined) context.reporter.tell(regionTaken(access.region));
  const model = buildTerraform(wanted, options.value);
  if (!model.ok) throw XacctError.of(model.diagnostics);
  for (const [index, { access }] of wanted.entries()) {
    const target = targets[index];
    if (target) await checkProof(access, target, loaded, input, context);
  }
  const files = await emitFiles(model.value, input, context);
  if (out === undefined) {
    expectOneFile(files, input);
    return { status: 0, text: files[0]?.content ?? '', result: { files } };
  }
  const placed = placeFiles(files, out);
  await writeOut(placed, { isForced: input.isSet('force'), merge: await mergeFor(placed, context) }, context);
  return { status: 0, text: '', result: { files: placed } };
};

export const emitTfCommand: CommandDefinition = {
  options: [
    ...under(
      HEADINGS.entry,
      ROLE_ARN,
      option('externalId', 'the external ID that the trust policy asks for'),
      ...SESSION,
      TARGET_ACCOUNT,
      SOURCE_ACCOUNT,
      option('roleName', 'the name of the role, where no ARN is given'),
    ),
    ...TERRAFORM_FLAGS,
    ...under(
      HEADINGS.output,
      ...PROOF,
      { flags: '--out <file>', about: 'write the file instead; what others wrote in it stays' },
      { flags: '--force', about: 'overwrite a file that xacct did not make' },
      ALL,
    ),
  ],
  examples: [
    [
      'xacct emit-tf --role-arn arn:aws:iam::222222222222:role/xacct-terraform --region eu-central-1 > provider.tf',
      'from flags alone; works offline',
    ],
    ['xacct emit-tf --all --out provider.tf', 'from xacct.yaml: a provider for each target, with its name as the alias'],
  ],
  run: runEmitTf,
};
