/** One statement added to a boundary that holds: what leads to the rights of somebody else is found, whomever it names. */
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { waysAround } from '#domain/boundary-hold.ts';
import { REACHING } from '#domain/boundary-reach.ts';
import { settlePermissions } from '#domain/permissions.ts';
import type { Statement } from '#domain/policy-document.ts';

const HERE = 'arn:aws:iam::222222222222:';
const PLACE = {
  partition: 'aws',
  account: '222222222222',
  role: { name: 'xacct-terraform', path: '/' },
  boundary: `${HERE}policy/bound`,
};
const BOUNDED = { StringEquals: { 'iam:PermissionsBoundary': PLACE.boundary } };

const preset = (): readonly Statement[] => {
  const settled = settlePermissions({ policies: [], policyArns: [], presets: ['power-user'], isAdminAllowed: false }, PLACE);
  if (!settled.ok) throw new Error('the preset does not settle');
  return settled.value.policies[0]?.document.Statement as readonly Statement[];
};

const waysWith = (...more: readonly Statement[]): readonly string[] =>
  waysAround({ Version: '2012-10-17', Statement: [...preset(), ...more] }, PLACE);

const allow = (Action: string, Resource: string, more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: Partial<Statement> = {}): Statement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const notOn = (action: string, NotResource: string | readonly string[]): Statement => ({
  Effect: 'Deny',
  Action: action,
  NotResource,
});

