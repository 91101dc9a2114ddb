/** The trust policy of a Spec, judged by the evaluator: who was named gets in with everything right, and nobody with anything missing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '#domain/compile.ts';
import { checkSharedIssuers } from '#domain/shared-issuers.ts';
import { parsePolicyDocument } from '#domain/policy-document.ts';
import { readOidc } from '#domain/oidc-principal.ts';
import type { Principal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import { decideAssumeRole } from '#policy/library.ts';
import type { AssumeRoleRequest, Caller } from '#policy/scenario.ts';
import { aSpec, awsPrincipal } from '../support/builders.ts';

const SOURCE = '111111111111';
const GRANT = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }],
};

const oidc = (name: string): Principal => {
  const reading = readOidc(name);
  if (reading === undefined || 'refused' in reading) throw new Error(name);
  return reading;
};

/** A principal, a caller that it stands for, and one beside it. */
interface Case {
  readonly principal: Principal;
  readonly inside: Caller;
  readonly outside: Caller;
}

const session = (path: string, name: string, account = SOURCE): Caller => ({
  arn: `arn:aws:sts::${account}:assumed-role/${name}/terraform`,
  kind: 'assumed-role',
  roleArn: `arn:aws:iam::${account}:role${path}${name}`,
  identityPolicies: [GRANT],
});
const user = (name: string): Caller => ({ arn: `arn:aws:iam::${SOURCE}:user/${name}`, kind: 'user', identityPolicies: [GRANT] });
const token = (iss: string, aud: string, sub: string): Caller => ({ arn: iss, kind: 'web-identity', claims: { iss, aud, sub } });
const github = (sub: string): Caller => token('https://token.actions.githubusercontent.com', 'sts.amazonaws.com', sub);

const SSO = '/aws-reserved/sso.amazonaws.com/';
const sso = { kind: 'sso', account: SOURCE, permissionSet: 'Admin' } as const;

const CASES: readonly Case[] = [
  { principal: awsPrincipal(`arn:aws:iam::${SOURCE}:role/ops/ci`), inside: session('/ops/', 'ci'), outside: session('/', 'ci') },
  { principal: awsPrincipal(`arn:aws:iam::${SOURCE}:user/jane`), inside: user('jane'), outside: user('Jane') },
  { principal: awsPrincipal(`arn:aws:iam::${SOURCE}:root`), inside: user('any'), outside: session('/', 'any', '333333333333') },
  {
    principal: sso,
    inside: session(`${SSO}eu-west-1/`, 'AWSReservedSSO_Admin_0123456789abcdef'),
    outside: session(`${SSO}eu-west-1/`, 'AWSReservedSSO_Admin_Guest_0123456789abcdef'),
  },
  {
    principal: sso,
    inside: session(SSO, 'AWSReservedSSO_Admin_0123456789abcdef'),
    outside: session('/', 'AWSReservedSSO_Admin_0123456789abcdef'),
  },
  {
    principal: oidc('github:acme/app:environment=prod'),
    inside: github('repo:acme/app:environment:prod'),
    outside: github('repo:acme/app:environment:production'),
  },
  {
    principal: oidc('github:acme@1/app@2:ref=refs/heads/main'),
    inside: github('repo:acme@1/app@2:ref:refs/heads/main'),
    outside: github('repo:acme@1/app@3:ref:refs/heads/main'),
  },
  {
    principal: oidc('gitlab:acme/infra/app:branch=main'),
    inside: token('https://gitlab.com', 'https://gitlab.com', 'project_path:acme/infra/app:ref_type:branch:ref:main'),
    outside: token('https://gitlab.com', 'https://gitlab.com', 'project_path:acme/infra/app:ref_type:tag:ref:main'),
  },
  {
    principal: oidc('tfc:acme/web/prod:apply'),
    inside: token(
      'https://app.terraform.io',
      'aws.workload.identity',
      'organization:acme:project:web:workspace:prod:run_phase:apply',
    ),
    outside: token(
      'https://app.terraform.io',
      'aws.workload.identity',
      'organization:acme:project:web:workspace:prod:run_phase:plan',
    ),
  },
  {
    principal: oidc('irsa:https://oidc.eks.eu-west-1.amazonaws.com/id/ABC:infra/terraform'),
    inside: token(
      'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
      'sts.amazonaws.com',
      'system:serviceaccount:infra:terraform',
    ),
    outside: token('https://oidc.eks.eu-west-1.amazonaws.com/id/ABC', 'other', 'system:serviceaccount:infra:terraform'),
  },
];

/** A condition, and a caller and request without what it asks for. */
interface Demand {
  readonly conditions: Partial<Spec['role']['conditions']>;
  readonly isForTokens: boolean;
  readonly spoil: (caller: Caller, request: AssumeRoleRequest) => readonly [Caller, AssumeRoleRequest];
}

