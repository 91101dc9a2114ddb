/** A new xacct.yaml: the desired state of one target, commented, the same bytes for the same input. No secrets: an external ID is none. */
import { formatDuration } from '#domain/duration.ts';
import { namePrincipal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';

export interface YamlHints {
  /** Names on this machine; hints only. */
  readonly sourceProfile: string | undefined;
  readonly targetProfile: string | undefined;
  /** Policy name to file, as seen from the folder of xacct.yaml. */
  readonly policyFiles: readonly { readonly name: string; readonly file: string }[];
}

/** A JSON string is a YAML string; what is plain beyond doubt goes without quotes. */
const scalar = (text: string): string =>
  /^[A-Za-z/][A-Za-z0-9/_.@+=-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);

const list = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;

const map = (indent: string, entries: readonly (readonly [string, string])[]): string =>
  entries.map(([key, value]) => `\n${indent}${scalar(key)}: ${scalar(value)}`).join('');

const externalIdOf = ({ role: { externalId } }: Spec): string => {
  if (externalId.kind === 'none') return 'none';
  const [first, ...rest] = externalId.kind === 'given' ? externalId.values : [externalId.fresh];
  return rest.length === 0 ? JSON.stringify(first) : list([first, ...rest]);
};

export const emitXacctYaml = (spec: Spec, hints: YamlHints): string => {
  const { role, permissions, session } = spec;
  const profile = (name: string | undefined): string =>
    name === undefined ? '' : `\n  profile: ${scalar(name)} # a hint: the name on one machine`;
  const tags = Object.entries(role.tags);
  return `# The set-up that xacct makes and proves. Change it and run: xacct init
version: 1
source:
  account: "${spec.sourceAccount}"${profile(hints.sourceProfile)}
role:
  name: ${scalar(role.name)}
  path: ${scalar(role.path)}
  description: ${JSON.stringify(role.description)}
  # Who may assume the role, apart from the external ID below.
  trust: ${list(role.trust.map((principal) => namePrincipal(principal, spec.sourceAccount)))}
  maxSessionDuration: ${formatDuration(role.maxSessionSeconds)}${tags.length > 0 ? `\n  tags:${map('    ', tags)}` : ''}
permissions:
  # Made in the target as customer-managed policies: name, and the JSON file.
  policies:${
    hints.policyFiles.length > 0
      ? map(
          '    ',
          hints.policyFiles.map(({ name, file }) => [name, file]),
        )
      : ' {}'
  }
  policyArns: ${list(permissions.policyArns)}
terraform:
  region: ${spec.region}
  sessionName: ${scalar(session.name)}
  duration: ${formatDuration(session.seconds)}
targets:
  ${scalar(spec.name)}:
    account: "${spec.targetAccount}"${profile(hints.targetProfile).replace('\n', '\n  ')}
    role:
      externalId: ${externalIdOf(spec)} # not a secret; each target has its own
`;
};
