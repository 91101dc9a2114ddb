/** Valid values of the domain, each with what a test wants to be different. */
import type { Access } from '#domain/access.ts';
import { settleArn, type Principal } from '#domain/principal.ts';
import { NO_CONDITIONS } from '#domain/trust-conditions.ts';
import { compile } from '#domain/compile.ts';
import type { Desired } from '#domain/desired.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { NO_SOURCE } from '#domain/source-wish.ts';
import type { Spec } from '#domain/spec.ts';
import { NOTHING, type Observed, type ObservedRole } from '#core/observe.ts';
import type { RoleState } from '#core/ports/account-iam.ts';
import { NOTHING_GIVEN, type SpecInput } from '#domain/spec-input.ts';

export const SOURCE_ROLE = 'arn:aws:iam::111111111111:role/ci';

export const allow = (action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
});

/** A user, role or root as a trust policy names it. */
export const awsPrincipal = (arn: string): Principal => settleArn(arn, arn.split(':')[4] ?? '');

export const SESSION_WISH: Spec['session'] = {
  name: 'terraform',
  seconds: 3600,
  tags: {},
  transitiveTagKeys: [],
  policy: undefined,
  policyArns: [],
  sourceIdentity: undefined,
};

type Changes = Partial<Omit<Spec, 'role' | 'permissions'>> & {
  readonly role?: Partial<Spec['role']>;
  readonly permissions?: Partial<Spec['permissions']>;
};

export const aSpec = ({ role, permissions, ...rest }: Changes = {}): Spec => ({
  name: 'dev',
  partition: 'aws',
  sourceAccount: '111111111111',
  targetAccount: '222222222222',
  region: 'eu-central-1',
  role: {
    name: 'xacct-terraform',
    path: '/',
    description: 'for tests',
    maxSessionSeconds: 3600,
    tags: {},
    trust: [awsPrincipal(SOURCE_ROLE)],
    externalId: { kind: 'given', values: ['7f3c'] },
    conditions: NO_CONDITIONS,
    permissionsBoundary: undefined,
    ...role,
  },
  permissions: {
    presets: [],
    policies: [{ name: 's3', document: allow('s3:GetObject') }],
    policyArns: [],
    isAdminAllowed: false,
    ...permissions,
  },
  session: SESSION_WISH,
  source: NO_SOURCE,
  ...rest,
});

export const NOTHING_THERE: Observed = { source: NOTHING, target: NOTHING, unread: [] };

export interface Hanging {
  readonly state?: Partial<RoleState>;
  readonly attachments?: readonly string[];
  readonly inline?: ObservedRole['inline'];
  readonly policies?: ObservedRole['policies'];
}

/** As if the target's part of `desired` had been carried out, but for `changes`. */
export const asMade = ({ role }: Desired, { state, ...changes }: Hanging = {}): Observed => {
  const { policies, policyArnPrefix: _, attachments, inline = {}, ...settings } = role;
  const found: ObservedRole = {
    state: { ...settings, ...state },
    attachments,
    inline: new Map(Object.entries(inline)),
    policies: new Map(policies.map(({ arn, document }) => [arn, { arn, document, versionId: 'v1', tags: role.tags }])),
    ...changes,
  };
  return { source: NOTHING, target: { ...NOTHING, roles: new Map([[role.name, found]]) }, unread: [] };
};

export const anAccess = (changes: Partial<Access> = {}): Access => ({ ...compile(aSpec()).access, ...changes });

export const aDesired = (changes: Changes = {}): Desired => compile(aSpec(changes));

/** Text values become flags of that name: `{ roleName: 'x' }` was given as `--role-name`. */
export const anInput = (
  texts: Readonly<Record<string, string | readonly string[]>>,
  rest: Partial<SpecInput> = {},
): SpecInput => {
  const place = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const given = Object.entries(texts).map(([key, value]) => [
    key,
    typeof value === 'string' ? { value, place: place(key) } : value.map((item) => ({ value: item, place: place(key) })),
  ]);
  return { ...NOTHING_GIVEN, name: 'dev', ...(Object.fromEntries(given) as Partial<SpecInput>), ...rest };
};
