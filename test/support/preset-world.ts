/** Where presets are proved: Terraform with the AWS provider, as a role that has a preset and nothing else, in a sandbox with moto behind it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settlePermissions } from '#domain/permissions.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { decideAccess } from '#policy/evaluate.ts';
import { openSandbox, type LogEntry, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, ROOT, type Finished } from './child.ts';
import { openMoto, type Moto } from './moto.ts';
import { pathOf } from './peers.ts';
import { openTerraform, type Terraform } from './terraform.ts';

const SOURCE = '111111111111';
export const TARGET = '222222222222';
export const BOUNDARY = `arn:aws:iam::${TARGET}:policy/edge`;

/** What the preset comes to for a role of that name. */
export interface Granted {
  readonly role: string;
  readonly documents: readonly PolicyDocument[];
  readonly policyArns: readonly string[];
  readonly boundary?: string;
}

export const grantedBy = (role: string, presets: readonly string[], boundary?: string): Granted => {
  const place = { partition: 'aws', account: TARGET, role: { name: role, path: '/' }, boundary };
  const settled = settlePermissions({ presets, policies: [], policyArns: [], isAdminAllowed: true }, place);
  if (!settled.ok) throw new Error(`not presets: ${presets.join(' ')}`);
  const documents = settled.value.policies.map(({ document }) => document);
  return { role, documents, policyArns: settled.value.policyArns, ...(boundary !== undefined && { boundary }) };
};

/** The same without one action, which the documents name in full. */
export const withoutAction = (granted: Granted, action: string): Granted => ({
  ...granted,
  documents: granted.documents.map((document) => ({
    ...document,
    Statement: statementsOf(document).flatMap((statement) => {
      const Action = listOf(statement.Action).filter((one) => one !== action);
      return Action.length === 0 ? [] : [{ ...statement, Action }];
    }),
  })),
});

export const actionsOf = ({ documents }: Granted): readonly string[] => [
  ...new Set(documents.flatMap((document) => statementsOf(document).flatMap(({ Action }) => listOf(Action)))),
];

export interface Call {
  readonly action: string;
  readonly resource: string;
}

export const isAllowed = ({ role, documents }: Granted, { action, resource }: Call): boolean => {
  const arn = `arn:aws:sts::${TARGET}:assumed-role/${role}/test`;
  const caller = {
    kind: 'assumed-role',
    arn,
    roleArn: `arn:aws:iam::${TARGET}:role/${role}`,
    identityPolicies: documents,
  } as const;
  return decideAccess({ caller, action, resource }).verdict === 'allowed';
};

/** What S3 holds, and what Terraform's state in a folder says of it. */
export interface Checkpoint {
  readonly writes: string;
  readonly state: string | undefined;
}

export interface PresetWorld {
  readonly sandbox: Sandbox;
  /** A folder of its own with test/e2e/presets/NAME in it. */
  stack(name: string): Promise<string>;
  /** Makes the role, or gives it these permissions instead. */
  grant(granted: Granted): string;
  terraform(folder: string, ...args: readonly string[]): Promise<Finished>;
  /** What the role asked for of S3 since the last `forget`, each once. */
  recorded(role: string): readonly Call[];
  /** Actions that were denied since the last `forget`, each once. */
  denied(): readonly string[];
  makeBucket(name: string): Promise<void>;
  /** Nothing of S3 is left. */
  forget(): Promise<void>;
  /** How things stand, for `restore`. */
  checkpoint(folder: string): Promise<Checkpoint>;
  /** As `forget`, but that S3 and the state are as they were at that moment. */
  restore(folder: string, checkpoint: Checkpoint): Promise<void>;
  close(): Promise<void>;
}

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
};

const askMoto = async (moto: Moto, place: string, method: string): Promise<void> => {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(`${moto.endpoint}${place}`, { method, headers: { authorization, 'x-moto-account-id': TARGET } });
  if (!response.ok) throw new Error(`moto answered ${response.status}: ${await response.text()}`);
};

export const openPresetWorld = async (): Promise<PresetWorld> => {
  const home = await mkdtemp(path.join(tmpdir(), 'xacct-presets-'));
  let entries: LogEntry[] = [];
  const moto = await openMoto(pathOf('moto_server'), cleanEnvironment(home), path.join(home, 'moto-recording'));
  const edge = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['ssm:*', 'iam:*'], Resource: '*' }] };
  const sandbox = await openSandbox({
    upstream: moto.endpoint,
    logSink: (entry) => entries.push(entry),
    seed: { accounts: { [TARGET]: { policies: [{ PolicyName: 'edge', PolicyDocument: edge }] } } },
  });
  const config = path.join(home, 'aws-config');
  await writeFile(config, sandbox.awsConfigText());
  const env = cleanEnvironment(home, {
    AWS_CONFIG_FILE: config,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_PROFILE: 'source',
    AWS_REGION: 'us-east-1',
  });
  const terraform: Terraform = await openTerraform(env);
  const stateIn = (folder: string): string => path.join(folder, 'terraform.tfstate');
  const become = async (writes: string): Promise<void> => {
    entries = [];
    await moto.become(writes);
  };
  return {
    sandbox,
    stack: async (name) => {
      const folder = await mkdtemp(path.join(home, `${name}-`));
      await cp(path.join(ROOT, 'test/e2e/presets', name), folder, { recursive: true });
      return folder;
    },
    grant: ({ role, documents, policyArns, boundary }) => {
      sandbox.addSeed({
        accounts: {
          [TARGET]: {
            roles: [
              {
                RoleName: role,
                AssumeRolePolicyDocument: trust,
                Policies: documents.map((PolicyDocument, i) => ({ PolicyName: `preset-${i}`, PolicyDocument })),
                ManagedPolicyArns: policyArns,
                ...(boundary !== undefined && { PermissionsBoundary: boundary }),
              },
            ],
          },
        },
      });
      return `arn:aws:iam::${TARGET}:role/${role}`;
    },
    terraform: (folder, ...args) => terraform.run(folder, ...args),
    recorded: (role) => {
      const calls = entries
        .filter(({ caller, service }) => service === 's3' && caller?.includes(`:assumed-role/${role}/`))
        .map(({ action, resource }) => `s3:${action} ${resource ?? '*'}`);
      return [...new Set(calls)].toSorted().map((text) => {
        const [action = '', resource = ''] = text.split(' ');
        return { action, resource };
      });
    },
    denied: () => [
      ...new Set(entries.flatMap(({ decision, service, action }) => (decision === 'denied' ? [`${service}:${action}`] : []))),
    ],
    makeBucket: (name) => askMoto(moto, `/${name}`, 'PUT'),
    forget: () => become(''),
    checkpoint: async (folder) => ({
      writes: await moto.writes(),
      state: await readFile(stateIn(folder), 'utf8').catch(() => undefined),
    }),
    restore: async (folder, { writes, state }) => {
      await become(writes);
      if (state === undefined) await rm(stateIn(folder), { force: true });
      else await writeFile(stateIn(folder), state);
    },
    close: async () => {
      await terraform.close();
      await sandbox.close();
      await moto.close();
      await rm(home, { recursive: true, force: true });
    },
  };
};
