/** xacct.yaml: what it may say, what is said of the rest, and what a target inherits. */
import { describe, expect, test } from 'vitest';
import { targetsOf, valueAt, type Config } from '#domain/config.ts';
import { parseConfig } from '#domain/parse-config.ts';
import { configReader } from '#host/config-file.ts';

const read = (text: string) => {
  const source = configReader.parse(text, '/home/me/xacct.yaml');
  return parseConfig(source.data, (path) => source.locate(path));
};

const configOf = (text: string): Config => {
  const result = read(text);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
};

const saidOf = (text: string): readonly string[] => {
  const result = read(text);
  return result.ok
    ? ['valid']
    : result.diagnostics.map(({ path, message, hints }) => {
        const own = hints.filter(({ command }) => command !== 'xacct init --dry-run').map(({ text: hint }) => hint);
        return [`${path} ${message}`, ...own].join(' | ');
      });
};

const TARGETS = 'targets: { dev: { account: "222222222222" } }\n';

describe('a config', () => {
  test.each<readonly [title: string, text: string, said: readonly string[]]>([
    ['with the least', `version: 1\n${TARGETS}`, ['valid']],
    [
      'with a number for an account',
      'version: 1\ntargets:\n  dev:\n    account: 012345678901\n',
      ['xacct.yaml:4:5 targets.dev.account: an account id is text: write "012345678901" with the quotes'],
    ],
    [
      'with no account',
      'version: 1\ntargets:\n  dev:\n    profile: x\n',
      ['xacct.yaml:4:5 targets.dev.account: this key is missing'],
    ],
    [
      'with an account that is empty',
      'version: 1\ntargets:\n  dev:\n    account:\n',
      ['xacct.yaml:4:5 targets.dev.account: an account id is text: write it with quotes, "222222222222"'],
    ],
    [
      'with an unknown key of the role',
      `version: 1\nrole:\n  nmae: x\n${TARGETS}`,
      [
        'xacct.yaml:3:3 role.nmae: this key is unknown | known here: name, path, description, trust, externalId, maxSessionDuration, permissionsBoundary, tags, pair, planTrust, conditions',
      ],
    ],
    [
      'with an unknown key at the top',
      `version: 1\nrolle: {}\n${TARGETS}`,
      ['xacct.yaml:2:1 rolle: this key is unknown | known here: version, viaRole, source, role, permissions, terraform, targets'],
    ],
    [
      'with an unknown key of a target',
      'version: 1\ntargets:\n  dev:\n    account: "222222222222"\n    regoin: x\n',
      [
        'xacct.yaml:5:5 targets.dev.regoin: this key is unknown | known here: account, profile, viaRole, source, role, permissions, terraform',
      ],
    ],
    [
      'with an unknown key of a target that is called like a section',
      'version: 1\ntargets:\n  role:\n    account: "222222222222"\n    regoin: x\n',
      [
        'xacct.yaml:5:5 targets.role.regoin: this key is unknown | known here: account, profile, viaRole, source, role, permissions, terraform',
      ],
    ],
    [
      'with an unknown key of a target that is called like a method',
      'version: 1\ntargets:\n  toString:\n    account: "222222222222"\n    regoin: x\n',
      [
        'xacct.yaml:5:5 targets.toString.regoin: this key is unknown | known here: account, profile, viaRole, source, role, permissions, terraform',
      ],
    ],
    ['with another version', `version: 2\n${TARGETS}`, ['xacct.yaml:1:1 version: the version is 2: this xacct reads version 1']],
    [
      'with two faults',
      'version: 1\nrole: { trust: self }\nterraform: { region: 5 }\ntargets: { dev: { account: "1" } }\n',
      ['xacct.yaml:2:9 role.trust: a list is expected, not "self"', 'xacct.yaml:3:14 terraform.region: text is expected, not 5'],
    ],
    ['with a section that is empty', `version: 1\nrole:\n${TARGETS}`, ['xacct.yaml:2:1 role: a map is expected, not null']],
    ['without targets', 'version: 1\n', ['xacct.yaml:1:1 targets: this key is missing']],
    ['with no target in it', 'version: 1\ntargets: {}\n', ['xacct.yaml:2:1 targets: at least one target is needed']],
    [
      'with a name that is none',
      'version: 1\ntargets: { "my dev": { account: "222222222222" } }\n',
      ['xacct.yaml:2:12 targets.my dev: "my dev" is no name for a target: letters, digits, - and _ are allowed'],
    ],
    ['with a list for a section', `version: 1\nrole: []\n${TARGETS}`, ['xacct.yaml:2:1 role: a map is expected, not Array']],
    [
      'with a list for the targets',
      'version: 1\ntargets: [{ account: "222222222222" }]\n',
      ['xacct.yaml:2:1 targets: a map of names to targets is expected, not Array'],
    ],
    [
      'with a number for a tag',
      `version: 1\nrole: { tags: { cost: 42 } }\n${TARGETS}`,
      ['xacct.yaml:2:17 role.tags.cost: text is expected, not 42'],
    ],
    ['that is a list', '- a\n', ['xacct.yaml:1:1 the file: a map is expected, not Array']],
    ['that is empty', '', ['xacct.yaml the file: a map is expected, not null']],
  ])('%s', (_title, text, said) => {
    expect(saidOf(text)).toEqual(said);
  });

  test('has no name that is lost on the way, not even that of a method', () => {
    const config = configOf(
      `version: 1\nrole: { tags: { prototype: "yes", constructor: "a" } }\ntargets:\n  constructor: { account: "222222222222" }\n  prototype: { account: "333333333333" }\n`,
    );
    expect(targetsOf(config).map(({ name, values }) => [name, valueAt(values, 'role.tags')])).toEqual([
      ['constructor', { prototype: 'yes', constructor: 'a' }],
      ['prototype', { prototype: 'yes', constructor: 'a' }],
    ]);
  });
});

