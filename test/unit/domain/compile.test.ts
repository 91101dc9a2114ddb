/** From a Spec to every document and name that should exist. */
import { describe, expect, test } from 'vitest';
import { sentExternalId } from '#domain/access.ts';
import { compile } from '#domain/compile.ts';
import { policyNameFor } from '#domain/policy-name.ts';
import { allow, aSpec, SOURCE_ROLE } from '../../support/builders.ts';

describe('compile', () => {
  test('says everything that is wanted, from one Spec', () => {
    const spec = aSpec({
      role: { path: '/ops/', tags: { team: 'infra', 'xacct:managed': '0' } },
      permissions: { policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
    });
    const roleArn = 'arn:aws:iam::222222222222:role/ops/xacct-terraform';
    const policyArn = 'arn:aws:iam::222222222222:policy/ops/xacct-terraform-s3';
    expect(compile(spec)).toEqual({
      name: 'dev',
      targetAccount: '222222222222',
      warnings: [],
      role: {
        arn: roleArn,
        name: 'xacct-terraform',
        path: '/ops/',
        description: 'for tests',
        maxSessionSeconds: 3600,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AssumeRole',
              Effect: 'Allow',
              Principal: { AWS: SOURCE_ROLE },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'sts:ExternalId': '7f3c' } },
            },
            {
              Sid: 'TagSession',
              Effect: 'Allow',
              Principal: { AWS: SOURCE_ROLE },
              Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
            },
          ],
        },
        policies: [
          {
            arn: policyArn,
            name: 'xacct-terraform-s3',
            description: 'Permissions of xacct-terraform, managed by xacct',
            document: allow('s3:GetObject'),
          },
        ],
        policyArnPrefix: 'arn:aws:iam::222222222222:policy/ops/xacct-terraform-',
        attachments: [policyArn, 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
        tags: { team: 'infra', 'xacct:managed': '1', 'xacct:id': '111111111111/222222222222/xacct-terraform' },
      },
      providers: [],
      source: { account: '111111111111', roles: [], providers: [], instanceProfiles: [], grants: [] },
      access: {
        roleArn,
        role: { partition: 'aws', account: '222222222222', path: '/ops/', name: 'xacct-terraform' },
        externalIds: ['7f3c'],
        sessionName: 'terraform',
        sessionSeconds: 3600,
        sessionTags: {},
        transitiveTagKeys: [],
        sourceIdentity: undefined,
        sessionPolicy: undefined,
        sessionPolicyArns: [],
        region: 'eu-central-1',
        via: [],
        webIdentity: undefined,
      },
      sourceGrant: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AssumeTarget',
            Effect: 'Allow',
            Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
            Resource: roleArn,
          },
        ],
      },
    });
  });

  test.each([
    [{ kind: 'given', values: ['new', 'old'] }, { StringEquals: { 'sts:ExternalId': ['new', 'old'] } }, 'new'],
    [{ kind: 'generate', fresh: 'fresh' }, { StringEquals: { 'sts:ExternalId': 'fresh' } }, 'fresh'],
    [{ kind: 'none' }, undefined, undefined],
  ] as const)('of the external id %j makes the condition, and sends the first', (externalId, condition, sent) => {
    const { role, access } = compile(aSpec({ role: { externalId } }));
    expect([(role.trustPolicy.Statement as readonly { Condition?: unknown }[])[0]?.Condition, sentExternalId(access)]).toEqual([
      condition,
      sent,
    ]);
  });

  test('names a policy after its role, so that it begins with xacct-', () => {
    expect(policyNameFor('xacct-terraform', 's3')).toBe('xacct-terraform-s3');
    expect(policyNameFor('deploy', 's3')).toBe('xacct-deploy-s3');
  });

  test('of another partition makes ARNs of that partition', () => {
    const { role } = compile(aSpec({ partition: 'aws-cn' }));
    expect([role.arn, role.policies[0]?.arn]).toEqual([
      'arn:aws-cn:iam::222222222222:role/xacct-terraform',
      'arn:aws-cn:iam::222222222222:policy/xacct-terraform-s3',
    ]);
  });
});