describe('opens', () => {
  test.each([
    ['sts:AssumeRole', '*', '*'],
    ['sts:AssumeRole', `${HERE}role/Admin`, 'role/Admin'],
    ['sts:AssumeRole', 'arn:aws:iam::333333333333:role/xacct-terraform/a', 'arn:aws:iam::333333333333:role/xacct-terraform/a'],
    ['sts:AssumeRoot', '*', '*'],
    ['sts:GetDelegatedAccessToken', '*', '*'],
    ['iam:UpdateAssumeRolePolicy', `${HERE}role/Admin`, 'role/Admin'],
    ['iam:PassRole', `${HERE}role/ops/*`, 'role/ops/*'],
    ['iam:PassRole', `${HERE}role/xacct-terraform*`, 'role/xacct-terraform*'],
    ['iam:PassRole', `${HERE}role/*/Admin`, 'role/*/Admin'],
    ['iam:CreateAccessKey', `${HERE}user/admin`, 'user/admin'],
    ['iam:UpdateSAMLProvider', '*', '*'],
    ['iam:CreateOpenIDConnectProvider', '*', '*'],
    ['iam:AddClientIDToOpenIDConnectProvider', `${HERE}oidc-provider/token.actions.githubusercontent.com`],
    ['iam:DetachUserPolicy', '*', '*'],
    ['iam:DeleteUserPolicy', '*', '*'],
    ['iam:DetachGroupPolicy', '*', '*'],
    ['iam:UpdateAccessKey', '*', '*'],
    ['iam:CreateServiceSpecificCredential', '*', '*'],
    ['iam:AcquireRole', '*', '*'],
    ['iam:CreatePolicyVersion', `${HERE}policy/audit`, 'policy/audit'],
    ['iam:CreateRole', `${HERE}role/xacct-terraform/*`, 'role/xacct-terraform/*'],
    ['iam:createrole', `${HERE}role/xacct-terraform/a`, 'role/xacct-terraform/a'],
    ['organizations:DetachPolicy', '*', '*'],
    ['sso:CreateAccountAssignment', '*', '*'],
    ['sso-directory:UpdatePassword', '*', '*'],
    ['identitystore:CreateGroupMembership', '*', '*'],
    ['account:StartPrimaryEmailUpdate', '*', '*'],
  ])('%s on %s', (action, resource, said = resource.slice(HERE.length)) => {
    const ways = waysWith(allow(action, resource));
    expect(ways.map((way) => way.toLowerCase())).toEqual([`${action} on ${said}`.toLowerCase()]);
  });

  test.each<[string, Statement, string]>([
    ['every action of users below some path', allow('iam:*', `${HERE}user/*/x`), 'iam:CreateAccessKey on user/*/x'],
    ['some of an action', allow('sts:Assume*', '*'), 'sts:AssumeRole on *'],
    ['all but reads', { Effect: 'Allow', NotAction: 'iam:Get*', Resource: '*' }, 'sts:AssumeRole on *'],
    ['all but one role', { Effect: 'Allow', Action: 'iam:PassRole', NotResource: `${HERE}role/Admin` }, 'iam:PassRole on *'],
    // oxlint-disable-next-line no-template-curly-in-string -- a policy variable
    ['what a variable stands for', allow('iam:PassRole', `${HERE}role/\${aws:PrincipalTag/team}`), 'iam:PassRole on role/*'],
    [
      'under a condition',
      allow('iam:PassRole', '*', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
      'iam:PassRole on *',
    ],
    ['a service as a whole', allow('organizations:D*', '*'), 'organizations:D* on *'],
  ])('%s', (_, statement, way) => {
    expect(waysWith(statement)).toContain(way);
  });

  test('a boundary that is taken off, be it the right one', () => {
    const Statement = [allow('iam:DeleteRolePermissionsBoundary', `${HERE}role/xacct-terraform/a`, { Condition: BOUNDED })];
    expect(waysAround({ Version: '2012-10-17', Statement }, PLACE)).toEqual([
      'iam:DeleteRolePermissionsBoundary on role/xacct-terraform/a',
    ]);
  });

  test('what a Deny does not certainly hold', () => {
    const pass = allow('iam:PassRole', '*');
    const way = 'iam:PassRole on *';
    expect(waysWith(pass, deny('iam:PassRole', `${HERE}role/ops/*`))).toContain(way);
    expect(waysWith(pass, deny('iam:PassRole', '*', { Condition: { Bool: { 'aws:ViaAWSService': 'false' } } }))).toContain(way);
    expect(waysWith(pass, notOn('iam:PassRole', [`${HERE}role/xacct-terraform/*`, `${HERE}role/Admin`]))).toContain(way);
    expect(waysWith(allow('iam:PassRole', `${HERE}role/a*`), deny('iam:PassRole', `${HERE}role/a?`))).toContain(
      'iam:PassRole on role/a*',
    );
    expect(waysWith(allow('sso:*', '*'), deny('sso:?', '*'))).toContain('sso:* on *');
    expect(waysWith(allow('sso:*', '*'), { Effect: 'Deny', NotAction: 'sso:CreateAccountAssignment', Resource: '*' })).toContain(
      'sso:* on *',
    );
  });
});

describe('holds', () => {
  test.each<[string, readonly Statement[]]>([
    ['the preset alone', []],
    ['reads', [allow('organizations:Describe*', '*'), allow('sso:List*', '*'), allow('iam:Simulate*', '*')]],
    ['what gives nobody more', [allow('iam:CreatePolicy', '*'), allow('iam:*ServerCertificate', '*'), allow('sts:Tag*', '*')]],
    ['roles below its path', [allow('sts:AssumeRole', `${HERE}role/xacct-terraform/*`)]],
    ['keys of users below its path', [allow('iam:CreateAccessKey', `${HERE}user/xacct-terraform/*`)]],
    ['what must carry the boundary', [allow('iam:*', '*', { Condition: BOUNDED })]],
    ['another kind of thing', [allow('iam:*User*', `${HERE}server-certificate/*`)]],
    ['what is denied as far as it is allowed', [allow('iam:PassRole', `${HERE}role/a*`), deny('iam:P*', `${HERE}role/*`)]],
    [
      'what is denied outside its path',
      [
        allow('iam:PassRole', '*'),
        allow('sts:*', '*'),
        notOn('iam:PassRole', `${HERE}role/xacct-terraform/*`),
        notOn('sts:*', []),
      ],
    ],
    ['a service that a Deny holds as a whole', [allow('sso:*', '*'), deny('sso*:*', '*')]],
    ['a Deny of all but something else', [allow('sso:*', '*'), { Effect: 'Deny', NotAction: ['s3:*', 'iam:*'], Resource: '*' }]],
  ])('%s', (_, more) => {
    expect(waysWith(...more)).toEqual([]);
  });
});

test("where its path is its name, the role's own things are not below it", () => {
  const place = { ...PLACE, role: { name: 'xacct-terraform', path: '/xacct-terraform/' } };
  const around = (...Statement: readonly Statement[]) => waysAround({ Version: '2012-10-17', Statement }, place);
  const own = 'policy/xacct-terraform/xacct-terraform-extra';
  expect(around(allow('iam:CreatePolicyVersion', `${HERE}${own}`))).toEqual([`iam:CreatePolicyVersion on ${own}`]);
  expect(around(allow('iam:CreatePolicyVersion', `${HERE}policy/xacct-terraform/a`))).toEqual([]);
});

/** What IAM and STS can do, by the SDK: whoever updates it says of each new action whether it belongs to the list. */
describe('the list of actions', () => {
  const READS = /^(?:Get|List|Simulate|Generate|Decode)/;
  const HARMLESS = [
    'AddRoleToInstanceProfile ChangePassword CreateAccountAlias CreateGroup CreateInstanceProfile CreatePolicy',
    'CreateServiceLinkedRole CreateVirtualMFADevice DeleteAccessKey DeleteAccountAlias DeleteGroup DeleteInstanceProfile',
    'DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion DeleteSAMLProvider DeleteSSHPublicKey',
    'DeleteServerCertificate DeleteServiceLinkedRole DeleteServiceSpecificCredential DeleteSigningCertificate',
    'DeleteVirtualMFADevice DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions',
    'DisableOutboundWebIdentityFederation EnableOutboundWebIdentityFederation RejectDelegationRequest',
    'RemoveClientIDFromOpenIDConnectProvider RemoveRoleFromInstanceProfile SetSecurityTokenServicePreferences',
    'TagInstanceProfile TagMFADevice TagOpenIDConnectProvider TagPolicy TagSAMLProvider TagServerCertificate',
    'UntagInstanceProfile UntagMFADevice UntagOpenIDConnectProvider UntagPolicy UntagSAMLProvider UntagServerCertificate',
    'UpdateRole UpdateRoleDescription UpdateServerCertificate UploadServerCertificate',
  ].flatMap((line) => line.split(' '));
  /** No call of their own: what calls of other services ask for, or a read by its name that gives credentials. */
  const NO_WRITES = ['iam:PassRole', 'sts:GetDelegatedAccessToken'];

  test('names every write of IAM and STS but what gives nobody more', () => {
    const writesOf = (service: string, sdk: object): readonly string[] =>
      Object.keys(sdk)
        .flatMap((name) => (name.endsWith('Command') ? [name.slice(0, -'Command'.length)] : []))
        .filter((name) => !name.startsWith('$') && !READS.test(name) && !HARMLESS.includes(name))
        .map((name) => `${service}:${name}`);
    const listed = REACHING.flatMap(({ actions }) => actions).filter((action) => !action.startsWith('account:'));
    expect(listed.toSorted()).toEqual([...writesOf('iam', iam), ...writesOf('sts', sts), ...NO_WRITES].toSorted());
  });
});
