/** The same faults in AWS's older words, which name no kind of policy; and calls that come through an endpoint of a VPC. */
import type { SandboxSeed } from '#sandbox/open.ts';
import { SOURCE, TARGET } from '../../support/product.ts';
import { allow, ASSUME, CI, deny, document, ROLE, trusts, type SetUp } from './set-up.ts';

const OLD = { faults: { wording: 'old' } } as const satisfies SandboxSeed;
const UNSAID = { fromSource: 'TRUST_OR_GRANT_MISSING', untold: "AWS's older words name no side" } as const;
const other = { ...OLD, accounts: { [SOURCE]: { users: [{ UserName: 'cj' }] } } };

const through = (...Statement: readonly object[]): SandboxSeed =>
  ({ faults: { vpcEndpoint: { id: 'vpce-1', policy: { Version: '2012-10-17', Statement } } } }) as SandboxSeed;
const everybody = { Principal: '*' };

export const WORDS_AND_WAYS: readonly SetUp[] = [
  { title: 'in old words: the user has no policy', grants: [], more: OLD, cause: 'SOURCE_GRANT_MISSING', ...UNSAID },
  {
    title: 'in old words: the grant is for another role',
    grants: [document(allow('sts:*', `arn:aws:iam::${TARGET}:role/other`))],
    more: OLD,
    cause: 'GRANT_NAMES_OTHER_ROLE',
    ...UNSAID,
  },
  {
    title: 'in old words: the trust policy names another user',
    trust: document(trusts(`arn:aws:iam::${SOURCE}:user/cj`)),
    more: other,
    cause: 'TRUST_NAMES_OTHERS',
    ...UNSAID,
  },
  {
    title: 'in old words: another external ID is asked for',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': 'ext-new' } })),
    more: OLD,
    cause: 'EXTERNAL_ID_WRONG',
    ...UNSAID,
  },
  {
    title: 'in old words: a Deny of the user',
    grants: [document(ASSUME), document(deny('sts:AssumeRole'))],
    more: OLD,
    cause: 'SOURCE_DENIES',
    ...UNSAID,
  },
  {
    title: 'in old words: a Deny of the trust policy',
    trust: document(trusts(CI), { Effect: 'Deny', Principal: { AWS: CI }, Action: 'sts:AssumeRole' }),
    more: OLD,
    cause: 'TRUST_DENIES',
    ...UNSAID,
  },
  {
    title: 'in old words: sts:TagSession is not trusted',
    trust: document(trusts(CI)),
    more: OLD,
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_TRUSTED',
    ...UNSAID,
  },
  {
    title: 'in old words: an external ID is forbidden',
    trust: document(trusts(CI, { Null: { 'sts:ExternalId': 'true' } })),
    more: OLD,
    cause: 'EXTERNAL_ID_FORBIDDEN',
  },
  {
    title: 'the endpoint of the VPC lets other calls through only',
    more: through({ Effect: 'Allow', ...everybody, Action: 'sts:GetCallerIdentity', Resource: '*' }),
    cause: 'VPC_ENDPOINT_REFUSES',
  },
  {
    title: 'the endpoint of the VPC is for another role',
    more: through({ Effect: 'Allow', ...everybody, Action: 'sts:*', Resource: `arn:aws:iam::${TARGET}:role/other` }),
    cause: 'VPC_ENDPOINT_REFUSES',
  },
  {
    title: 'the endpoint of the VPC holds other accounts back',
    more: through(
      { Effect: 'Allow', ...everybody, Action: '*', Resource: '*' },
      {
        Effect: 'Deny',
        ...everybody,
        Action: 'sts:AssumeRole',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:ResourceAccount': SOURCE } },
      },
    ),
    cause: 'VPC_ENDPOINT_REFUSES',
  },
  {
    title: 'the endpoint of the VPC lets no tags through',
    more: through({ Effect: 'Allow', ...everybody, Action: 'sts:AssumeRole', Resource: ROLE }),
    argv: ['--session-tag', 'team=infra'],
    cause: 'VPC_ENDPOINT_REFUSES',
  },
];
