/** The role as a CloudFormation template: for StackSets, and for a customer who runs no tool of ours. */
import type { Desired } from '#domain/desired.ts';
import { ID_TAG, MANAGED_TAG } from '#domain/desired.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { markersOf, resourceName, type EmittedFile, type MadeTarget } from './emitted.ts';
import { yamlText } from './yaml-text.ts';

type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/** In any account: its own id and partition stand in for the target's, wherever a document says them as a part of a name. */
const portable = (value: unknown, desired: Desired, partition: string): Json => {
  if (typeof value === 'string') {
    const account = new RegExp(`(?<=[:/])${desired.targetAccount}(?=[:/])`, 'g');
    const arn = new RegExp(`(?<=^|[^\\w])arn:${partition}:`, 'g');
    if (!account.test(value) && !arn.test(value)) return value;
    // A policy variable is AWS's at another time: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    const escaped = value.replaceAll('${', '${!');
    return { 'Fn::Sub': escaped.replaceAll(account, '${AWS::AccountId}').replaceAll(arn, 'arn:${AWS::Partition}:') };
  }
  if (Array.isArray(value)) return value.map((item) => portable(item, desired, partition));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, portable(entry, desired, partition)]));
};

const logicalId = (text: string): string =>
  resourceName(text)
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** What CloudFormation makes is CloudFormation's: without the tags by which xacct knows its own. */
const tagsOf = (tags: Desired['role']['tags']): Json => {
  const own = Object.entries(tags).filter(([key]) => key !== MANAGED_TAG && key !== ID_TAG);
  return own.length === 0 ? undefined : own.map(([Key, Value]) => ({ Key, Value }));
};

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
  ...(providers.length > 0 && {
    MakeOidcProvider: {
      Type: 'String',
      Default: 'yes',
      AllowedValues: ['yes', 'no'],
      Description: 'An account has one provider for an issuer: no, where it is there already',
    },
  }),
});

const resourcesOf = (desired: Desired, partition: string): Json => {
  const { role, providers } = desired;
  const sub = (value: unknown): Json => portable(value, desired, partition);
  const policyIds = new Map(
    role.policies.map(({ arn, name }, index) => [arn, `Policy${logicalId(name)}${index === 0 ? '' : index + 1}`]),
  );
  const documentOf = (document: PolicyDocument): Json => sub(document);
  return {
    ...Object.fromEntries(
      providers.map(({ url, clientIds }, index) => [
        `OidcProvider${index === 0 ? '' : index + 1}`,
        { Type: 'AWS::IAM::OIDCProvider', Condition: 'MakesOidcProvider', Properties: { Url: url, ClientIdList: clientIds } },
      ]),
    ),
    ...Object.fromEntries(
      role.policies.map(({ arn, name, description, document }) => [
        policyIds.get(arn) ?? '',
        {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            ManagedPolicyName: name,
            Path: { Ref: 'RolePath' },
            Description: description,
            PolicyDocument: documentOf(document),
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
        AssumeRolePolicyDocument: documentOf(role.trustPolicy),
        ManagedPolicyArns:
          role.attachments.length === 0
            ? undefined
            : role.attachments.map((arn): Json => (policyIds.has(arn) ? { Ref: policyIds.get(arn) ?? '' } : sub(arn))),
        Tags: tagsOf(role.tags),
      },
    },
  };
};

export const emitCfn = ({ name, desired, spec }: MadeTarget): readonly EmittedFile[] => {
  const { begin, end } = markersOf('emit cfn');
  const [externalId] = desired.access.externalIds;
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The role ${desired.role.name}, which account ${spec.sourceAccount} assumes for Terraform`,
    Parameters: parametersOf(desired),
    Conditions: {
      HasBoundary: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'PermissionsBoundary' }, ''] }] },
      ...(desired.providers.length > 0 && { MakesOidcProvider: { 'Fn::Equals': [{ Ref: 'MakeOidcProvider' }, 'yes'] } }),
    },
    Resources: resourcesOf(desired, spec.partition),
    Outputs: {
      RoleArn: { Description: 'What the other side is told', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      ...(externalId !== undefined && {
        ExternalId: { Description: 'What the other side sends; not a secret', Value: externalId },
      }),
    },
  };
  return [{ path: `${name}/role.cfn.yaml`, content: `${begin}\n${yamlText(template)}${end}\n` }];
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
