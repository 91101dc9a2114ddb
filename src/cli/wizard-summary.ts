/** What the answers come to, in words, before anything is planned. */
import { halfName, HALVES } from '#domain/pair.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { GivenList } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import type { Step } from '#core/ports/prompter.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { wrap } from './render/statement.ts';
import type { Party } from './wizard-known.ts';

const CONDITIONS: readonly (readonly [flag: string, words: string])[] = [
  ['source-ip', 'from'],
  ['org', 'of organization'],
  ['org-path', 'of unit'],
  ['session-name-prefix', 'session name begins with'],
  ['require-session-tag', 'session tag'],
  ['require-source-identity', 'source identity'],
];

const partyOf = (party: Party | undefined, profile: string | undefined): string => {
  if (party === undefined) return 'no credentials here: the role will be made, not proved';
  const alias = party.alias === undefined ? '' : ` (${party.alias})`;
  return `account ${party.account}${alias}${profile === undefined ? '' : `, profile ${profile}`}`;
};

export interface Parties {
  readonly target: Party;
  readonly source: Party | undefined;
}

type Row = readonly [label: string, text: string];

const whoPlans = (input: Input): readonly Row[] => {
  if (!input.isSet('pair')) return [];
  const planners = (input.list('plan-trust') ?? []).map(({ value }) => value);
  return [['who only plans', planners.join(', ') || 'pull requests and plan phases of those, else the same']];
};

/** One role, or of a pair two. */
const rolesNamed = (name: string, input: Input): readonly string[] =>
  input.isSet('pair') ? HALVES.map((half) => halfName(name, half)) : [name];

const hubOf = (input: Input): readonly Row[] =>
  input.text('layout')?.value === 'hub'
    ? [['tokens enter', `the source: ${rolesNamed(input.text('hub-role')?.value ?? VALUES.hubRole.default, input).join(', ')}`]]
    : [];

const kindsOf = (trust: GivenList = []) =>
  trust.flatMap((given) => {
    const parsed = parsePrincipal(given);
    return parsed.ok ? [parsed.value] : [];
  });

/** What is made there beside the target's role: the caller that was named may need more than the role that trusts it. */
const sourceSide = (input: Input): string => {
  const trust = kindsOf(input.list('trust'));
  const instances = trust.flatMap((one) => (one.kind === 'ec2' ? [one.roleName ?? VALUES.instanceRole.default] : []));
  const hasHub = input.text('layout')?.value === 'hub' && trust.some(({ kind }) => kind === 'oidc');
  const handoff = input.text('handoff')?.value;
  const made = [
    ...instances.map(
      (name) => `the instances' role ${name} and its instance profile where missing, and its policy to use the role`,
    ),
    ...(hasHub ? ['the hub and the provider of its tokens where missing, and its policy to use the role'] : []),
    ...(input.isSet('grant-source') ? ['a policy lets the caller use the role'] : []),
    ...(handoff === undefined ? [] : [`what its administrator is to do goes into ${handoff}`]),
  ];
  return made.join('; ') || 'left as it is';
};

/** Whoever the credentials are now is whom the role will trust. */
const nameIn = (who: string, source: Party | undefined): string =>
  who === 'self' && source !== undefined ? `self (${source.arn})` : who;

/** As an ARN would say it: the path of most roles is `/`, and tells nothing. */
const rolesWithPath = (input: Input): string => {
  const path = input.text('path')?.value ?? VALUES.path.default;
  const names = rolesNamed(input.text('role-name')?.value ?? VALUES.roleName.default, input);
  return names.map((name) => (path === '/' ? name : `${path}${name}`)).join(', ');
};

const boundariesOf = (input: Input): readonly Row[] =>
  (
    [
      ['boundary', 'permissions-boundary'],
      ['source boundary', 'source-permissions-boundary'],
    ] as const
  ).flatMap(([label, flag]) => {
    const given = input.text(flag);
    return given === undefined ? [] : [[label, given.value] as const];
  });

const summaryRows = (input: Input, { target, source }: Parties): readonly Row[] => {
  const all = (flag: string): readonly string[] => (input.list(flag) ?? []).map(({ value }) => value);
  const one = (flag: string): string | undefined => input.text(flag)?.value;
  const via = all('via-role');
  const permissions = [...all('preset'), ...all('policy'), ...all('policy-arn')];
  const conditions = CONDITIONS.flatMap(([flag, words]) =>
    [...new Set([...all(flag), ...(one(flag) === undefined ? [] : [one(flag) ?? ''])])].map((value) => `${words} ${value}`),
  );
  const mfa = input.isSet('require-mfa') ? ['with an MFA code'] : [];
  return [
    ['target', [partyOf(target, one('target-profile')), ...via.map((role) => `through ${role}`)].join(', ')],
    ['source', partyOf(source, one('source-profile'))],
    ['who comes', (all('trust').length > 0 ? all('trust') : ['self']).map((who) => nameIn(who, source)).join(', ')],
    ...whoPlans(input),
    ...hubOf(input),
    ['external ID', all('external-id').join(', ') || 'generate'],
    ['conditions', [...conditions, ...mfa].join(', ') || 'none'],
    ['permissions', permissions.join(', ') || 'none'],
    ['role', rolesWithPath(input)],
    ...boundariesOf(input),
    ['longest session', one('max-session-duration') ?? VALUES.maxSessionDuration.default],
    ['region', one('region') ?? ''],
    ['source side', sourceSide(input)],
  ];
};

const LABEL = 18;

export const renderSummary = (input: Input, parties: Parties, { paint, width }: Pick<Context, 'paint' | 'width'>): string => {
  const lines = summaryRows(input, parties).flatMap(([label, text]) =>
    wrap(text, width - LABEL).map((line, index) => `  ${paint.dim((index === 0 ? label : '').padEnd(LABEL - 2))}${line}`),
  );
  return `\n${lines.join('\n')}\n`;
};

export const SUMMARY_STEP: Step = {
  message: 'Is that what you want?',
  why: 'The plan comes next, with everything that would change; nothing is made before you agree to it. (Esc: back)',
  default: 'plan',
  choices: [
    { value: 'plan', label: 'yes, show the plan' },
    { value: 'again', label: 'no, go through the questions again, with my answers' },
  ],
};
