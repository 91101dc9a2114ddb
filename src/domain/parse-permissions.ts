/** What the role may do, from what was said of it: every problem at once, nothing read from anywhere. */
import { at, problem, type Diagnostic } from './diagnostic.ts';
import type { Given } from './fields.ts';
import { checkLimit } from './limits.ts';
import { namedFile } from './named-file.ts';
import { settlePermissions, type PermissionsRequest } from './permissions.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';
import { parsePresetText } from './presets.ts';
import type { Reading } from './reading.ts';
import { countPermissions, saysNone } from './said-permissions.ts';
import type { NamedPolicy, Spec } from './spec.ts';
import type { GivenList, SpecInput } from './spec-input.ts';
import { PARSERS } from './value-parsers.ts';

const parsePolicy = (reading: Reading, given: Given<string>): NamedPolicy | undefined => {
  const { file } = namedFile(given);
  const where = file === '' ? given.place : file;
  const parsedName = reading.take(PARSERS.policies(given));
  const document = parsePolicyDocument(given.content ?? '', 'identity');
  if (!document.ok) {
    reading.problems.push(...document.diagnostics.map((diagnostic) => at(where, diagnostic)));
    return undefined;
  }
  // IAM takes older versions, and none at all, in inline policies alone: "Policy document must be version 2012-10-17 or greater."
  if (document.value.Version !== '2012-10-17')
    reading.problems.push(
      problem(
        'INVALID_POLICY',
        `Version: is ${document.value.Version ?? 'missing'}, and IAM makes managed policies of 2012-10-17 only`,
        {
          path: where,
          hints: [{ text: 'write it beside Statement: "Version": "2012-10-17"' }],
        },
      ),
    );
  return parsedName === undefined ? undefined : { name: parsedName, document: document.value };
};

export const parsePermissions = (reading: Reading, input: SpecInput): PermissionsRequest => ({
  policies: (input.policies ?? []).flatMap((policy) => parsePolicy(reading, policy) ?? []),
  policyArns: reading.list('policyArns'),
  presets: (input.presets ?? []).flatMap((preset) => reading.take(parsePresetText(preset)) ?? []),
  isAdminAllowed: reading.value('allowAdmin'),
});

const duplicates = (policies: GivenList = []): readonly Diagnostic[] => {
  const seen = new Set<string>();
  return policies.flatMap((given) => {
    const { name } = namedFile(given);
    const key = name.toLowerCase();
    if (!seen.has(key)) return (seen.add(key), []);
    const text = `two policies are called "${name}"`;
    return [problem('INVALID_VALUE', text, { path: given.place, hints: [{ text: 'name one of them: --policy NAME=FILE' }] })];
  });
};

/** The full name of a policy is the role's name and the policy's own. */
const tooLong = (roleName: string, policies: readonly NamedPolicy[]): readonly Diagnostic[] =>
  policies.flatMap(({ name }) => {
    const full = policyNameFor(roleName, name);
    if (checkLimit('policyName', full) === undefined) return [];
    return [
      problem('INVALID_VALUE', `the policy's full name "${full}" has ${full.length} characters: 128 are allowed`, {
        path: '--policy',
      }),
    ];
  });

interface Allowed {
  readonly permissions: PermissionsRequest;
  readonly role: Pick<Spec['role'], 'name' | 'path' | 'permissionsBoundary'>;
}

/** In an account that is not known yet; what depends on it is its id in a few ARNs. */
export const permissionFaults = ({ permissions, role }: Allowed, { policies }: SpecInput): readonly Diagnostic[] => {
  const doubles = duplicates(policies);
  const place = { partition: 'aws', account: '222222222222', role, boundary: role.permissionsBoundary };
  const settled = doubles.length > 0 ? undefined : settlePermissions(permissions, place);
  return [...doubles, ...(settled?.ok === false ? settled.diagnostics : []), ...tooLong(role.name, permissions.policies)];
};

/** Whether there are to be any is not left open, nor said both ways. */
export const undecided = (input: SpecInput): readonly Diagnostic[] => {
  const isAny = countPermissions(input) > 0;
  if (saysNone(input))
    return isAny
      ? [
          problem('USAGE', 'no permissions and a policy were both asked for', {
            path: '--permissions',
            hints: [{ text: 'leave one out' }],
          }),
        ]
      : [];
  return isAny
    ? []
    : [
        problem('USAGE', 'the role needs permissions, and none were named', {
          path: '--policy',
          hints: [
            { text: 'by the name of what it is to manage', command: 'xacct init --preset s3-bucket:NAME' },
            { text: 'a JSON policy of yours', command: 'xacct init --policy s3=./s3.json' },
            { text: 'a policy that exists', command: 'xacct init --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess' },
            { text: 'really none', command: 'xacct init --permissions none' },
          ],
        }),
      ];
};
