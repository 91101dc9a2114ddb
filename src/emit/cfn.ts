/** An account's side as a CloudFormation template; the target's is for StackSets, and for a customer who runs no tool of ours. */
import { problem } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { ID_TAG, MANAGED_TAG, type Desired, type DesiredProvider, type Tags } from '#domain/desired.ts';
import { statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { distinctNames, type EmittedFile, type MadeAccount, type MadeTarget } from './emitted.ts';
import { markersOf } from './shared-file.ts';
import { yamlText } from './yaml-text.ts';

type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

interface Place {
  readonly account: string;
  readonly partition: string;
}

/** In any account: its own id and partition stand in for the one that it was made for, wherever a document says them. */
const portable = (value: unknown, place: Place): Json => {
  if (typeof value === 'string') {
    if (value === place.account) return { Ref: 'AWS::AccountId' };
    const account = new RegExp(`(?<![0-9])${place.account}(?![0-9])`, 'g');
    const arn = new RegExp(`(?<=^|[^\\w])arn:${place.partition}:`, 'g');
    if (value.search(account) < 0 && value.search(arn) < 0) return value;
    // A policy variable is AWS's at another time: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    const escaped = value.replaceAll('${', '${!');
    return { 'Fn::Sub': escaped.replaceAll(account, '${AWS::AccountId}').replaceAll(arn, 'arn:${AWS::Partition}:') };
  }
  if (Array.isArray(value)) return value.map((item) => portable(item, place));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, portable(entry, place)]));
};

/** A condition of trust says what the other side sends, word for word, whatever account the role is in. */
const portableTrust = (document: PolicyDocument, place: Place): Json => ({
  Version: document.Version,
  Statement: statementsOf(document).map(({ Condition, ...statement }) => ({
    ...(portable(statement, place) as object),
    ...(Condition !== undefined && { Condition }),
  })),
});

const logicalId = (text: string): string =>
  text
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Names of resources of one kind, by what they are told apart by. */
const logicalIds = <T>(kind: string, all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<T, string> => {
  const names = distinctNames(all.map(nameOf));
  return new Map(all.map((one, index) => [one, `${kind}${logicalId(names[index] ?? '')}`]));
};

/** What CloudFormation makes is CloudFormation's: without the tags by which xacct knows its own. */
const tagsOf = (tags: Tags): Json => {
  const own = Object.entries(tags).filter(([key]) => key !== MANAGED_TAG && key !== ID_TAG);
  return own.length === 0 ? undefined : own.map(([Key, Value]) => ({ Key, Value }));
};

const providerParameter = (providers: readonly DesiredProvider[]): Readonly<Record<string, Json>> =>
  providers.length === 0
    ? {}
    : {
        MakeOidcProvider: {
          Type: 'String',
          Default: 'yes',
          AllowedValues: ['yes', 'no'],
          Description: 'An account has one provider for an issuer: no, where it is there already',
        },
      };

const providerCondition = (providers: readonly DesiredProvider[]): Readonly<Record<string, Json>> =>
  providers.length === 0 ? {} : { MakesOidcProvider: { 'Fn::Equals': [{ Ref: 'MakeOidcProvider' }, 'yes'] } };

const providerResources = (providers: readonly DesiredProvider[]): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    providers.map(({ url, clientIds }, index) => [
      `OidcProvider${index === 0 ? '' : index + 1}`,
      { Type: 'AWS::IAM::OIDCProvider', Condition: 'MakesOidcProvider', Properties: { Url: url, ClientIdList: clientIds } },
    ]),
  );

const parametersOf = ({ role, providers }: Desired): Json => ({
  PermissionsBoundary: {
    Type: 'String',
    Default: role.permissionsBoundary ?? '',
    Description: 'ARN of a policy that bounds what the role may ever do; empty for none',
  },
  RolePath: {
    Type: 'String',
    Default: role.path,
    AllowedPattern: '^/([A-Za-z0-9.,+@=_-]+/)*$',
    Description: 'Path of the role and its policies; the ARN that the other side knows ends with it and the name',
  },
  ...providerParameter(providers),
});

const resourcesOf = ({ role, providers }: Desired, place: Place): Json => {
  const policyIds = logicalIds('Policy', role.policies, ({ name }) => name);
  const refOf = (arn: string): Json => {
    const own = role.policies.find((policy) => policy.arn === arn);
    return own === undefined ? portable(arn, place) : { Ref: policyIds.get(own) ?? '' };
  };
  return {
    ...providerResources(providers),
    ...Object.fromEntries(
      role.policies.map((policy) => [
        policyIds.get(policy) ?? '',
        {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            ManagedPolicyName: policy.name,
            Path: { Ref: 'RolePath' },
            Description: policy.description,
            PolicyDocument: portable(policy.document, place),
          },
        },
      ]),
    ),
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: role.name,
        Path: { Ref: 'RolePath' },
        Description: role.description,
        MaxSessionDuration: role.maxSessionSeconds,
        PermissionsBoundary: { 'Fn::If': ['HasBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }] },
        AssumeRolePolicyDocument: portableTrust(role.trustPolicy, place),
        ManagedPolicyArns: role.attachments.length === 0 ? undefined : role.attachments.map(refOf),
        Tags: tagsOf(role.tags),
      },
    },
  };
};

