/** docs/permissions/explain-*.json: with exactly that everything is read, and each action in it is needed for something. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET } from '../support/product.ts';
import { allowPolicy, trustPolicy } from '../support/sandbox-clients.ts';

interface Document {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

const read = (name: string): Document =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../../docs/permissions', `${name}.json`), 'utf8')) as Document;

const EXPLAIN_SOURCE = read('explain-source');
const EXPLAIN_TARGET = read('explain-target');
const WHO = read('explain-who');

const actionsOf = ({ Statement }: Document): readonly string[] => Statement.flatMap(({ Action }) => Action);

const without = (document: Document, action: string): Document => ({
  ...document,
  Statement: document.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().map((name) => (name === action ? 'iam:GetAccountSummary' : name)),
  })),
});

const ROLE = `arn:aws:iam::${TARGET}:role/ci`;
const assume = [{ PolicyName: 'assume', PolicyDocument: allowPolicy('sts:AssumeRole') }];
const managed = [`arn:aws:iam::${SOURCE}:policy/managed`];

/** A user in a group and a role, each with every kind of policy; and one person a side who has only what the documents give. */
const seedWith = (source: Document, target: Document) => ({
  accounts: {
    [SOURCE]: {
      policies: [{ PolicyName: 'managed', PolicyDocument: allowPolicy('s3:*') }],
      groups: [{ GroupName: 'team', Policies: assume, ManagedPolicyArns: managed }],
      users: [
        { UserName: 'subject', Policies: assume, ManagedPolicyArns: managed, Groups: ['team'] },
        { UserName: 'reader', Policies: [{ PolicyName: 'docs', PolicyDocument: JSON.stringify(source) }] },
      ],
      roles: [
        {
          RoleName: 'subject',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }),
          Policies: assume,
          ManagedPolicyArns: managed,
        },
      ],
    },
    [TARGET]: {
      users: [{ UserName: 'reader', Policies: [{ PolicyName: 'docs', PolicyDocument: JSON.stringify(target) }] }],
      roles: [{ RoleName: 'ci', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }],
    },
  },
});

/** The actions that are said to be missing; the organization's are not to be had. */
const missing = async (source: Document, target: Document, argv: readonly string[]): Promise<readonly string[]> => {
  const product = await openProduct({ seed: seedWith(source, target) });
  try {
    const { sandbox } = product;
    const sections = [SOURCE, TARGET].map((account) => {
      const { accessKeyId, secretAccessKey } = sandbox.userCredentials(account, 'reader');
      return `[profile ${account === SOURCE ? 's' : 't'}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\nendpoint_url = ${sandbox.endpoint}\n`;
    });
    await product.put('config', sections.join('\n'));
    const ran = await product.run(
      ['explain', '--role-arn', ROLE, '--source-profile', 's', '--target-profile', 't', ...argv, '--json'],
      {
        env: { AWS_CONFIG_FILE: path.join(product.folder, 'config') },
      },
    );
    const { result, error } = JSON.parse(ran.stdout) as {
      result?: { unread: readonly { permission: string | null }[] };
      error?: { message: string };
    };
    if (result === undefined) return [/iam:\w+/.exec(error?.message ?? '')?.[0] ?? 'no answer'];
    return [...new Set(result.unread.flatMap(({ permission }) => permission ?? []))].filter((name) => name.startsWith('iam:'));
  } finally {
    await product.close();
  }
};

const CALLERS = ['user', 'role'].map((kind) => ['--as', `arn:aws:iam::${SOURCE}:${kind}/subject`]);

/** One after the other: they share the environment of this process. */
const missingOfCallers = async (source: Document, target: Document): Promise<readonly string[]> => {
  const all: string[] = [];
  for (const argv of CALLERS) all.push(...(await missing(source, target, argv)));
  return all;
};

describe('the permissions of explain', () => {
  test('are enough to read a user with its groups, a role, and the trust policy', async () => {
    expect(await missingOfCallers(EXPLAIN_SOURCE, EXPLAIN_TARGET)).toEqual([]);
  });

  test.each(actionsOf(EXPLAIN_SOURCE))('%s is needed in the source, and is said to be missing', async (action) => {
    const said = await missingOfCallers(without(EXPLAIN_SOURCE, action), EXPLAIN_TARGET);
    expect(said).toContain(action);
  });

  test.each(actionsOf(EXPLAIN_TARGET))('%s is needed in the target', async (action) => {
    expect(await missingOfCallers(EXPLAIN_SOURCE, without(EXPLAIN_TARGET, action))).toContain(action);
  });

  test('of --who are enough in either account', async () => {
    expect(await missing(WHO, WHO, ['--who'])).toEqual([]);
  });

  test.each(actionsOf(WHO))('%s is needed for --who', async (action) => {
    expect(await missing(WHO, without(WHO, action), ['--who'])).toContain(action);
  });
});
