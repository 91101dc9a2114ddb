/** A new xacct.yaml: the desired state of one target, commented, the same bytes for the same input. No secrets: an external ID is none. */
import type { ConfigMap, ConfigValue } from '#domain/config.ts';

/** A JSON string is a YAML string; what is plain beyond doubt goes without quotes. */
const scalar = (text: string): string =>
  (/^[A-Za-z/][A-Za-z0-9/_.@+=-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)) ||
  /^\d+h(\d+m)?$|^\d+m$/.test(text)
    ? text
    : JSON.stringify(text);

const ABOVE: Readonly<Record<string, string>> = {
  'role.trust': 'Who may assume the role, apart from the external ID below.',
  'role.conditions': 'What callers must bring beside being named.',
  'permissions.policies': 'Made in the target as customer-managed policies: name, and the JSON file.',
};

const BESIDE: Readonly<Record<string, string>> = {
  profile: 'a hint: the name on one machine',
  externalId: 'not a secret; each target has its own',
};

const isMap = (value: unknown): value is ConfigMap => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Between the key's colon and the end of its line. */
const inline = (value: Exclude<ConfigValue, ConfigMap> | null): string => {
  if (value === null) return '';
  if (typeof value === 'boolean') return ` ${value}`;
  return typeof value === 'string' ? ` ${scalar(value)}` : ` [${value.map((item) => JSON.stringify(item)).join(', ')}]`;
};

const linesOf = (map: ConfigMap, path: readonly string[]): readonly string[] =>
  Object.entries(map).flatMap(([key, value]) => {
    const place = [...path, key];
    const indent = '  '.repeat(path.length);
    const above = ABOVE[place.join('.')];
    // A person's own names (tags, policies) are no keys of ours.
    const beside = place.length <= 4 && place.at(-2) !== 'tags' && place.at(-2) !== 'policies' ? BESIDE[key] : undefined;
    const head = `${indent}${scalar(key)}:`;
    const comment = above === undefined ? [] : [`${indent}# ${above}`];
    if (value === undefined) return [];
    if (isMap(value))
      return Object.keys(value).length === 0 ? [...comment, `${head} {}`] : [...comment, head, ...linesOf(value, place)];
    return [...comment, `${head}${inline(value)}${beside === undefined ? '' : ` # ${beside}`}`];
  });

/** The schema of this very version, for editors: https://github.com/redhat-developer/yaml-language-server#using-inlined-schema */
const schemaUrl = (version: string): string => `https://unpkg.com/xacct@${version}/schemas/xacct.schema.json`;

export const emitXacctYaml = (contents: ConfigMap, packageVersion: string): string => {
  const { version: _, ...document } = contents;
  return [
    `# yaml-language-server: $schema=${schemaUrl(packageVersion)}`,
    '# The set-up that xacct makes and proves. Change it and run: xacct init',
    'version: 1',
    ...linesOf(document, []),
    '',
  ].join('\n');
};
