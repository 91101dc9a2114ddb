import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { openSandbox } from '#sandbox/open.ts';

test('a role is made in one account and assumed from the other, with its external id only', async () => {
  await using sandbox = await openSandbox();
  const common = { endpoint: sandbox.endpoint, region: 'us-east-1' };
  const sts = new STSClient({ ...common, credentials: sandbox.credentials('111111111111') });
  const iam = new IAMClient({ ...common, credentials: sandbox.credentials('222222222222') });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '111111111111' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'x1' } },
      },
    ],
  };
  await iam.send(new CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: JSON.stringify(trust) }));

  const request = { RoleArn: 'arn:aws:iam::222222222222:role/deploy', RoleSessionName: 'smoke' };
  const { Credentials } = await sts.send(new AssumeRoleCommand({ ...request, ExternalId: 'x1' }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const inside = await new STSClient({ ...common, credentials }).send(new GetCallerIdentityCommand({}));

  expect(inside.Arn).toBe('arn:aws:sts::222222222222:assumed-role/deploy/smoke');
  await expect(sts.send(new AssumeRoleCommand(request))).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
});
