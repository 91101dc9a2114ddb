/** The role as a script of AWS CLI calls that can be run again: makes what is missing, corrects what differs, deletes nothing but old policy versions. */
import { shellWord } from '#domain/shell-word.ts';
import type { Tags } from '#domain/desired.ts';
import { markersOf, type EmittedFile, type MadeTarget } from './emitted.ts';

/** As the AWS CLI prints documents, so that the two can be compared. */
const json = (document: object): string => shellWord(JSON.stringify(document, null, 4));

const tagWords = (tags: Tags): string => shellWord(JSON.stringify(Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))));

const roleLines = ({ desired: { role } }: MadeTarget): readonly string[] => {
  const name = shellWord(role.name);
  const boundary = role.permissionsBoundary === undefined ? '' : ` --permissions-boundary ${shellWord(role.permissionsBoundary)}`;
  return [
    `trust=${json(role.trustPolicy)}`,
    `if exists aws iam get-role --role-name ${name}; then`,
    `  aws iam update-assume-role-policy --role-name ${name} --policy-document "$trust"`,
    `  aws iam update-role --role-name ${name} --description ${shellWord(role.description)} --max-session-duration ${role.maxSessionSeconds}`,
    ...(role.permissionsBoundary === undefined ? [] : [`  aws iam put-role-permissions-boundary --role-name ${name}${boundary}`]),
    `  aws iam tag-role --role-name ${name} --tags ${tagWords(role.tags)}`,
    'else',
    `  aws iam create-role --role-name ${name} --path ${shellWord(role.path)} --description ${shellWord(role.description)} \\`,
    `    --max-session-duration ${role.maxSessionSeconds}${boundary} --tags ${tagWords(role.tags)} --assume-role-policy-document "$trust" >/dev/null`,
    'fi',
  ];
};

const policyLines = ({ desired: { role } }: MadeTarget): readonly string[] =>
  role.policies.flatMap(({ arn, name, description, document }) => [
    '',
    `put_policy ${shellWord(arn)} ${shellWord(name)} ${shellWord(role.path)} ${shellWord(description)} ${tagWords(role.tags)} ${json(document)}`,
  ]);

const providerLines = ({ desired: { providers } }: MadeTarget): readonly string[] =>
  providers.flatMap(({ arn, url, clientIds, tags }) => [
    `if exists aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(arn)}; then`,
    ...clientIds.map(
      (id) =>
        `  aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(arn)} --client-id ${shellWord(id)}`,
    ),
    'else',
    `  aws iam create-open-id-connect-provider --url ${shellWord(url)} --client-id-list ${clientIds.map(shellWord).join(' ')} --tags ${tagWords(tags)} >/dev/null`,
    'fi',
    '',
  ]);

const FUNCTIONS = `# Only "there is none" is a no; any other failure ends the script.
exists() {
  local said
  if said=$("$@" 2>&1 >/dev/null); then return 0; fi
  case $said in *NoSuchEntity*) return 1 ;; esac
  printf '%s\\n' "$said" >&2
  exit 1
}

# A managed policy has five versions at most: the oldest gives way.
put_policy() {
  local arn=$1 name=$2 path=$3 description=$4 tags=$5 document=$6 versions version
  if ! exists aws iam get-policy --policy-arn "$arn"; then
    aws iam create-policy --policy-name "$name" --path "$path" --description "$description" --tags "$tags" --policy-document "$document" >/dev/null
    return
  fi
  version=$(aws iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId --output text)
  if [ "$(aws iam get-policy-version --policy-arn "$arn" --version-id "$version" --query PolicyVersion.Document --output json)" = "$document" ]; then
    return
  fi
  versions=$(aws iam list-policy-versions --policy-arn "$arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text)
  if [ "$(wc -w <<<"$versions")" -ge 4 ]; then
    aws iam delete-policy-version --policy-arn "$arn" --version-id "$(tr '\\t' '\\n' <<<"$versions" | sort -V | head -n 1)"
  fi
  aws iam create-policy-version --policy-arn "$arn" --policy-document "$document" --set-as-default >/dev/null
}`;

export const emitCliScript = (target: MadeTarget): readonly EmittedFile[] => {
  const { begin, end } = markersOf('emit cli');
  const { desired } = target;
  const account = desired.targetAccount;
  const lines = [
    '#!/usr/bin/env bash',
    begin,
    `# Run it with an administrator of the target account ${account}; run it again whenever something was changed.`,
    'set -euo pipefail',
    '',
    FUNCTIONS,
    '',
    'account=$(aws sts get-caller-identity --query Account --output text)',
    `if [ "$account" != ${account} ]; then`,
    `  printf 'these are credentials of %s, not of the target %s\\n' "$account" ${account} >&2`,
    '  exit 1',
    'fi',
    '',
    ...providerLines(target),
    ...roleLines(target),
    ...policyLines(target),
    '',
    ...desired.role.attachments.map(
      (arn) => `aws iam attach-role-policy --role-name ${shellWord(desired.role.name)} --policy-arn ${shellWord(arn)}`,
    ),
    `printf '%s\\n' ${shellWord(desired.role.arn)}`,
    end,
    '',
  ];
  return [{ path: `${target.name}/role.sh`, content: lines.join('\n') }];
};
