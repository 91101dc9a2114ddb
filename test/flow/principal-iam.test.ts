/** The port PrincipalIam over HTTP: what it reads one by one is what it reads of the whole account at once, over all pages. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { PrincipalIam } from '#core/ports/principal-iam.ts';
import { callerOfRecord, readCaller } from '#core/read-caller.ts';
import { attemptIn } from '#core/unread.ts';
import type { Unread } from '#domain/unread.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { sharedFiles, useEnvironment } from '../support/aws-stub.ts';
import { allowPolicy, SOURCE, trustPolicy } from '../support/sandbox-clients.ts';

const policy = (name: string) => `arn:aws:iam::${SOURCE}:policy/${name}`;
const inline = (name: string, action: string) => ({ PolicyName: name, PolicyDocument: allowPolicy(action) });
const many = Array.from({ length: 130 }, (_, i) => ({ UserName: `user-${i}`, Policies: [inline('one', 's3:ListBucket')] }));

let sandbox: Sandbox;
let iam: PrincipalIam;
beforeAll(async () => {
  sandbox = await openSandbox({
    seed: {
      accounts: {
        [SOURCE]: {
          policies: [
            { PolicyName: 'managed', PolicyDocument: allowPolicy('sts:AssumeRole') },
            { PolicyName: 'boundary', PolicyDocument: allowPolicy('*') },
          ],
          groups: [{ GroupName: 'team', Policies: [inline('of-team', 'iam:GetUser')], ManagedPolicyArns: [policy('managed')] }],
          users: [
            ...many,
            {
              UserName: 'jane',
              Path: '/people/',
              Tags: [{ Key: 'team', Value: 'blue' }],
              Groups: ['team'],
              Policies: [inline('a', 's3:*'), inline('b', 'ec2:*')],
              ManagedPolicyArns: [policy('managed')],
              PermissionsBoundary: policy('boundary'),
            },
          ],
          roles: [
            {
              RoleName: 'ci',
              Path: '/ops/',
              MaxSessionDuration: 7200,
              AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }),
              Policies: [inline('a', 's3:*')],
              ManagedPolicyArns: [policy('managed')],
              PermissionsBoundary: policy('boundary'),
            },
          ],
        },
      },
    },
  });
  const env = useEnvironment({
    ...sharedFiles(sandbox.awsConfigText()),
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  iam = openAwsAccounts(env).open({ source: { kind: 'profile', name: 'source' }, region: 'us-east-1' }).principals;
});
afterAll(() => sandbox.close());

describe('PrincipalIam', () => {
  test('reads a user and a role, and nothing where there is nobody', async () => {
    expect(await iam.readPrincipal('user', 'jane')).toEqual({
      kind: 'user',
      arn: `arn:aws:iam::${SOURCE}:user/people/jane`,
      name: 'jane',
      uniqueId: expect.stringMatching(/^AIDA/) as unknown,
      tags: { team: 'blue' },
      boundaryArn: policy('boundary'),
    });
    expect(await iam.readPrincipal('role', 'ci')).toEqual({
      kind: 'role',
      arn: `arn:aws:iam::${SOURCE}:role/ops/ci`,
      name: 'ci',
      uniqueId: expect.stringMatching(/^AROA/) as unknown,
      tags: {},
      boundaryArn: policy('boundary'),
      trustPolicy: JSON.parse(trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:root` })) as unknown,
      maxSessionSeconds: 7200,
    });
    expect([
      await iam.readPrincipal('user', 'ci'),
      await iam.readPrincipal('role', 'jane'),
      await iam.readManaged(policy('absent')),
    ]).toEqual([undefined, undefined, undefined]);
  });

  test('lists every user and role, and reads the same of each as the account says at once', async () => {
    const records = await iam.readAccount();
    const unread: Unread[] = [];
    const names = await iam.listPrincipals();
    expect(records.map(({ state }) => `${state.kind} ${state.name}`).toSorted()).toEqual(
      names.map(({ kind, name }) => `${kind} ${name}`).toSorted(),
    );
    expect(records.length).toBeGreaterThan(many.length);
    const chosen = records.filter(({ state }) => ['jane', 'ci', 'user-129', 'admin'].includes(state.name));
    expect(chosen).toHaveLength(4);
    for (const record of chosen) {
      const { kind, arn } = record.state;
      const read = await readCaller({ kind, arn }, iam, attemptIn(SOURCE, unread));
      expect(read).toEqual(callerOfRecord(record));
    }
    expect(unread).toEqual([]);
  });
});
