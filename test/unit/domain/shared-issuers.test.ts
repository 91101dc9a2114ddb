import { expect, test } from 'vitest';
import type { ConditionBlock, PolicyDocument } from '#domain/policy-document.ts';
import { checkSharedIssuers } from '#domain/shared-issuers.ts';

const trust = (issuer: string, Condition?: ConditionBlock, Effect: 'Allow' | 'Deny' = 'Allow'): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect,
      Principal: { Federated: `arn:aws:iam::222222222222:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...(Condition === undefined ? {} : { Condition }),
    },
  ],
});

const GITHUB = 'token.actions.githubusercontent.com';

test.each<readonly [string, PolicyDocument]>([
  ['a subject', trust(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/infra:ref:refs/heads/main' } })],
  ['a pattern of subjects', trust(GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } })],
  ['a key in another case', trust(GITHUB, { StringLike: { [`${GITHUB}:SUB`]: 'repo:acme/*' } })],
  [
    'an audience where that is the tenant',
    trust('oidc.vercel.com', { StringEquals: { 'oidc.vercel.com:aud': 'https://vercel.com/acme' } }),
  ],
  ['an issuer of its own', trust('gitlab.example.com')],
  ['a Deny', trust(GITHUB, undefined, 'Deny')],
])('%s is stored', (_, document) => {
  expect(checkSharedIssuers(document)).toEqual([]);
});

test.each<readonly [string, ConditionBlock | undefined]>([
  ['no condition', undefined],
  ['an audience alone', { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }],
  ['a wildcard alone', { StringLike: { [`${GITHUB}:sub`]: '*' } }],
  ['a wildcard among others', { StringLike: { [`${GITHUB}:sub`]: ['repo:acme/*', '*'] } }],
  ['a negated operator', { StringNotEquals: { [`${GITHUB}:sub`]: 'repo:evil/*' } }],
  ['an operator that a missing claim satisfies', { 'ForAllValues:StringLike': { [`${GITHUB}:sub`]: 'repo:acme/*' } }],
  ['the same with IfExists', { StringLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme/*' } }],
  ['the subject of another issuer', { StringLike: { 'gitlab.com:sub': 'repo:acme/*' } }],
])('%s is refused', (_, condition) => {
  const faults = checkSharedIssuers(trust(GITHUB, condition));
  expect(faults.map(({ code, message, path }) => [code, message, path])).toEqual([
    [
      'INVALID_POLICY',
      `trusts ${GITHUB}, which others share, without a condition on ${GITHUB}:sub that is more than a wildcard`,
      'Statement[0].Condition',
    ],
  ]);
});
