/** How the steps and addresses of a change are named: what is of the source says so, what is of the target is not told. */
import type { Phase, Step, Write } from '#domain/plan.ts';

/** Which account something is done in. */
export type Site = Pick<Step, 'side' | 'account'>;

export const addressIn = ({ side }: Site, address: string): string => (side === 'source' ? `source/${address}` : address);

interface Deed {
  readonly phase: Phase;
  readonly write: Write;
  readonly undo?: Write;
}

/** `subject` tells steps of one kind apart. */
export const stepIn = (site: Site, subject: string, { phase, write, undo }: Deed): Step => ({
  id: addressIn(site, `${write.kind} ${subject}`),
  side: site.side,
  account: site.account,
  phase,
  write,
  ...(undo && { undo }),
});
