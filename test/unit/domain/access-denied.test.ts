import { expect, test } from 'vitest';
import { parseAccessDenied } from '#domain/access-denied.ts';

const CALLER = 'arn:aws:sts::111111111111:assumed-role/guacamole/i-059a';
const ROLE = 'arn:aws:iam::222222222222:role/xacct-dev';
const SENTENCE = `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`;
const plain = { callerArn: CALLER, action: 'sts:AssumeRole', resource: ROLE };

test.each([
  ['the old wording', SENTENCE, plain],
  [
    'no identity-based policy',
    `${SENTENCE} because no identity-based policy allows the sts:AssumeRole action`,
    { ...plain, reason: { layer: 'identity', isExplicit: false } },
  ],
  [
    'no role trust policy',
    `${SENTENCE} because no role trust policy allows the sts:AssumeRole action`,
    { ...plain, reason: { layer: 'trust', isExplicit: false } },
  ],
  [
    'an explicit deny in the trust policy',
    `${SENTENCE} with an explicit deny in the role trust policy`,
    { ...plain, reason: { layer: 'trust', isExplicit: true } },
  ],
  [
    "the documentation's own slip, a sessions policy",
    `${SENTENCE} with an explicit deny in a sessions policy`,
    { ...plain, reason: { layer: 'session-policy', isExplicit: true } },
  ],
  [
    'an SCP with its ARN',
    `${SENTENCE} with an explicit deny in a service control policy: arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1`,
    {
      ...plain,
      reason: {
        layer: 'scp',
        isExplicit: true,
        policyArn: 'arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1',
      },
    },
  ],
  [
    'a Terraform log around it',
    `Error: Cannot assume IAM Role\n\noperation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: ${SENTENCE}\n\n  with provider`,
    plain,
  ],
  ['quotes around it', `An error occurred (AccessDenied): "${SENTENCE}"`, plain],
  ['no resource', `User: ${CALLER} is not authorized to perform: iam:ListRoles`, { callerArn: CALLER, action: 'iam:ListRoles' }],
  ['a policy kind that we do not know', `${SENTENCE} with an explicit deny in a lunar policy`, plain],
])('%s is read', (_, text, expected) => {
  expect(parseAccessDenied(text)).toEqual(expected);
});

test('other texts are not', () => {
  expect(parseAccessDenied('The security token included in the request is expired')).toBeUndefined();
});
