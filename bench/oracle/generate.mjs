/** Scenarios by chance, the same for the same seed: well-formed policies and parameters, in every combination of layers. */

const SOURCE = '111111111111';
const TARGET = '222222222222';
export const ROLE = `arn:aws:iam::${TARGET}:role/xacct-dev`;

/** mulberry32: small, and good enough to pick from lists. @param {number} seed */
export const chanceOf = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const ACTIONS = [
  'sts:AssumeRole',
  'sts:AssumeRole',
  'sts:*',
  'sts:Assume*',
  'STS:assumerole',
  'sts:TagSession',
  'sts:SetSourceIdentity',
];
const OWN_ACTIONS = [...ACTIONS, '*', 's3:*', 'sts:?ssumeRole'];
const RESOURCES = [
  '*',
  ROLE,
  ROLE,
  `arn:aws:iam::${TARGET}:role/*`,
  `arn:aws:iam::${TARGET}:role/xacct-???`,
  'arn:aws:iam::*:role/xacct-dev',
  `arn:aws:iam::${TARGET}:role/other`,
  `arn:aws:iam::${TARGET}:role/\${aws:PrincipalTag/role}`,
  'arn:aws:s3:::bucket',
];

/** Condition blocks over what a request may or may not bring. */
const CONDITIONS = [
  { StringEquals: { 'sts:ExternalId': 'id-1' } },
  { StringEquals: { 'sts:ExternalId': ['id-1', 'id-2'] } },
  { StringNotEquals: { 'sts:ExternalId': 'id-1' } },
  { StringLike: { 'sts:ExternalId': 'id-*' } },
  { StringNotLike: { 'sts:ExternalId': 'id-?' } },
  { StringEqualsIfExists: { 'sts:ExternalId': 'id-1' } },
  { StringEqualsIgnoreCase: { 'sts:ExternalId': 'ID-1' } },
  { Null: { 'sts:ExternalId': 'false' } },
  { Null: { 'sts:ExternalId': true } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
  { NumericGreaterThanEqualsIfExists: { 'aws:MultiFactorAuthAge': 600 } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-acme' } },
  { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-acme' } },
  { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-acme/r-1/*' } },
  { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/ci/deployer` } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci/*' } },
  { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*' } },
  { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::1*:role/*' } },
  { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
  { StringEquals: { 'aws:RequestTag/team': '${aws:PrincipalTag/team}' } },
  { StringEquals: { 'aws:RequestTag/team': "${aws:PrincipalTag/team, 'red'}" } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost'] } },
  { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'cost' } },
  { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': 'cost' } },
  { StringLike: { 'sts:RoleSessionName': '${aws:username}' } },
  { StringLike: { 'sts:RoleSessionName': 'run-*' } },
  { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } },
  { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { DateLessThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } },
  { StringEquals: { 'aws:PrincipalAccount': SOURCE }, Bool: { 'aws:SecureTransport': 'true' } },
  { StringEquals: { 'aws:ResourceAccount': TARGET } },
  { StringEquals: { 'aws:PRINCIPALTAG/team': 'red', 'aws:username': 'alice' } },
  { StringEquals: { 'sts:SourceIdentity': 'alice' } },
];

const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const FULL_RCP = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

/** @param {number} seed */
export const generate = (seed) => {
  const chance = chanceOf(seed);
  const maybe = (share) => chance() < share;
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const several = (most, make) => Array.from({ length: 1 + Math.floor(chance() * most) }, make);
  const oneOrMany = (list) => (maybe(0.6) ? pick(list) : several(3, () => pick(list)));

  const account = maybe(0.6) ? SOURCE : TARGET;
  const user = `arn:aws:iam::${account}:user/alice`;
  const roleArn = `arn:aws:iam::${account}:role/ci/deployer`;
  const session = `arn:aws:sts::${account}:assumed-role/deployer/run-1`;
  const isSession = maybe(0.5);
  const others = [`arn:aws:iam::${account}:user/bob`, `arn:aws:iam::333333333333:root`, `arn:aws:iam::${account}:role/deployer`];
  const uniqueId = isSession ? 'AROADEPLOYER00EXAMPLE' : 'AIDAALICE00000EXAMPLE';
  const ids = [uniqueId, 'AIDADELETED000EXAMPLE'];
  const principals = [
    account,
    `arn:aws:iam::${account}:root`,
    user,
    roleArn,
    session,
    '*',
    ...others,
    ...(maybe(0.2) ? ids : []),
  ];

  const condition = (share) => (maybe(share) ? { Condition: pick(CONDITIONS) } : {});
  const version = () => (maybe(0.9) ? '2012-10-17' : '2008-10-17');
  const effect = (denies) => (maybe(denies) ? 'Deny' : 'Allow');
  const trust = () => ({
    Effect: effect(0.15),
    Principal: maybe(0.05) ? { Service: 'ec2.amazonaws.com' } : { AWS: oneOrMany(principals) },
    ...(maybe(0.05) ? { NotAction: pick(ACTIONS) } : { Action: oneOrMany(ACTIONS) }),
    ...condition(0.55),
  });
  const own = (denies) => () => ({
    Effect: effect(denies),
    ...(maybe(0.1) ? { NotAction: pick(OWN_ACTIONS.slice(0, 7)) } : { Action: oneOrMany(OWN_ACTIONS) }),
    ...(maybe(0.1) ? { NotResource: oneOrMany(RESOURCES.slice(1)) } : { Resource: oneOrMany(RESOURCES) }),
    ...condition(0.35),
  });
  const policy = (denies, most = 2) => ({ Version: version(), Statement: several(most, own(denies)) });
  const level = (name) => ({
    level: name,
    policies: maybe(0.75) ? [FULL, ...(maybe(0.5) ? [policy(0.7, 1)] : [])] : [policy(0.3)],
  });
  const rcpDeny = () => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: pick(['sts:AssumeRole', 'sts:*']), Resource: '*', ...condition(1) }],
  });

  const tags = maybe(0.2) ? { team: pick(['red', 'blue']), ...(maybe(0.3) ? { cost: '1' } : {}) } : undefined;
  const caller = {
    arn: isSession ? session : user,
    kind: isSession ? 'assumed-role' : 'user',
    ...(isSession ? { roleArn } : {}),
    uniqueId,
    ...(maybe(0.9) ? { identityPolicies: several(2, () => policy(0.12)) } : {}),
    ...(maybe(0.15) ? { boundary: policy(0.1) } : {}),
    ...(isSession && maybe(0.15) ? { sessionPolicy: policy(0.1) } : {}),
    ...(maybe(0.2) ? { scps: several(2, () => level(pick(['r-1', 'ou-1']))) } : {}),
    ...(maybe(0.5)
      ? pick([
          { orgId: 'o-acme', orgPath: 'o-acme/r-1/ou-1/' },
          { orgId: 'o-other', orgPath: 'o-other/r-2/' },
        ])
      : {}),
    ...(maybe(0.4) ? { tags: { team: pick(['red', 'blue']), role: 'xacct-dev' } } : {}),
    ...(maybe(0.4) ? pick([{ mfa: false }, { mfa: true }, { mfa: true, mfaAge: pick([10, 600, 7200]) }]) : {}),
    ...(maybe(0.4) ? { sourceIp: pick(['203.0.113.7', '198.51.100.1', '2001:db8::1']) } : {}),
  };
  return {
    id: `seed-${seed}`,
    ...(maybe(0.5) ? { time: pick(['2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z']) } : {}),
    caller,
    role: {
      arn: ROLE,
      trustPolicy: { Version: version(), Statement: several(3, trust) },
      ...(maybe(0.15) ? { rcps: [{ level: 'r-2', policies: [FULL_RCP, ...(maybe(0.7) ? [rcpDeny()] : [])] }] } : {}),
    },
    request: {
      sessionName: pick(['run-1', 'alice']),
      ...(maybe(0.5) ? { externalId: pick(['id-1', 'id-2', 'other']) } : {}),
      ...(tags === undefined ? {} : { tags }),
      ...(maybe(0.1) ? { sourceIdentity: pick(['alice', 'bob']) } : {}),
    },
  };
};