const DEMANDS: Readonly<Record<string, Demand>> = {
  mfa: { conditions: { mfa: true }, isForTokens: false, spoil: (caller, request) => [{ ...caller, mfa: false }, request] },
  sourceIp: {
    conditions: { sourceIps: ['203.0.113.0/24', '2001:db8::/32'] },
    isForTokens: true,
    spoil: (caller, request) => [{ ...caller, sourceIp: '198.51.100.1' }, request],
  },
  orgId: {
    conditions: { orgId: 'o-a1b2c3d4e5' },
    isForTokens: false,
    spoil: (caller, request) => [{ ...caller, orgId: 'o-zzzzzzzzzz' }, request],
  },
  orgPaths: {
    conditions: { orgPaths: ['o-a1b2c3d4e5/r-ab12/*'] },
    isForTokens: false,
    spoil: (caller, request) => [{ ...caller, orgPath: 'o-a1b2c3d4e5/r-zz12/' }, request],
  },
  sessionNamePrefix: {
    conditions: { sessionNamePrefix: 'terra' },
    isForTokens: true,
    spoil: (caller, request) => [caller, { ...request, sessionName: 'x-terraform' }],
  },
  sourceIdentity: {
    conditions: { sourceIdentities: ['jane', 'joe'] },
    isForTokens: false,
    spoil: (caller, request) => [caller, { ...request, sourceIdentity: 'eve' }],
  },
  sessionTag: {
    conditions: { sessionTags: { team: 'infra' } },
    isForTokens: false,
    spoil: (caller, request) => [caller, { ...request, tags: { team: 'web', ticket: '1' } }],
  },
  anyTag: {
    conditions: { sessionTags: { ticket: undefined } },
    isForTokens: false,
    spoil: (caller, request) => [caller, { ...request, tags: { team: 'infra' } }],
  },
};

const isToken = ({ principal }: Case): boolean => principal.kind === 'oidc';

const set = fc
  .record({
    cases: fc.subarray([...CASES], { minLength: 1 }),
    demands: fc.subarray(Object.keys(DEMANDS)),
    ids: fc.constantFrom<readonly string[]>([], ['one'], ['new', 'old']),
  })
  .map(({ cases, demands, ids: [first, ...rest] }) => {
    const kept = demands.map((name) => DEMANDS[name] ?? DEMANDS['mfa']).filter((demand) => demand !== undefined);
    const all = cases.some(isToken) ? kept.filter(({ isForTokens }) => isForTokens) : kept;
    const conditions = all.reduce((block, demand) => {
      const sessionTags = { ...block.sessionTags, ...demand.conditions.sessionTags };
      return { ...block, ...demand.conditions, sessionTags };
    }, aSpec().role.conditions);
    const externalId: Spec['role']['externalId'] =
      first === undefined ? { kind: 'none' } : { kind: 'given', values: [first, ...rest] };
    const trust = [...new Map(cases.map(({ principal }) => [JSON.stringify(principal), principal])).values()];
    return {
      cases,
      demands: all,
      ids: first === undefined ? [] : [first, ...rest],
      spec: aSpec({ role: { trust, conditions, externalId } }),
    };
  });

const GOOD = { mfa: true, sourceIp: '203.0.113.7', orgId: 'o-a1b2c3d4e5', orgPath: 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/' };

const good = (caller: Caller): Caller => ({ ...caller, ...GOOD });

const requestFor = (caller: Caller, id: string | undefined): AssumeRoleRequest => ({
  sessionName: 'terraform',
  durationSeconds: 3600,
  ...(caller.kind !== 'web-identity' && {
    ...(id !== undefined && { externalId: id }),
    sourceIdentity: 'jane',
    tags: { team: 'infra', ticket: '42' },
  }),
});

const mayEnter = (spec: Spec, caller: Caller, request: AssumeRoleRequest): boolean => {
  const { role } = compile(spec);
  return decideAssumeRole({ caller, role: { arn: role.arn, trustPolicy: role.trustPolicy }, request }).verdict === 'allowed';
};

describe('the trust policy of a set-up', () => {
  test('lets in whom it names, with every external ID, and nobody beside them', () => {
    fc.assert(
      fc.property(set, ({ cases, ids, spec }) => {
        const isOpen = cases.some(({ principal }) => principal.kind === 'aws' && principal.arn.endsWith(':root'));
        for (const { inside, outside, principal } of cases) {
          for (const id of ids.length === 0 ? [undefined] : ids)
            expect(mayEnter(spec, good(inside), requestFor(inside, id)), JSON.stringify(principal)).toBe(true);
          const isOfOpen = isOpen && outside.arn.includes(SOURCE);
          const isNamed = cases.some((other) => other.inside.roleArn !== undefined && other.inside.roleArn === outside.roleArn);
          if (!isOfOpen && !isNamed)
            expect(mayEnter(spec, good(outside), requestFor(outside, ids[0])), JSON.stringify(principal)).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('refuses whoever lacks one thing that it asks for', () => {
    fc.assert(
      fc.property(set, ({ cases, demands, ids, spec }) => {
        for (const { inside } of cases) {
          for (const { spoil } of demands) {
            const [caller, request] = spoil(good(inside), requestFor(inside, ids[0]));
            expect(mayEnter(spec, caller, request)).toBe(false);
          }
          if (ids.length === 0 || inside.kind === 'web-identity') continue;
          expect(mayEnter(spec, good(inside), requestFor(inside, undefined))).toBe(false);
          expect(mayEnter(spec, good(inside), requestFor(inside, 'wrong'))).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is one that IAM takes: its grammar, and the rule of shared issuers', () => {
    fc.assert(
      fc.property(set, ({ spec }) => {
        const { trustPolicy } = compile(spec).role;
        expect([parsePolicyDocument(JSON.stringify(trustPolicy), 'trust').ok, checkSharedIssuers(trustPolicy)]).toEqual([
          true,
          [],
        ]);
      }),
      { numRuns: 50 },
    );
  });
});
