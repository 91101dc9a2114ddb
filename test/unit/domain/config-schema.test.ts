/** The JSON Schema of xacct.yaml that ships: made from the table of values, and of one mind with the reader. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configJsonSchema } from '#domain/config-schema.ts';
import { parseConfig } from '#domain/parse-config.ts';
import { configReader } from '#host/config-file.ts';
import { schemaFaults, type Schema } from '../../support/json-schema.ts';

const FILE = new URL('../../../schemas/xacct.schema.json', import.meta.url);
const TEXT = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (process.env['UPDATE_README'] !== undefined) writeFileSync(FILE, TEXT);

const TARGETS = 'targets: { dev: { account: "222222222222" } }\n';

/** Every key there is. */
const ALL = `version: 1
viaRole: [OrganizationAccountAccessRole]
source:
  account: "111111111111"
  profile: ci
  grant: true
  grantTo: [arn:aws:iam::111111111111:role/ci]
  instanceRole: ec2-ci
  trust: ["github:acme/app:environment=prod"]
  hubRole: xacct-hub
  permissionsBoundary: arn:aws:iam::111111111111:policy/bound
  layout: hub
role:
  name: xacct-terraform
  path: /ops/
  description: for tests
  trust: [arn:aws:iam::111111111111:role/ci]
  externalId: [new, old]
  maxSessionDuration: 3600
  permissionsBoundary: arn:aws:iam::222222222222:policy/bound
  tags: { team: infra }
  pair: true
  planTrust: ["github:acme/app:pull_request"]
  conditions:
    mfa: false
    sourceIp: 203.0.113.7
    orgId: o-a1b2c3d4e5
    orgPaths: [o-a1b2c3d4e5/r-ab12/*]
    sourceIdentity: jane
    sessionNamePrefix: tf-
    sessionTags: { team: infra, ticket: }
permissions: { allowAdmin: true, presets: [read-only], policies: { s3: s3.json }, policyArns: [] }
terraform: { region: eu-central-1, sessionName: tf, duration: 1h, sessionTags: { a: b }, transitiveTagKeys: [a], sourceIdentity: jane, sessionPolicy: s3.json, sessionPolicyArns: [] }
targets:
  dev: { account: "222222222222", profile: admin, role: { externalId: word } }
`;

describe('the schema of xacct.yaml', () => {
  test('is the one that ships (UPDATE_README=1 writes it)', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(TEXT);
  });

  test.each([
    ['the least', `version: 1\n${TARGETS}`, true],
    ['every key', ALL, true],
    ['another version', `version: 2\n${TARGETS}`, false],
    ['no targets', 'version: 1\n', false],
    ['an unknown key', `version: 1\nrolle: {}\n${TARGETS}`, false],
    ['an unknown condition', `version: 1\nrole: { conditions: { mfaa: true } }\n${TARGETS}`, false],
    ['a text for a switch', `version: 1\nrole: { conditions: { mfa: "yes" } }\n${TARGETS}`, false],
    ['a text for a list', `version: 1\nrole: { trust: self }\n${TARGETS}`, false],
    ['a number for a tag', `version: 1\nrole: { tags: { cost: 1 } }\n${TARGETS}`, false],
    ['a target without its account', 'version: 1\ntargets: { dev: {} }\n', false],
    ['an account of its own for all', `version: 1\naccount: "222222222222"\n${TARGETS}`, false],
  ])('takes and refuses what the reader does: %s', (_title, text, isGood) => {
    const { data } = configReader.parse(text, 'xacct.yaml');
    expect([schemaFaults(configJsonSchema() as Schema, data).length === 0, parseConfig(data, () => '').ok]).toEqual([
      isGood,
      isGood,
    ]);
  });
});
