/** The condition key iam:PermissionsBoundary, by which an account lets others make roles that cannot do more than they may. */
import * as Iam from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { openSandbox } from '#sandbox/open.ts';
import { adminOf, clientsWith, refusal, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

test('conditions see the boundary of a new role and of the role that is changed', async () => {
  await using sandbox = await openSandbox();
  const edge = 'arn:aws:iam::aws:policy/PowerUserAccess';
  const AssumeRolePolicyDocument = trustPolicy({ AWS: TARGET });
  const { iam } = adminOf(sandbox, TARGET);
  const Action = ['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRole'];
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': edge } };
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*', Condition }],
  });
  await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }));
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument }));
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'free', AssumeRolePolicyDocument }));

  const bob = clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob')).iam;
  const attach = (RoleName: string) => bob.send(new Iam.AttachRolePolicyCommand({ RoleName, PolicyArn: edge }));
  expect(await refusal(bob.send(new Iam.CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument })))).toMatchObject({
    code: 'AccessDenied',
  });
  await bob.send(new Iam.CreateRoleCommand({ RoleName: 'bounded', AssumeRolePolicyDocument, PermissionsBoundary: edge }));
  await attach('bounded');
  expect(await refusal(attach('free'))).toMatchObject({ code: 'AccessDenied', status: 403 });
  // The key is not one of DeleteRole's.
  expect(await refusal(bob.send(new Iam.DeleteRoleCommand({ RoleName: 'bounded' })))).toMatchObject({ code: 'AccessDenied' });
});
