/** Calls of AssumeRoleWithWebIdentity by chance: GitHub's and GitLab's tokens against trust policies over their claims. */
import { chanceOf, ROLE } from './generate.mjs';

const TARGET = '222222222222';
const providerOf = (account, issuer) => `arn:aws:iam::${account}:oidc-provider/${issuer}`;

/** @param {string} issuer */
const conditionsOf = (issuer) => [
  { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' } },
  { StringEquals: { [`${issuer}:aud`]: ['sts.amazonaws.com', 'https://gitlab.com'] } },
  { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: 'repo:acme/infra:ref:refs/heads/main' } },
  { StringEquals: { [`${issuer}:sub`]: 'repo:acme/infra:*' } },
  { StringLike: { [`${issuer}:sub`]: 'repo:acme/*' } },
  { StringLike: { [`${issuer}:sub`]: ['repo:acme/infra:ref:refs/heads/*', 'repo:acme/infra:environment:prod'] } },
  { StringNotLike: { [`${issuer}:sub`]: '*:pull_request' } },
  { StringEqualsIgnoreCase: { [`${issuer}:sub`]: 'REPO:ACME/INFRA:environment:prod' } },
  { 'ForAllValues:StringLike': { [`${issuer}:sub`]: 'repo:acme/*' } },
  { 'ForAnyValue:StringLike': { [`${issuer}:sub`]: ['repo:other/*', 'repo:acme/*'] } },
  { StringLikeIfExists: { [`${issuer}:sub`]: 'repo:acme/infra:*' } },
  { Null: { [`${issuer}:sub`]: 'false' } },
  { Null: { [`${issuer}:email`]: 'true' } },
  { StringEqualsIfExists: { [`${issuer}:email`]: 'a@example.com' } },
  { StringNotEquals: { [`${issuer}:email`]: 'a@example.com' } },
  { StringLike: { 'sts:RoleSessionName': 'run-*' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } },
  { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
];

const SUBJECTS = [
  'repo:acme/infra:ref:refs/heads/main',
  'repo:acme/infra:environment:prod',
  'repo:acme/infra:pull_request',
  'repo:other/infra:ref:refs/heads/main',
];

/** @param {number} seed */
export const generateWebIdentity = (seed) => {
  const chance = chanceOf(seed ^ 0x01dc);
  const maybe = (share) => chance() < share;
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const issuer = pick(['token.actions.githubusercontent.com', 'gitlab.com']);
  const principals = [
    { Federated: providerOf(TARGET, issuer) },
    { Federated: providerOf(TARGET, issuer) },
    { Federated: [providerOf(TARGET, 'other.example.com'), providerOf(TARGET, issuer)] },
    { Federated: providerOf('333333333333', issuer) },
    { Federated: providerOf(TARGET, 'other.example.com') },
    { AWS: TARGET },
    { AWS: '*' },
  ];
  const statement = () => ({
    Effect: maybe(0.15) ? 'Deny' : 'Allow',
    Principal: pick(principals),
    Action: pick([
      'sts:AssumeRoleWithWebIdentity',
      'sts:AssumeRoleWithWebIdentity',
      'sts:*',
      'sts:AssumeRoleWith*',
      'sts:AssumeRole',
    ]),
    ...(maybe(0.8) ? { Condition: pick(conditionsOf(issuer)) } : {}),
  });
  return {
    id: `token-${seed}`,
    time: '2026-03-01T00:00:00Z',
    caller: {
      arn: providerOf(TARGET, issuer),
      kind: 'web-identity',
      sourceIp: pick(['203.0.113.7', '198.51.100.1']),
      claims: {
        iss: `https://${issuer}`,
        aud: pick(['sts.amazonaws.com', 'sts.amazonaws.com', 'https://gitlab.com']),
        sub: pick(SUBJECTS),
        ...(maybe(0.3) ? { email: pick(['a@example.com', 'b@example.com']) } : {}),
      },
    },
    role: {
      arn: ROLE,
      trustPolicy: {
        Version: maybe(0.9) ? '2012-10-17' : '2008-10-17',
        Statement: Array.from({ length: 1 + Math.floor(chance() * 3) }, statement),
      },
    },
    request: { sessionName: pick(['run-1', 'alice']) },
  };
};
