/**
 * What the targets of a run share in their source account (a hub, roles of instances, a provider): planned once for all of them, made by the
 * first that is carried out, and taken back by the last where none of them came to stand on it.
 */
import { grantNameFor, isBare, type Desired, type DesiredAccount } from '#domain/desired.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import type { Change, Step } from '#domain/plan.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Unread } from '#domain/unread.ts';
import { accountChanges, type DiffOptions } from './diff.ts';
import { expectSource, NOTHING, observeAccount, type ObservedAccount, type ObserveOptions } from './observe.ts';
import { hubConflicts } from './hub-conflicts.ts';
import { accountConflicts } from './ownership.ts';
import type { AccountIam, PolicyState } from './ports/account-iam.ts';
import { attemptIn } from './unread.ts';

export interface SourcePlan {
  readonly wanted: DesiredAccount;
  readonly observed: ObservedAccount;
  readonly changes: readonly Change[];
  readonly unread: readonly Unread[];
}

/** Leave to enter one target is that target's own; all the rest is for every target alike. */
export const sharedOf = (source: DesiredAccount): DesiredAccount => ({ ...source, grants: [] });
export const ownOf = ({ account, grants }: DesiredAccount): DesiredAccount => ({
  account,
  roles: [],
  providers: [],
  instanceProfiles: [],
  grants,
});

/** What this target is let in by is of no other set-up. */
export const knowing = <T extends ObserveOptions>(options: T, { targetAccount, role }: Desired): T => ({
  ...options,
  grants: [...(options.grants ?? []), grantNameFor(targetAccount, role.name)],
});

/** Reads only. A conflict with what others made is the diagnostics. */
export const planSource = async (
  wanted: DesiredAccount,
  iam: AccountIam | undefined,
  options: ObserveOptions & DiffOptions,
): Promise<Result<SourcePlan>> => {
  if (isBare(wanted)) return ok({ wanted, observed: NOTHING, changes: [], unread: [] });
  const unread: Unread[] = [];
  const attempt = attemptIn(wanted.account, unread);
  const observed = await observeAccount(wanted, { iam: expectSource(iam, wanted.account), attempt, options });
  const [conflict, ...more] = accountConflicts(wanted, observed, options.adopts);
  if (conflict) return fail(conflict, ...more);
  const changes = accountChanges('source', wanted, observed);
  const [taken, ...others] = await hubConflicts(changes, { iam: expectSource(iam, wanted.account), attempt, options });
  if (taken) return fail(taken, ...others);
  return ok({ wanted, observed, changes, unread });
};

/** What one target does with what was approved of it. */
interface Deeds<T> {
  /** Called with what nobody has made yet. */
  readonly make: (changes: readonly Change[]) => Promise<readonly Step[]>;
  /** Begins when all of it is there; `before` is how it got there in this run. */
  readonly work: (before: readonly Step[]) => Promise<T>;
  /** Called with what was made when the last target failed that could have stood on it; resolves to the error of the target. */
  readonly undo: (error: unknown, made: readonly Step[]) => Promise<unknown>;
}

export interface SharedSource {
  /** `read` is called for the first of those who want the same, and again once it was changed. */
  plan(wanted: DesiredAccount, read: () => Promise<Result<SourcePlan>>): Promise<Result<SourcePlan>>;
  /** A policy of the source or of AWS; `read` is called for the first who asks for it. */
  policy(arn: string, read: () => Promise<PolicyState | undefined>): Promise<PolicyState | undefined>;
  standOn<T>(approved: Pick<SourcePlan, 'wanted' | 'changes'>, deeds: Deeds<T>): Promise<T>;
}

/** Of those who want the same. */
interface Common {
  planned: Promise<Result<SourcePlan>> | undefined;
  /** Those that are begun or done, and when each of them is there. */
  readonly taken: Map<Change, Promise<void>>;
  /** Settled when nobody is making anything, or taking it back. */
  making: Promise<void>;
  made: readonly Step[];
  users: number;
  /** Somebody stands on it. */
  isKept: boolean;
}

const startAfter = (making: Promise<void>): Common => ({
  planned: undefined,
  taken: new Map(),
  making,
  made: [],
  users: 0,
  isKept: false,
});

const take = (common: Common, changes: readonly Change[], make: Deeds<unknown>['make']): void => {
  const before = common.making;
  const run = async (): Promise<void> => {
    await before.catch(() => undefined);
    try {
      common.made = [...common.made, ...(await make(changes))];
    } catch (error) {
      for (const change of changes) common.taken.delete(change);
      throw error;
    }
  };
  const making = run();
  for (const change of changes) common.taken.set(change, making);
  common.planned = undefined;
  common.making = making;
};

const unlike = (name: string, account: string): Diagnostic =>
  problem('USAGE', `targets want different things of role ${name} in the source account ${account}, which they share`, {
    path: 'source',
    hints: [{ text: 'say it once for all of them, or give each a role of its own there: source.hubRole, source.instanceRole' }],
  });

/** One for a run. */
export const createSharedSource = (): SharedSource => {
  const all = new Map<string, Common>();
  const policies = new Map<string, Promise<PolicyState | undefined>>();
  const roles = new Map<string, string>();
  /** The second of two targets that would change a role to and fro. */
  const differing = ({ account, roles: wanted }: DesiredAccount): readonly Diagnostic[] =>
    wanted.flatMap((role) => {
      const text = JSON.stringify(role);
      const other = roles.get(role.arn) ?? text;
      roles.set(role.arn, other);
      return other === text ? [] : [unlike(role.name, account)];
    });
  const commonOf = (wanted: DesiredAccount): Common => {
    const key = JSON.stringify(wanted);
    const common = all.get(key) ?? startAfter(Promise.resolve());
    all.set(key, common);
    return common;
  };
  return {
    plan: async (wanted, read) => {
      const [first, ...more] = differing(wanted);
      if (first) return fail(first, ...more);
      const common = commonOf(wanted);
      const planned = (common.planned ??= common.making.then(read, read));
      // No answer is none to keep.
      planned.catch(() => (common.planned = undefined));
      return planned;
    },
    policy: (arn, read) => {
      const asked = policies.get(arn) ?? read();
      policies.set(arn, asked);
      // No answer is none to keep.
      asked.catch(() => policies.delete(arn));
      return asked;
    },
    standOn: async ({ wanted, changes }, { make, work, undo }) => {
      const common = commonOf(wanted);
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      common.users += 1;
      try {
        const todo = changes.filter((change) => !common.taken.has(change));
        if (todo.length > 0) take(common, todo, make);
        // What failed of others is no failure of who does not need it.
        for (const change of changes) await common.taken.get(change);
        const result = await work(common.made);
        common.isKept = true;
        return result;
      } catch (error) {
        if (common.users > 1 || common.isKept) throw error;
        all.set(JSON.stringify(wanted), startAfter(left));
        throw await undo(error, common.made);
      } finally {
        common.users -= 1;
        leave();
      }
    },
  };
};
