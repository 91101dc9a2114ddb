/** How the steps and addresses of a change are named: what is of the source says so, what is of the target is not told. */
import type { SideName } from '#domain/desired.ts';
import type { Phase, Step, Write } from '#domain/plan.ts';

export const addressIn = (side: SideName, address: string): string => (side === 'source' ? `source/${address}` : address);

interface Deed {
  readonly phase: Phase;
  readonly write: Write;
  readonly undo?: Write;
}

/** `subject` tells steps of one kind apart. */
export const stepIn = (side: SideName, subject: string, { phase, write, undo }: Deed): Step => ({
  id: addressIn(side, `${write.kind} ${subject}`),
  side,
  phase,
  write,
  ...(undo && { undo }),
});
