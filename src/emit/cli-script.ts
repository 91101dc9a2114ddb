/**
 * What an account holds as a script of AWS CLI calls that can be run again: makes what is missing, corrects what differs, deletes nothing but
 * old policy versions, and leaves alone what is there and not of this set-up. People's texts go in as JSON: of an argument that begins with
 * file:// or https:// the AWS CLI would take what lies there
 * (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html).
 */
import { ID_TAG, type DesiredAccount, type DesiredRole, type Tags } from '#domain/desired.ts';
import { shellWord } from '#domain/shell-word.ts';
import { orderNote, type EmittedFile, type MadeAccount } from './emitted.ts';
import { markersOf } from './shared-file.ts';

/** As the AWS CLI prints documents, so that the two can be compared. */
const json = (document: object): string => shellWord(JSON.stringify(document, null, 4));

/** Parameters by their names in the API. */
const input = (parameters: object): string => `--cli-input-json ${shellWord(JSON.stringify(parameters))}`;

const tagList = (tags: Tags): readonly object[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const idOf = (tags: Tags): string => shellWord(tags[ID_TAG] ?? '');

const roleLines = (role: DesiredRole): readonly string[] => {
  const name = shellWord(role.name);
  const { permissionsBoundary: boundary, maxSessionSeconds: MaxSessionDuration, description: Description } = role;
  const fresh = {
    RoleName: role.name,
    Path: role.path,
    Description,
    MaxSessionDuration,
    PermissionsBoundary: boundary,
    Tags: tagList(role.tags),
  };
  return [
    '',
    `trust=${json(role.trustPolicy)}`,
    `if exists aws iam get-role --role-name ${name}; then`,
    `  expect_ours ${shellWord(`role ${role.name}`)} ${idOf(role.tags)} aws iam get-role --role-name ${name} --query "Role.$ID_TAG"`,
    `  aws iam update-assume-role-policy --role-name ${name} --policy-document "$trust"`,
    `  aws iam update-role ${input({ RoleName: role.name, Description, MaxSessionDuration })}`,
    ...(boundary === undefined
      ? []
      : [`  aws iam put-role-permissions-boundary --role-name ${name} --permissions-boundary ${shellWord(boundary)}`]),
    `  aws iam tag-role ${input({ RoleName: role.name, Tags: tagList(role.tags) })}`,
    'else',
    `  aws iam create-role ${input(fresh)} --assume-role-policy-document "$trust" >/dev/null`,
    'fi',
    ...Object.entries(role.inline ?? {}).map(
      ([policyName, document]) =>
        `aws iam put-role-policy --role-name ${name} --policy-name ${shellWord(policyName)} --policy-document ${json(document)}`,
    ),
    ...role.policies.flatMap((policy) => {
      const { name: PolicyName, description } = policy;
      const settings = { PolicyName, Path: role.path, Description: description, Tags: tagList(role.tags) };
      return [
        '',
        `put_policy ${shellWord(policy.arn)} ${idOf(role.tags)} ${shellWord(JSON.stringify(settings))} ${json(policy.document)}`,
      ];
    }),
    ...(role.attachments.length > 0 ? [''] : []),
    ...role.attachments.map((arn) => `aws iam attach-role-policy --role-name ${name} --policy-arn ${shellWord(arn)}`),
  ];
};

const providerLines = ({ providers }: DesiredAccount): readonly string[] =>
  providers.flatMap(({ arn, url: Url, clientIds, tags }) => [
    '',
    `if exists aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(arn)}; then`,
    ...clientIds.map(
      (ClientID) => `  aws iam add-client-id-to-open-id-connect-provider ${input({ OpenIDConnectProviderArn: arn, ClientID })}`,
    ),
    'else',
    `  aws iam create-open-id-connect-provider ${input({ Url, ClientIDList: clientIds, Tags: tagList(tags) })} >/dev/null`,
    'fi',
  ]);

const profileLines = ({ instanceProfiles }: DesiredAccount): readonly string[] =>
  instanceProfiles.flatMap(({ name: InstanceProfileName, path: Path, roleName, tags }) => {
    const name = `--instance-profile-name ${shellWord(InstanceProfileName)}`;
    return [
      '',
      `if exists aws iam get-instance-profile ${name}; then`,
      `  expect_ours ${shellWord(`instance profile ${InstanceProfileName}`)} ${idOf(tags)} aws iam get-instance-profile ${name} --query "InstanceProfile.$ID_TAG"`,
      'else',
      `  aws iam create-instance-profile ${input({ InstanceProfileName, Path, Tags: tagList(tags) })} >/dev/null`,
      'fi',
      `holds=$(aws iam get-instance-profile ${name} --query 'InstanceProfile.Roles[0].RoleName' --output text)`,
      `if [ "$holds" = None ]; then aws iam add-role-to-instance-profile ${name} --role-name ${shellWord(roleName)}; holds=${shellWord(roleName)}; fi`,
      `if [ "$holds" != ${shellWord(roleName)} ]; then`,
      `  printf 'instance profile %s brings role %s: it stays as it is\\n' ${shellWord(InstanceProfileName)} "$holds" >&2`,
      '  exit 1',
      'fi',
    ];
  });

const grantLines = ({ grants }: DesiredAccount): readonly string[] =>
  grants.flatMap(({ owner: { kind, name }, policyName, document }) => [
    '',
    `aws iam put-${kind}-policy --${kind}-name ${shellWord(name)} --policy-name ${shellWord(policyName)} --policy-document ${json(document)}`,
  ]);

const FUNCTIONS = `# Only "there is none" is a no; any other failure ends the script.
exists() {
  local said
  if said=$("$@" 2>&1 >/dev/null); then return 0; fi
  case $said in *'(NoSuchEntity)'*) return 1 ;; esac
  printf '%s\\n' "$said" >&2
  exit 1
}`;

const EXPECT_OURS = `ID_TAG="Tags[?Key=='${ID_TAG}'].Value | [0]"

# What was there before and does not say that it is of this set-up is somebody else's.
expect_ours() {
  local what=$1 id=$2 found
  shift 2
  found=$("$@" --output text)
  if [ "$found" = "$id" ]; then return; fi
  printf '%s is there already and not of this set-up: it stays as it is\\n' "$what" >&2
  exit 1
}`;

const PUT_POLICY = `# A managed policy has five versions at most: the oldest gives way.
put_policy() {
  local arn=$1 id=$2 settings=$3 document=$4 current version versions
  if ! exists aws iam get-policy --policy-arn "$arn"; then
    aws iam create-policy --cli-input-json "$settings" --policy-document "$document" >/dev/null
    return
  fi
  expect_ours "$arn" "$id" aws iam get-policy --policy-arn "$arn" --query "Policy.$ID_TAG"
  version=$(aws iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId --output text)
  current=$(aws iam get-policy-version --policy-arn "$arn" --version-id "$version" --query PolicyVersion.Document --output json)
  if [ "$current" = "$document" ]; then return; fi
  versions=$(aws iam list-policy-versions --policy-arn "$arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text)
  if [ "$(wc -w <<<"$versions")" -ge 4 ]; then
    aws iam delete-policy-version --policy-arn "$arn" --version-id "$(tr '\\t' '\\n' <<<"$versions" | sort -V | head -n 1)"
  fi
  aws iam create-policy-version --policy-arn "$arn" --policy-document "$document" --set-as-default >/dev/null
}`;

/** Only what the script calls. */
const functionsFor = ({ roles, providers, instanceProfiles }: DesiredAccount): readonly string[] => [
  ...(roles.length + providers.length + instanceProfiles.length > 0 ? ['', FUNCTIONS] : []),
  ...(roles.length + instanceProfiles.length > 0 ? ['', EXPECT_OURS] : []),
  ...(roles.some(({ policies }) => policies.length > 0) ? ['', PUT_POLICY] : []),
];

/** A script for each account: it is run with credentials of that account. */
export const emitCliScript = (made: MadeAccount): readonly EmittedFile[] => {
  const { begin, end } = markersOf('emit cli');
  const { folder, side, holds } = made;
  const lines = [
    '#!/usr/bin/env bash',
    begin,
    `# Run it with an administrator of the ${side} account ${holds.account}; run it again whenever something was changed.${orderNote(made)}`,
    'set -euo pipefail',
    ...functionsFor(holds),
    '',
    'account=$(aws sts get-caller-identity --query Account --output text)',
    `if [ "$account" != ${holds.account} ]; then`,
    `  printf 'these are credentials of %s, not of the ${side} %s\\n' "$account" ${holds.account} >&2`,
    '  exit 1',
    'fi',
    ...providerLines(holds),
    ...holds.roles.flatMap(roleLines),
    ...grantLines(holds),
    ...profileLines(holds),
    '',
    ...holds.roles.map(({ arn }) => `printf '%s\\n' ${shellWord(arn)}`),
    end,
    '',
  ];
  return [{ path: `${folder}/role.sh`, content: lines.join('\n') }];
};
