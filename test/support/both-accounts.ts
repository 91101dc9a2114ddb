/** Both accounts of a sandbox as core's own ports: a plan of them, carried out, and cut off between any two writes. */
import { vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { Desired } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Plan } from '#domain/plan.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { apply } from '#core/apply.ts';
import { approve, type Answer } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { observe } from '#core/observe.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { openSandbox } from '#sandbox/open.ts';
import { wholeStateOf } from './account-state.ts';
import { sharedFiles, useEnvironment } from './aws-stub.ts';
import { createJournal, createListener, createTime } from './world.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';

export interface Iams {
  readonly source: AccountIam;
  readonly target: AccountIam;
}

type Call = () => Promise<unknown>;

type Write = (call: Call, name: string) => Promise<unknown>;

/** Each write goes through `write`; reads go on as they are. */
export const guardWrites = (iam: AccountIam, write: Write): AccountIam =>
  new Proxy(iam, {
    get:
      (_, name: keyof AccountIam) =>
      async (...of: unknown[]) => {
        const call: Call = async () => Reflect.apply(iam[name], iam, of) as unknown;
        return /^(read|list|warmUp)/.test(name) ? call() : write(call, name);
      },
  });

const guarded = (iams: Iams, write: Write): Iams => ({
  source: guardWrites(iams.source, write),
  target: guardWrites(iams.target, write),
});

/** The write after so many is refused; later ones are let through again: those take back. */
export const failAfter = (count: number): Write => {
  let left = count;
  return (call, name) => (left-- === 0 ? Promise.reject(new XacctError(problem('AWS_REFUSED', `no ${name}`))) : call());
};

export const failingAfter = (iams: Iams, count: number): Iams => guarded(iams, failAfter(count));

/** As if the process had been killed before or after the write after so many: nothing comes after it, no taking back either. */
export const killedAt = (iams: Iams, count: number, moment: 'before' | 'after'): Iams => {
  let left = count;
  return guarded(iams, async (call) => {
    left -= 1;
    if (left === -1 && moment === 'after') await call();
    if (left < 0) throw new XacctError(problem('AWS_REFUSED', 'killed'));
    return call();
  });
};

export const planFor = async (iams: Iams, desired: Desired): Promise<Plan> => {
  const planned = diff(desired, await observe(iams, desired));
  if (!planned.ok) throw XacctError.of(planned.diagnostics);
  return planned.value;
};

/** Applies `plan` by `iams`; resolves with the ids of the steps that were done. */
export const carryOut = async (iams: Iams, plan: Plan, answer: Answer): Promise<readonly string[]> => {
  const approved = approve(plan, answer);
  if (approved === undefined) throw new Error('not approved');
  const ports = { iams, journal: createJournal().journal, reporter: createListener().reporter, ...createTime() };
  return (await apply(approved, ports)).applied.map(({ id }) => id);
};

/** With a user jane in the source. */
export const openBothAccounts = async () => {
  const sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
  const env = useEnvironment({ ...sharedFiles(sandbox.awsConfigText()), AWS_ENDPOINT_URL: sandbox.endpoint });
  const open = (name: string) => openAwsAccounts(env).open({ source: { kind: 'profile', name }, region: 'us-east-1' }).iam;
  const iams: Iams = { source: open('source'), target: open('target') };
  return {
    sandbox,
    iams,
    /** Of everything in both of them, to be compared. */
    states: async () => [await wholeStateOf(sandbox, SOURCE), await wholeStateOf(sandbox, TARGET)],
    close: async () => {
      vi.unstubAllEnvs();
      await sandbox.close();
    },
  };
};
