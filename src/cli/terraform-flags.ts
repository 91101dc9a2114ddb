/** The flags of emit-tf, and what they say as TerraformOptions: every problem at once. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import * as field from '#domain/fields.ts';
import type { Given } from '#domain/fields.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { parseProviderVersion } from '#emit/provider-version.ts';
import type { TerraformOptions } from '#emit/terraform-model.ts';
import type { Input, OptionDefinition } from './command.ts';
import { HEADINGS, under } from './headings.ts';
import { option } from './options.ts';

export const TERRAFORM_FLAGS: readonly OptionDefinition[] = [
  ...under(
    'The provider',
    option('region', "the region of the provider (default: that of xacct.yaml, else the home region of the role's partition)"),
    {
      flags: '--provider-version <version>',
      about: 'of the AWS provider: 4, 5, 6 or a constraint (default: >= 5.67.0, < 7.0.0)',
    },
    { flags: '--tofu', about: 'for OpenTofu: several targets become one provider with for_each' },
    { flags: '--alias <name>', about: "the provider's alias; several targets get their own names" },
    { flags: '--default-tag <key=value>', about: 'a tag of everything that the provider makes', isRepeatable: true },
    { flags: '--sts-region <region>', about: 'the region whose STS is asked (default: --region)' },
    { flags: '--sts-endpoint <url>', about: 'an STS endpoint, such as that of a VPC' },
    { flags: '--fips', about: 'use FIPS endpoints' },
    { flags: '--dualstack', about: 'use dual-stack endpoints' },
  ),
  ...under(
    'The credentials that Terraform starts with',
    {
      flags: '--profile <name>',
      about: 'name a profile of the shared AWS files in the provider, which ties it to such machines',
    },
    { flags: '--web-identity-token-file <file>', about: 'enter with the token in this file instead of AWS credentials' },
    {
      flags: '--entered',
      about: "the credentials at hand are the first role's already, as in the workflow of emit github-actions",
    },
    { flags: '--skip-metadata-api-check', about: 'do not look for the role of an EC2 instance' },
  ),
  ...under(
    'The state',
    { flags: '--backend <kind>', about: 'where the state lies: s3', choices: ['s3'] },
    { flags: '--backend-bucket <bucket>', about: 'the bucket of the state' },
    { flags: '--backend-key <key>', about: 'the path of the state in it' },
    { flags: '--backend-region <region>', about: 'the region of the bucket (default: --region)' },
    {
      flags: '--backend-account <side>',
      about: 'who has the bucket: source (the default) or target',
      choices: ['source', 'target'],
    },
  ),
  ...under(
    HEADINGS.output,
    { flags: '--format <format>', about: 'hcl (the default), or json: provider.tf.json', choices: ['hcl', 'json'] },
    { flags: '--variables', about: 'variables in place of literals, with variables.tf and terraform.tfvars' },
    { flags: '--template <file>', about: 'a template of your own: docs/templates.md' },
    { flags: '--example [bucket]', about: 'add a bucket, to apply at once' },
  ),
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const parseBucket: field.Field<string> = (given) =>
  /^(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(given.value) && !given.value.includes('..')
    ? ok(given.value)
    : fail(
        problem('INVALID_VALUE', `"${given.value}" is no name of a bucket: 3 to 63 lower-case letters, digits, . and -`, {
          path: given.place,
        }),
      );

/** Terraform's own rule: https://developer.hashicorp.com/terraform/language/backend/s3 */
const parseKey: field.Field<string> = (given) =>
  given.value !== '' && !given.value.startsWith('/') && !given.value.endsWith('/')
    ? ok(given.value)
    : fail(problem('INVALID_VALUE', `"${given.value}" is no key: it neither begins nor ends with /`, { path: given.place }));

class FlagReading {
  readonly problems: Diagnostic[] = [];
  readonly #input: Input;
  constructor(input: Input) {
    this.#input = input;
  }

  take<T>(result: Result<T>): T | undefined {
    if (result.ok) return result.value;
    this.problems.push(...result.diagnostics);
    return undefined;
  }

  value<T>(flag: string, parse: field.Field<T>): T | undefined {
    const given = this.#input.text(flag);
    return given === undefined ? undefined : this.take(parse(given));
  }

  required<T>(flag: string, parse: field.Field<T>, example: string): T | undefined {
    if (this.#input.text(flag) !== undefined) return this.value(flag, parse);
    this.problems.push(
      problem('USAGE', `the S3 backend needs --${flag}`, {
        path: '--backend',
        hints: [{ text: `for example --${flag} ${example}` }],
      }),
    );
    return undefined;
  }
}

const BACKEND_FLAGS = ['backend-bucket', 'backend-key', 'backend-region', 'backend-account'];

const readBackend = (input: Input, reading: FlagReading): TerraformOptions['backend'] => {
  if (input.text('backend') === undefined) {
    const orphan = BACKEND_FLAGS.find((flag) => input.text(flag) !== undefined);
    if (orphan !== undefined)
      reading.problems.push(
        problem('USAGE', `--${orphan} says nothing without a backend`, {
          path: `--${orphan}`,
          hints: [{ text: 'add --backend s3' }],
        }),
      );
    return undefined;
  }
  const bucket = reading.required('backend-bucket', parseBucket, 'my-terraform-state');
  const key = reading.required('backend-key', parseKey, 'network/terraform.tfstate');
  const region = reading.value('backend-region', field.parseRegion);
  const account = input.text('backend-account')?.value === 'target' ? 'target' : 'source';
  return bucket === undefined || key === undefined ? undefined : { bucket, key, region, account };
};

/** The value of `--example`: a bucket that was named, true for one to be chosen. */
export const readExample = (input: Input): Result<string | boolean> => {
  const given = input.text('example');
  return given === undefined ? ok(input.isSet('example')) : parseBucket(given);
};

const plain: field.Field<string> = (given: Given<string>) => ok(given.value);

export const readTerraformOptions = (input: Input): Result<TerraformOptions> => {
  const reading = new FlagReading(input);
  const providerVersion = reading.take(parseProviderVersion(input.text('provider-version')));
  const tags = (input.list('default-tag') ?? [])
    .map((given) => reading.take(field.parseTag(given)))
    .filter((tag) => tag !== undefined);
  const options = {
    tofu: input.isSet('tofu'),
    alias: reading.value('alias', plain),
    profile: reading.value('profile', plain),
    skipMetadataApiCheck: input.isSet('skip-metadata-api-check'),
    stsRegion: reading.value('sts-region', field.parseRegion),
    stsEndpoint: reading.value('sts-endpoint', field.parseEndpoint),
    fips: input.isSet('fips'),
    dualstack: input.isSet('dualstack'),
    defaultTags: Object.fromEntries(tags),
    hasVariables: input.isSet('variables'),
    backend: readBackend(input, reading),
  };
  if (reading.problems.length > 0 || providerVersion === undefined) return fail(...reading.problems);
  return ok({ ...options, providerVersion });
};