describe('a target', () => {
  test('inherits everything and may override anything: maps merge, lists replace', () => {
    const config = configOf(`
version: 1
source: { account: "111111111111", profile: ci }
role: { name: shared, trust: [self, "111111111111"], tags: { a: "1", b: "2" }, maxSessionDuration: 7200 }
permissions: { policies: { s3: s3.json }, policyArns: [x, y] }
terraform: { region: us-east-1, sessionName: tf }
targets:
  dev: { account: "222222222222" }
  prod:
    account: "333333333333"
    profile: admin
    source: { profile: deploy }
    role: { trust: [self], tags: { b: "3" }, externalId: word }
    permissions: { policies: { sqs: sqs.json }, policyArns: [] }
    terraform: { region: eu-west-1 }
`);
    expect(targetsOf(config)).toEqual([
      {
        name: 'dev',
        account: '222222222222',
        profile: undefined,
        sourceProfile: 'ci',
        values: {
          account: '222222222222',
          source: { account: '111111111111', profile: 'ci' },
          role: {
            name: 'shared',
            trust: ['self', '111111111111'],
            tags: { a: '1', b: '2' },
            maxSessionDuration: '7200',
          },
          permissions: { policies: { s3: 's3.json' }, policyArns: ['x', 'y'] },
          terraform: { region: 'us-east-1', sessionName: 'tf' },
        },
      },
      {
        name: 'prod',
        account: '333333333333',
        profile: 'admin',
        sourceProfile: 'deploy',
        values: {
          account: '333333333333',
          profile: 'admin',
          source: { account: '111111111111', profile: 'deploy' },
          role: { name: 'shared', trust: ['self'], tags: { a: '1', b: '3' }, maxSessionDuration: '7200', externalId: 'word' },
          permissions: { policies: { s3: 's3.json', sqs: 'sqs.json' }, policyArns: [] },
          terraform: { region: 'eu-west-1', sessionName: 'tf' },
        },
      },
    ]);
  });

  test('of a file that says nothing of permissions has none said', () => {
    const [dev, prod] = targetsOf(
      configOf('version: 1\ntargets: { dev: { account: "222222222222" }, prod: { account: "2", permissions: {} } }\n'),
    );
    expect([dev, prod].map((target) => target && valueAt(target.values, 'permissions'))).toEqual([undefined, {}]);
  });
});
