/** Trust policies that name the caller and hold it off all the same: by time, place, path, or one condition too many. */
import { SOURCE, TARGET } from '../../support/product.ts';
import { CARRIES, CI, document, ID, trusts, WITH_ID, type SetUp } from './set-up.ts';
import { ROOT, when } from './target-side.ts';

export const TRUST_LIMITS: readonly SetUp[] = [
  {
    title: 'the trust policy begins tomorrow',
    trust: when({ DateGreaterThan: { 'aws:CurrentTime': new Date(Date.now() + 86_400_000).toISOString() } }),
    cause: 'CONDITION_NOT_MET',
    actor: 'you',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names the root of another account beside a role of it',
    trust: document(trusts(['arn:aws:iam::333333333333:root', 'arn:aws:iam::444444444444:root'])),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy takes users below another path only',
    trust: document({
      Effect: 'Allow',
      Principal: { AWS: ROOT },
      Action: 'sts:AssumeRole',
      Condition: { ...WITH_ID, ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:user/ci/*` } },
    }),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'one of several conditions on the external ID wants another',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': ID }, StringLike: { 'sts:ExternalId': 'org-*' } })),
    cause: 'EXTERNAL_ID_WRONG',
    actor: 'target-admin',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a Deny for callers of other accounts',
    trust: document(trusts(CI), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { StringNotEquals: { 'aws:PrincipalAccount': TARGET } },
    }),
    cause: 'TRUST_DENIES',
  },
  {
    title: 'a Deny for other addresses',
    trust: document(trusts(CI), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    }),
    cause: 'NETWORK_REFUSED',
    fromSource: 'TRUST_DENIES',
  },
  {
    title: 'the trust policy names the caller for tags only',
    trust: document(CARRIES),
    cause: 'TRUST_REFUSES',
  },
  {
    title: 'a tag of the caller is asked for that it does not have',
    user: { Tags: [{ Key: 'team', Value: 'dev' }] },
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:PrincipalTag/team': 'infra' } }),
    cause: 'CONDITION_NOT_MET',
    fromSource: 'TRUST_REFUSES',
  },
];
