/** The plain documents: what an account holds, as JSON files. */
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { EmittedFile, MadeAccount, MadeTarget } from './emitted.ts';

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

const targetDocuments = ({ desired: { role, sourceGrant } }: MadeTarget): readonly (readonly [string, PolicyDocument])[] => [
  ['trust-policy', role.trustPolicy],
  ...role.policies.map(({ name, document }) => [name, document] as const),
  // The source's principals need it beside what the target allows.
  ['source-policy', sourceGrant],
];

const sourceDocuments = ({ holds: { roles, grants } }: MadeAccount): readonly (readonly [string, PolicyDocument])[] => [
  ...roles.map(({ name, trustPolicy }) => [`${name}-trust-policy`, trustPolicy] as const),
  ...grants.map(({ owner, policyName, document }) => [`${owner.kind}-${owner.name}-${policyName}`, document] as const),
];

export const emitPolicies = (account: MadeAccount): readonly EmittedFile[] =>
  (account.target ? targetDocuments(account.target) : sourceDocuments(account)).map(([name, document]) => ({
    path: `${account.folder}/${name}.json`,
    content: json(document),
  }));
