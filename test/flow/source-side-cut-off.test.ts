/** A set-up of both sides, killed before and after each of its writes: the next run finishes it, and leaves nothing over. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '#domain/compile.ts';
import { changesOf } from '#domain/plan.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { Principal } from '#domain/principal.ts';
import { carryOut, killedAt, openBothAccounts, planFor, SOURCE } from '../support/both-accounts.ts';
import { aSpec, awsPrincipal } from '../support/builders.ts';

const roleOf = (name: string) => ({ partition: 'aws', account: SOURCE, path: '/', name });

const token = (): Principal => {
  const parsed = parsePrincipal({ value: 'github:acme/infra:environment=prod', place: 'test' });
  if (!parsed.ok || parsed.value.kind !== 'oidc') throw new Error('no token');
  return parsed.value;
};

const JANE = awsPrincipal(`arn:aws:iam::${SOURCE}:user/jane`);
const INSTANCE = awsPrincipal(`arn:aws:iam::${SOURCE}:role/xacct-instance`);

/** All that the source can be asked to hold, at once. */
const DESIRED = compile(
  aSpec({
    role: { trust: [JANE, INSTANCE] },
    source: {
      isManaged: true,
      isGranted: true,
      grants: [{ kind: 'user', name: 'jane' }],
      instances: [{ role: roleOf('xacct-instance'), profileName: 'xacct-instance', makesRole: true, makesProfile: true }],
      hub: { role: roleOf('xacct-hub'), trust: [token()] },
    },
  }),
);

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
