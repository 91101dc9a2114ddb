/** Who may be trusted, as a person names it. */
import { describe, expect, test } from 'vitest';
import { assumePathless, isSsoRole, parsePrincipal, settlePrincipal, type PrincipalRequest } from '#domain/principal.ts';

const TAKEN: readonly (readonly [string, PrincipalRequest])[] = [
  ['self', { kind: 'self' }],
  ['111111111111', { kind: 'account', account: '111111111111' }],
  [
    'arn:aws:iam::111111111111:root',
    { kind: 'arn', arn: 'arn:aws:iam::111111111111:root', account: '111111111111', partition: 'aws' },
  ],
  [
    'arn:aws-cn:iam::111111111111:user/ops/jane',
    { kind: 'arn', arn: 'arn:aws-cn:iam::111111111111:user/ops/jane', account: '111111111111', partition: 'aws-cn' },
  ],
  [
    'arn:aws:iam::111111111111:role/ci',
    { kind: 'arn', arn: 'arn:aws:iam::111111111111:role/ci', account: '111111111111', partition: 'aws' },
  ],
];

describe('a principal', () => {
  test.each(TAKEN)('%s is taken', (text, request) => {
    expect(parsePrincipal(text, '--trust')).toEqual({ ok: true, value: request });
  });

  test('a session stands for its role', () => {
    expect(parsePrincipal('arn:aws:sts::111111111111:assumed-role/ci/run-1', '--trust')).toMatchObject({
      ok: true,
      value: { kind: 'session', account: '111111111111', partition: 'aws', roleName: 'ci' },
    });
  });

  test.each([
    ['*', 'the principal "*" has a wildcard: a role would trust more than you can name'],
    [
      'arn:aws:iam::111111111111:role/*',
      'the principal "arn:aws:iam::111111111111:role/*" has a wildcard: a role would trust more than you can name',
    ],
    [
      'ec2.amazonaws.com',
      'the principal "ec2.amazonaws.com" is a service: trusting it here lets only services of the target account in. Trust the role that runs there',
    ],
    ['1111', 'the principal "1111" has 4 digits: an account id has 12'],
    [
      'arn:aws:iam::111111111111:group/admins',
      'the principal "arn:aws:iam::111111111111:group/admins" is an ARN, but not of an account root, user, role or role session',
    ],
    ['jane', 'the principal "jane" is not a principal'],
    ['', 'the principal "" is not a principal'],
    ['Self', 'the principal "Self" is not a principal'],
  ])('%j is refused', (text, message) => {
    const result = parsePrincipal(text, '--trust');
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'INVALID_VALUE', message, path: '--trust' }] });
  });

  test('an account becomes its root in the partition of the target; an ARN stays', () => {
    expect(settlePrincipal({ kind: 'account', account: '111111111111' }, 'aws-us-gov')).toEqual({
      arn: 'arn:aws-us-gov:iam::111111111111:root',
      account: '111111111111',
    });
    const arn = 'arn:aws:iam::111111111111:role/ci';
    expect(settlePrincipal({ kind: 'arn', arn, account: '111111111111', partition: 'aws' }, 'aws-cn').arn).toBe(arn);
  });

  test('the role of a session is taken at the root path, and SSO roles are known by their name', () => {
    const session = { kind: 'session', account: '111111111111', partition: 'aws', roleName: 'ci' } as const;
    expect(assumePathless(session)).toEqual({ arn: 'arn:aws:iam::111111111111:role/ci', account: '111111111111' });
    expect([isSsoRole('AWSReservedSSO_Admin_0123'), isSsoRole('my-AWSReservedSSO_')]).toEqual([true, false]);
  });
});
