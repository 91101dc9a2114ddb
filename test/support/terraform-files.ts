/** A few hundred provider.tf files: every pair of options at least once, on every way into a target, with hostile texts in every place that takes one. */
import { buildTerraform } from '#emit/build-terraform.ts';
import type { EmittedFile } from '#emit/emitted.ts';
import { emitHcl, emitJson } from '#emit/provider-tf.ts';
import { parseProviderVersion } from '#emit/provider-version.ts';
import type { TerraformModel, TerraformOptions, TerraformTarget } from '#emit/terraform-model.ts';
import type { Access } from '#domain/access.ts';
import { anAccess } from './builders.ts';
import { pairwise } from './pairwise.ts';

/** Nothing is asked for; the version is the default where a test names none. */
export const NO_TERRAFORM_OPTIONS: Omit<TerraformOptions, 'providerVersion'> = {
  tofu: false,
  alias: undefined,
  profile: undefined,
  skipMetadataApiCheck: false,
  stsRegion: undefined,
  stsEndpoint: undefined,
  fips: false,
  dualstack: false,
  defaultTags: {},
  hasVariables: false,
  backend: undefined,
};

/** Texts that would end a string, begin an expression, or be taken for something else. AWS itself would refuse some. */
export const HOSTILE = [
  'plain',
  'a "b" \\ c',
  '${file("/etc/passwd")}',
  '%{ if true }x%{ endif }',
  '$${x} %%{y} $ % {',
  'line\nbreak\r\n\ttab',
  'é ü 漢字 名 🎉 \u00ad soft',
  '}\n}\nresource "null_resource" "x" {',
  'EOT\n<<EOT',
  '# no comment // nor this /* nor */',
  '\u2028\u2029\u0085\u0000\ufeff',
  'true',
  'for',
  'null',
  '0123',
  '"',
];

const hostile = (seed: number): string => HOSTILE[seed % HOSTILE.length] ?? '';

const role = (seed: number, changes: Partial<Access>): Access =>
  anAccess({
    sessionName: hostile(seed),
    externalIds: seed % 3 === 0 ? [] : [hostile(seed + 1), 'old'],
    ...changes,
  });

const HUB = 'arn:aws:iam::111111111111:role/hub/entry';

/** How a target is entered. */
const WAYS = ['one', 'extras', 'chain', 'token', 'token-chain', 'three', 'two', 'two-tokens', 'mixed-hops'] as const;
export type Way = (typeof WAYS)[number];

const target = (name: string, access: Access, example: boolean): TerraformTarget => ({
  name,
  access,
  sourceAccount: '111111111111',
  exampleBucket: example ? `bucket-${name.toLowerCase()}` : undefined,
});

const accessesOf = (way: Way, seed: number): readonly (readonly [string, Access])[] => {
  const extras = role(seed, {
    sessionTags: { [hostile(seed + 2)]: hostile(seed + 3), team: hostile(seed + 4) },
    transitiveTagKeys: ['team'],
    sourceIdentity: hostile(seed + 5),
    sessionPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:*', 'ec2:*'],
          Resource: hostile(seed + 6),
          Condition: { StringLike: { 's3:prefix': ['${aws:username}/*'] }, Bool: { 'aws:SecureTransport': true } },
        },
      ],
    },
    sessionPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  });
  const via = [role(seed + 7, { roleArn: HUB })];
  const webIdentity = { issuer: undefined, audience: undefined, tokenFile: hostile(seed + 8) };
  switch (way) {
    case 'one':
      return [['dev', role(seed, {})]];
    case 'extras':
      return [['dev', extras]];
    case 'chain':
      return [['dev', { ...extras, via: [...via, ...via] }]];
    case 'token':
      return [['dev', { ...extras, webIdentity }]];
    case 'token-chain':
      return [['dev', { ...extras, via, webIdentity }]];
    case 'three':
      return [
        ['dev', role(seed, {})],
        ['2nd', extras],
        ['Prod_3', role(seed + 9, { region: 'cn-north-1' })],
      ];
    case 'two':
      return [
        ['dev', role(seed, {})],
        ['prod', role(seed + 1, {})],
      ];
    case 'two-tokens':
      return [
        ['dev', role(seed, { webIdentity })],
        ['prod', { ...extras, webIdentity, via }],
      ];
    case 'mixed-hops':
      return [
        ['dev', role(seed, { via })],
        ['prod', extras],
      ];
  }
};

const FACTORS = {
  tofu: [false, true],
  providerVersion: [undefined, '6', '~> 5.80'],
  alias: [undefined, 'b'],
  profile: [undefined, 'hostile'],
  skipMetadataApiCheck: [false, true],
  stsRegion: [undefined, 'eu-west-1'],
  stsEndpoint: [undefined, 'https://sts.internal:8443/x'],
  fips: [false, true],
  dualstack: [false, true],
  tags: [0, 1, 3],
  hasVariables: [false, true],
  backend: [undefined, 'source', 'target'],
  example: [false, true],
} as const;

export interface Case {
  readonly name: string;
  readonly model: TerraformModel;
  readonly hcl: readonly EmittedFile[];
  readonly json: readonly EmittedFile[];
}

const optionsOf = (row: ReturnType<typeof pairwise<typeof FACTORS>>[number], way: Way, seed: number): TerraformOptions => {
  const { tags, providerVersion, backend, example: _, alias, profile, ...rest } = row;
  const version = parseProviderVersion(providerVersion === undefined ? undefined : { value: providerVersion, place: 'test' });
  if (!version.ok) throw new Error('no version');
  const isMany = accessesOf(way, seed).length > 1;
  const isHop = ['chain', 'token-chain', 'mixed-hops', 'two-tokens'].includes(way);
  return {
    ...rest,
    alias: isMany ? undefined : alias,
    profile: profile && hostile(seed + 10),
    providerVersion: version.value,
    defaultTags: Object.fromEntries(Array.from({ length: tags }, (_, i) => [hostile(seed + i), hostile(seed + i + 1)])),
    // What cannot be said is refused, which other tests are about.
    backend: backend && {
      bucket: 'state',
      key: hostile(seed + 11),
      region: undefined,
      account: isMany || isHop ? 'source' : backend,
    },
  };
};

export const terraformCases = (): readonly Case[] =>
  WAYS.flatMap((way, at) =>
    [...pairwise(FACTORS), ...pairwise(FACTORS)].map((row, index): Case => {
      const seed = index * 5 + at;
      const targets = accessesOf(way, seed).map(([name, access]) => target(name, access, row.example));
      const model = buildTerraform(targets, optionsOf(row, way, seed));
      if (!model.ok) throw new Error(`${way} ${index}: ${model.diagnostics.map(({ message }) => message).join('; ')}`);
      return { name: `${way}-${index}`, model: model.value, hcl: emitHcl(model.value), json: emitJson(model.value) };
    }),
  );
