/** docs/permissions is what a person pastes: init and verify work with exactly that, and each action in it is needed by some change. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';

interface Document {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

const read = (name: string): Document =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../../docs/permissions', `${name}.json`), 'utf8')) as Document;

const INIT = read('init-target');
const VERIFY = read('verify-source');

/** An action that nobody asks for takes the place of the one that is left out. */
const without = (document: Document, action: string): Document => ({
  ...document,
  Statement: document.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().map((name) => (name === action ? 'iam:GetAccountSummary' : name)),
  })),
});

const user = (UserName: string, document: object) => ({
  UserName,
  Policies: [{ PolicyName: 'docs', PolicyDocument: JSON.stringify(document) }],
});

/** Profiles of two people who have only what the documents give them. */
const profilesOf = ({ sandbox }: Product): string =>
  [
    ['operator', sandbox.userCredentials(TARGET, 'operator')] as const,
    ['runner', sandbox.userCredentials(SOURCE, 'runner')] as const,
  ]
    .map(
      ([name, { accessKeyId, secretAccessKey }]) =>
        `[profile ${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\nendpoint_url = ${sandbox.endpoint}\n`,
    )
    .join('\n');

const PROFILES = ['--target-profile', 'operator', '--source-profile', 'runner'];
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const CHANGED_POLICY = S3_POLICY.replace('s3:ListBucket', 's3:GetBucketLocation');

const TOKENS = ['--trust', 'github:acme/infra:environment=prod', '--trust', 'gitlab:acme/infra:branch=main'];

/** Ours, as if somebody had taken its audience away. */
const GITLAB = {
  Url: 'https://gitlab.com',
  ClientIDList: ['other'],
  Tags: [
    { Key: 'xacct:managed', Value: '1' },
    { Key: 'xacct:id', Value: `${SOURCE}/${TARGET}/xacct-tokens` },
  ],
};

/** Every kind of change that init makes, one after the other; the first command that does not end well is the answer. */
const everyChange = async (product: Product): Promise<Ran> => {
  await product.put('aws-config', profilesOf(product));
  const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
  const init = async (policy: string, ...args: readonly string[]): Promise<Ran> => {
    await product.put('s3.json', policy);
    return product.run(['init', ...PROFILES, '--yes', '--timeout', '1s', ...args], { env });
  };
  const steps = [
    () => init(S3_POLICY, '--policy', 's3=./s3.json', '--policy-arn', READ_ONLY, '--tag', 'team=a'),
    // Six versions of a policy: the fifth is the most that IAM keeps.
    ...[1, 2, 3, 4, 5].map((count) => () => init(CHANGED_POLICY.replace('my-bucket', `my-bucket-${count}`))),
    () => init(CHANGED_POLICY, '--trust', SOURCE, '--tag', 'team=b', '--description', 'other'),
    () => init(CHANGED_POLICY, '--permissions', 'none', '--prune'),
    () => init(S3_POLICY, '--permissions', 'none', '--config', 'tokens.yaml', '--role-name', 'xacct-tokens', ...TOKENS),
    () => product.run(['verify', '--source-profile', 'runner', '--timeout', '0'], { env }),
  ];
  let last: Ran = { status: 0, stdout: '', stderr: '' };
  for (const step of steps) {
    last = await step();
    if (last.status !== 0) return last;
  }
  return last;
};

/** A failing run takes back what it made: that, too, needs permissions. */
const failingChange = async (product: Product): Promise<Ran> => {
  await product.put('aws-config', profilesOf(product));
  await product.put('s3.json', S3_POLICY);
  const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
  const args = ['--policy', 's3=./s3.json', '--policy-arn', 'arn:aws:iam::aws:policy/NoSuchPolicyAtAll', '--yes'];
  return product.run(['init', ...PROFILES, ...args], { env });
};

const withPeople = async (init: Document, verify: Document, work: (product: Product) => Promise<Ran>): Promise<Ran> => {
  const target = { users: [user('operator', init)], oidcProviders: [GITLAB] };
  const seed = { accounts: { [TARGET]: target, [SOURCE]: { users: [user('runner', verify)] } } };
  const product = await openProduct({ seed });
  try {
    return await work(product);
  } finally {
    await product.close();
  }
};

const actionsOf = (document: Document): readonly string[] => document.Statement.flatMap(({ Action }) => Action);

/** Only a tag that is new can be taken back by removing it, and only a run that failed halfway takes back. */
const UNDO_ONLY = [
  'iam:UntagRole',
  'iam:DeleteRole',
  'iam:DeleteOpenIDConnectProvider',
  'iam:RemoveClientIDFromOpenIDConnectProvider',
];

/** Without these a plan is made all the same, and says what it did not see. */
const SEEING_ONLY = ['iam:ListRolePolicies'];

describe('the permissions in docs/permissions', () => {
  test('are enough for every change that init makes, and for verify', async () => {
    const { status, stderr } = await withPeople(INIT, VERIFY, everyChange);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('are enough to take back a run that failed', async () => {
    expect(await withPeople(INIT, VERIFY, failingChange)).toMatchObject({ status: 4 });
  });

  test.each(actionsOf(INIT).filter((action) => ![...UNDO_ONLY, ...SEEING_ONLY].includes(action)))(
    '%s is needed',
    async (action) => {
      const { status, stderr } = await withPeople(without(INIT, action), VERIFY, everyChange);
      expect({ status, names: stderr.includes(action) }).toEqual({ status: 4, names: true });
    },
  );

  test.each(SEEING_ONLY)('%s is needed to see everything', async (action) => {
    const { status, stdout } = await withPeople(without(INIT, action), VERIFY, async (product) => {
      const changed = await everyChange(product);
      if (changed.status !== 0) return changed;
      const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
      return product.run(['plan', ...PROFILES, '--json'], { env });
    });
    expect({ status, names: stdout.includes(`${action} was refused`) }).toEqual({ status: 0, names: true });
  });

  test('iam:DeleteRole is needed to take back a role', async () => {
    expect(await withPeople(without(INIT, 'iam:DeleteRole'), VERIFY, failingChange)).toMatchObject({ status: 6 });
  });

  test('sts:AssumeRole is needed in the source', async () => {
    const { status, stdout, stderr } = await withPeople(INIT, without(VERIFY, 'sts:AssumeRole'), everyChange);
    expect({ status, cause: `${stdout}${stderr}`.includes('SOURCE_GRANT_MISSING') }).toEqual({ status: 1, cause: true });
  });
});
