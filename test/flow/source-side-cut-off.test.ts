/** A set-up of both sides, killed before and after each of its writes: the next run finishes it, and leaves nothing over. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '#domain/compile.ts';
import type { Desired } from '#domain/desired.ts';
import { changesOf } from '#domain/plan.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { Principal } from '#domain/principal.ts';
import { carryOut, failingAfter, killedAt, openBothAccounts, planFor, SOURCE } from '../support/both-accounts.ts';
import { aSpec, awsPrincipal } from '../support/builders.ts';

const roleOf = (name: string) => ({ partition: 'aws', account: SOURCE, path: '/', name });

const token = (): Principal => {
  const parsed = parsePrincipal({ value: 'github:acme/infra:environment=prod', place: 'test' });
  if (!parsed.ok || parsed.value.kind !== 'oidc') throw new Error('no token');
  return parsed.value;
};

const JANE = awsPrincipal(`arn:aws:iam::${SOURCE}:user/jane`);
const INSTANCE = awsPrincipal(`arn:aws:iam::${SOURCE}:role/xacct-instance`);

const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';

/** All that the source can be asked to hold, at once, with its roles under this boundary. */
const desiredUnder = (permissionsBoundary: string | undefined): Desired =>
  compile(
    aSpec({
      role: { trust: [JANE, INSTANCE] },
      source: {
        isManaged: true,
        isGranted: true,
        grants: [{ kind: 'user', name: 'jane' }],
        instances: [{ role: roleOf('xacct-instance'), profileName: 'xacct-instance', makesRole: true, makesProfile: true }],
        hub: { role: roleOf('xacct-hub'), trust: [token()] },
        permissionsBoundary,
      },
    }),
  );

const DESIRED = desiredUnder(POWER_USER);

/** Writes of `DESIRED`, which the first test counts. */
const WRITES = 11;

let both: Awaited<ReturnType<typeof openBothAccounts>>;

beforeAll(async () => {
  both = await openBothAccounts();
});
afterAll(() => both.close());

const planOf = () => planFor(both.iams, DESIRED);
const make = async (iams = both.iams) => carryOut(iams, await planOf(), 'yes');

describe('a set-up of both sides', () => {
  test('is made in so many writes, and then there is nothing left to do', async () => {
    both.sandbox.reset();
    expect(await make()).toHaveLength(WRITES);
    expect(changesOf(await planOf())).toEqual([]);
  });

  test.each(Array.from({ length: WRITES }, (_, count) => count))(
    'killed at write %i is finished by the next run',
    async (count) => {
      both.sandbox.reset();
      await make();
      const wanted = await both.states();
      for (const moment of ['before', 'after'] as const) {
        both.sandbox.reset();
        await expect(make(killedAt(both.iams, count, moment))).rejects.toThrow();
        await make();
        expect(await both.states()).toEqual(wanted);
        expect(changesOf(await planOf())).toEqual([]);
      }
    },
  );
});

describe.each([
  ['put on', undefined],
  ['changed', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
])('a boundary of the roles of the source that is %s', (_, found) => {
  /** One for each of the two roles. */
  const CHANGES = 2;
  const start = async () => {
    both.sandbox.reset();
    await carryOut(both.iams, await planFor(both.iams, desiredUnder(found)), 'yes');
  };
  const put = async (iams = both.iams) => carryOut(iams, await planOf(), 'yes-prune');

  test('is so many writes, held back from a plain yes, and as if it had been there from the first', async () => {
    both.sandbox.reset();
    await make();
    const wanted = await both.states();
    await start();
    expect(await make()).toEqual([]);
    expect(await put()).toEqual(['source/put-boundary xacct-instance', 'source/put-boundary xacct-hub']);
    expect(await both.states()).toEqual(wanted);
    expect(changesOf(await planOf())).toEqual([]);
  });

  test.each(Array.from({ length: CHANGES }, (__, count) => count))(
    'killed at write %i is finished by the next run, and refused there is taken back',
    async (count) => {
      await start();
      const before = await both.states();
      await expect(put(failingAfter(both.iams, count))).rejects.toThrow();
      expect(await both.states()).toEqual(before);
      for (const moment of ['before', 'after'] as const) {
        await start();
        await expect(put(killedAt(both.iams, count, moment))).rejects.toThrow();
        await put();
        expect(changesOf(await planOf())).toEqual([]);
      }
    },
  );
});
