/** From a request to a Spec, by a look at who the two callers are. */
import { describe, expect, test } from 'vitest';
import { problem } from '#domain/diagnostic.ts';
import { namePrincipal } from '#domain/principal.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { settleSpec } from '#core/settle-spec.ts';
import type { RoleState } from '#core/ports/account-iam.ts';
import { failure } from '../../support/aws-stub.ts';
import { aDesired, anInput } from '../../support/builders.ts';
import { createIam, createListener, createSessions } from '../../support/world.ts';

const caller = (arn: string) => ({ account: arn.split(':')[4] ?? '', arn, userId: 'A' });
const ADMIN = caller('arn:aws:iam::222222222222:user/admin');
const JANE = caller('arn:aws:iam::111111111111:user/ops/jane');
const SESSION = caller('arn:aws:sts::111111111111:assumed-role/ci/run-1');
const SSO = caller('arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123/jane');

interface Situation {
  readonly trust?: readonly string[];
  readonly source?: typeof ADMIN | undefined;
  readonly target?: typeof ADMIN;
  readonly region?: string;
  readonly readRole?: () => Promise<RoleState | undefined>;
}

const settle = async ({ trust, source = JANE, target = ADMIN, region, readRole }: Situation) => {
  const parsed = parseSpecRequest(
    anInput({ ...(trust && { trust }), ...(region && { region }) }, { permissions: { value: 'none', place: '--permissions' } }),
    'fresh',
  );
  if (!parsed.ok) throw new Error('a wrong request');
  const { reporter, told } = createListener();
  const iam = { ...createIam().iam, listInstanceProfiles: async () => [], ...(readRole && { readRole }) };
  const side = { sessions: createSessions([]).sessions, iam };
  const spec = await settleSpec(parsed.value, { target, source }, { source: side, reporter });
  return {
    spec,
    trust: spec.role.trust.map((principal) => namePrincipal(principal, spec.sourceAccount)),
    told: told.map(({ code }) => code),
  };
};

const role = (arn: string): RoleState => ({ ...aDesired().role, tags: {}, arn });

describe('self', () => {
  test('is the user, path and all; the accounts are those of the callers', async () => {
    const { spec, trust } = await settle({});
    expect(trust).toEqual([JANE.arn]);
    expect({ ...spec, role: {} }).toMatchObject({
      partition: 'aws',
      sourceAccount: '111111111111',
      targetAccount: '222222222222',
      region: 'us-east-1',
    });
  });

  test('of a session is its role, whose path is read', async () => {
    const arn = 'arn:aws:iam::111111111111:role/ops/ci';
    expect(await settle({ source: SESSION, readRole: async () => role(arn) })).toMatchObject({ trust: [arn], told: [] });
  });

  test('of a session whose role may not be read is taken at the root path, with a warning', async () => {
    const readRole = async () => {
      throw new XacctError(problem('AWS_REFUSED', 'no'));
    };
    expect(await settle({ source: SESSION, readRole })).toMatchObject({
      trust: ['arn:aws:iam::111111111111:role/ci'],
      told: [expect.stringMatching(/^[A-Z_]+$/)],
    });
  });

  test('is not taken on a guess when the network failed', async () => {
    const readRole = async () => {
      throw new XacctError(problem('UNREACHABLE', 'no answer'));
    };
    expect((await failure(settle({ source: SESSION, readRole }))).code).toBe('UNREACHABLE');
  });

  test.each([
    ['an SSO session', SSO, 'USAGE'],
    ['a root user', caller('arn:aws:iam::111111111111:root'), 'INVALID_VALUE'],
    ['a federated user', caller('arn:aws:sts::111111111111:federated-user/jane'), 'INVALID_VALUE'],
  ] as const)('is refused for %s, with what to name instead', async (_title, source, code) => {
    const error = await failure(settle({ source }));
    expect(error.code).toBe(code);
    expect(error.diagnostics[0]).toMatchObject({
      path: '--trust',
      hints: expect.arrayContaining([
        { text: expect.any(String) as unknown, command: expect.stringContaining('--trust arn:aws') as unknown },
      ]) as unknown,
    });
  });
});

describe('a permission set', () => {
  test('is of the source account, also where a session or a role of it is named', async () => {
    const arn = 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef';
    const { spec, trust } = await settle({ trust: ['sso:Admin', SSO.arn, arn] });
    expect([trust, spec.role.trust]).toEqual([['sso:Admin'], [{ kind: 'sso', account: '111111111111', permissionSet: 'Admin' }]]);
  });
});

describe('ec2:ROLE', () => {
  const arn = 'arn:aws:iam::111111111111:role/ops/runner';
  const letsIn = (Service: string): RoleState => ({
    ...role(arn),
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
    },
  });

  test('is the role of that name, and stays as it was said', async () => {
    const { spec, trust } = await settle({ trust: ['ec2:runner'], readRole: async () => letsIn('ec2.amazonaws.com') });
    expect([trust, spec.role.trust]).toEqual([
      ['ec2:runner'],
      [{ kind: 'aws', arn, account: '111111111111', said: 'ec2:runner' }],
    ]);
    expect(spec.source.instances).toMatchObject([{ makesRole: false, makesProfile: true, profileName: 'runner' }]);
  });

  test('is made where there is none', async () => {
    const { spec } = await settle({ trust: ['ec2:runner'], readRole: async () => undefined });
    expect(spec.source.instances).toMatchObject([{ makesRole: true, makesProfile: true, profileName: 'runner' }]);
  });

  test('is refused where the role lets other services in', async () => {
    const error = await failure(settle({ trust: ['ec2:runner'], readRole: async () => letsIn('lambda.amazonaws.com') }));
    expect(error.code).toBe('NOT_OURS');
  });
});

describe('trust', () => {
  test('of an account is its root in the partition of the target, and each name stands once', async () => {
    const { trust } = await settle({ trust: ['111111111111', 'arn:aws:iam::111111111111:root', 'self', JANE.arn] });
    expect(trust).toEqual(['arn:aws:iam::111111111111:root', JANE.arn]);
  });

  test.each([
    [
      { trust: ['arn:aws-cn:iam::111111111111:role/ci'] },
      'arn:aws-cn:iam::111111111111:role/ci is not in partition aws of the target',
    ],
    [{ trust: ['111111111111'], region: 'cn-north-1' }, 'region cn-north-1 is not in partition aws of the target'],
    [
      { target: caller('arn:aws-us-gov:iam::222222222222:user/admin') },
      `${JANE.arn} is not in partition aws-us-gov of the target`,
    ],
  ])('of another partition is refused: %j', async (situation, message) => {
    const error = await failure(settle(situation));
    expect([error.code, error.message]).toEqual(['MIXED_PARTITIONS', message]);
  });
});