const templateOf = ({ desired, spec }: MadeTarget): object => {
  const [externalId] = desired.access.externalIds;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The role ${desired.role.name}, which account ${spec.sourceAccount} assumes for Terraform`,
    Parameters: parametersOf(desired),
    Conditions: {
      HasBoundary: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'PermissionsBoundary' }, ''] }] },
      ...providerCondition(desired.providers),
    },
    Resources: resourcesOf(desired, { account: spec.targetAccount, partition: spec.partition }),
    Outputs: {
      RoleArn: { Description: 'What the other side is told', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      ...(externalId !== undefined && {
        ExternalId: { Description: 'What the other side sends; not a secret', Value: externalId },
      }),
    },
  };
};

/** The source's: roles that are entered first, instance profiles, and leave for those who are trusted. */
const sourceTemplateOf = ({ holds, partition }: MadeAccount): object => {
  const place = { account: holds.account, partition };
  const { roles, providers, instanceProfiles, grants } = holds;
  const roleIds = logicalIds('Role', roles, ({ name }) => name);
  const refOf = (name: string): Json => {
    const own = roles.find((role) => role.name === name);
    return own === undefined ? name : { Ref: roleIds.get(own) ?? '' };
  };
  const grantIds = logicalIds('Leave', grants, ({ owner, policyName }) => `${owner.kind}_${owner.name}_${policyName}`);
  const profileIds = logicalIds('Profile', instanceProfiles, ({ name }) => name);
  const conditions = providerCondition(providers);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What account ${holds.account} holds for Terraform in other accounts`,
    ...(providers.length > 0 && { Parameters: providerParameter(providers), Conditions: conditions }),
    Resources: {
      ...providerResources(providers),
      ...Object.fromEntries(
        roles.map((role) => [
          roleIds.get(role) ?? '',
          {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: role.name,
              Path: role.path,
              Description: role.description,
              MaxSessionDuration: role.maxSessionSeconds,
              PermissionsBoundary: portable(role.permissionsBoundary, place),
              AssumeRolePolicyDocument: portableTrust(role.trustPolicy, place),
              Tags: tagsOf(role.tags),
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        grants.map((grant) => [
          grantIds.get(grant) ?? '',
          {
            Type: 'AWS::IAM::Policy',
            Properties: {
              PolicyName: grant.policyName,
              [grant.owner.kind === 'role' ? 'Roles' : 'Users']: [refOf(grant.owner.name)],
              PolicyDocument: portable(grant.document, place),
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        instanceProfiles.map((profile) => [
          profileIds.get(profile) ?? '',
          {
            Type: 'AWS::IAM::InstanceProfile',
            Properties: { InstanceProfileName: profile.name, Path: profile.path, Roles: [refOf(profile.roleName)] },
          },
        ]),
      ),
    },
    ...(roles.length > 0 && {
      Outputs: Object.fromEntries(
        roles.map((role) => {
          const id = roleIds.get(role) ?? '';
          return [`${id}Arn`, { Description: `${role.name}, which the targets trust`, Value: { 'Fn::GetAtt': [id, 'Arn'] } }];
        }),
      ),
    }),
  };
};

/** Looked up wherever it stands, in the account of whoever makes the stack, and there is no way to write it as a text. */
const DYNAMIC_REFERENCE = /\{\{resolve:[^}]*(?:\}\})?/;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const expectNoReference = (text: string): Result<string> => {
  const [reference] = DYNAMIC_REFERENCE.exec(text) ?? [];
  return reference === undefined
    ? ok(text)
    : fail(
        problem('INVALID_VALUE', `CloudFormation would look up ${reference} and put what it finds in its place`, {
          hints: [
            { text: 'say it otherwise in the description or the policy, or take another form', command: 'xacct emit role-tf' },
          ],
        }),
      );
};

export const emitCfn = (account: MadeAccount): Result<readonly EmittedFile[]> => {
  const { begin, end } = markersOf('emit cfn');
  const template = expectNoReference(yamlText(account.target ? templateOf(account.target) : sourceTemplateOf(account)));
  return template.ok
    ? ok([{ path: `${account.folder}/role.cfn.yaml`, content: `${begin}\n${template.value}${end}\n` }])
    : template;
};

const CONSOLE: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Opens the console with everything filled in. Parameters with NoEcho would be ignored there, which is why the external ID is a literal.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 */
export const quickCreateLink = ({ desired, spec }: MadeTarget, templateUrl: string): string => {
  const parameters = {
    templateURL: templateUrl,
    stackName: desired.role.name.replaceAll(/[^A-Za-z0-9-]/g, '-').replace(/^[^A-Za-z]/, 'x$&'),
    param_RolePath: desired.role.path,
    ...(desired.role.permissionsBoundary !== undefined && { param_PermissionsBoundary: desired.role.permissionsBoundary }),
  };
  const query = Object.entries(parameters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `https://${CONSOLE[spec.partition] ?? CONSOLE['aws']}/cloudformation/home?region=${spec.region}#/stacks/create/review?${query.join('&')}`;
};
