/** A set-up of both sides, killed before and after each of its writes: the next run finishes it, and leaves nothing over. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { compile } from '#domain/compile.ts';
import { problem } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { Principal } from '#domain/principal.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { apply } from '#core/apply.ts';
import { approve } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { observe } from '#core/observe.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { wholeStateOf } from '../support/account-state.ts';
import { sharedFiles, useEnvironment } from '../support/aws-stub.ts';
import { aSpec, awsPrincipal } from '../support/builders.ts';
import { createJournal, createListener, createTime } from '../support/world.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';

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

let sandbox: Sandbox;
let iams: { readonly source: AccountIam; readonly target: AccountIam };

beforeAll(async () => {
  sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
  const env = useEnvironment({ ...sharedFiles(sandbox.awsConfigText()), AWS_ENDPOINT_URL: sandbox.endpoint });
  const open = (name: string) => openAwsAccounts(env).open({ source: { kind: 'profile', name }, region: 'us-east-1' }).iam;
  iams = { source: open('source'), target: open('target') };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

/** As if the process had been killed at the write after so many: nothing comes after it, no taking back either. */
const killedAt = (count: number, moment: 'before' | 'after'): typeof iams => {
  let left = count;
  const guard = (iam: AccountIam): AccountIam =>
    Object.fromEntries(
      Object.entries(iam).map(([name, method]: [string, (...of: unknown[]) => Promise<unknown>]) => [
        name,
        async (...of: unknown[]) => {
          if (/^(read|list)/.test(name)) return method(...of);
          left -= 1;
          if (left === -1 && moment === 'after') await method(...of);
          if (left < 0) throw new XacctError(problem('AWS_REFUSED', 'killed'));
          return method(...of);
        },
      ]),
    ) as unknown as AccountIam;
  return { source: guard(iams.source), target: guard(iams.target) };
};

const planOf = async () => {
  const planned = diff(DESIRED, await observe(iams, DESIRED));
  if (!planned.ok) throw new XacctError(planned.diagnostics[0] ?? problem('BUG', 'no plan'));
  return planned.value;
};

const carryOut = async (through = iams): Promise<readonly string[]> => {
  const approved = approve(await planOf(), 'yes');
  if (approved === undefined) throw new Error('not approved');
  const ports = { iams: through, journal: createJournal().journal, reporter: createListener().reporter, ...createTime() };
  return (await apply(approved, ports)).applied;
};

const states = async () => [await wholeStateOf(sandbox, SOURCE), await wholeStateOf(sandbox, TARGET)];

describe('a set-up of both sides', () => {
  test('is made in so many writes, and then there is nothing left to do', async () => {
    sandbox.reset();
    expect(await carryOut()).toHaveLength(WRITES);
    expect(changesOf(await planOf())).toEqual([]);
  });

  test.each(Array.from({ length: WRITES }, (_, count) => count))(
    'killed at write %i is finished by the next run',
    async (count) => {
      sandbox.reset();
      await carryOut();
      const wanted = await states();
      for (const moment of ['before', 'after'] as const) {
        sandbox.reset();
        await expect(carryOut(killedAt(count, moment))).rejects.toThrow();
        await carryOut();
        expect(await states()).toEqual(wanted);
        expect(changesOf(await planOf())).toEqual([]);
      }
    },
  );
});
