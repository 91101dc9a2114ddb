/** A plan in the envelope: every change without its steps. */
import type { Change, Plan } from '#domain/plan.ts';

const changeEntry = ({ action, address, risk, before, after, notes }: Change): object => ({
  action,
  address,
  risk,
  before,
  after,
  ...(notes && { notes }),
});

export const planEntry = ({ targetAccount, changes, trustList, warnings, lock, unread }: Plan): object => ({
  account: targetAccount,
  changes: changes.map(changeEntry),
  trustList,
  warnings: (warnings ?? []).map(({ code, message }) => ({ code, message })),
  locked: lock !== undefined && lock.lacks === undefined,
  lockLacks: lock?.lacks ?? null,
  unread,
});

/** As init tells it: the changes alone. */
export const changesEntry = ({ changes }: Plan): object => ({ changes: changes.map(changeEntry) });
