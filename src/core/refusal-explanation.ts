/** What is to be said of one refusal that AWS wrote, as data: the entries of `explain --message --json`. */
import type { DeniedLayer } from '#domain/access-denied.ts';
import type { Fix, Layer } from '#domain/cause.ts';
import type { KnownRefusal } from '#domain/found-refusal.ts';

/** EXPLICIT_DENY: a Deny statement; NOT_ALLOWED: no Allow in the layer that AWS names; NOT_SAID: AWS names no layer. */
export type MessageCode = 'EXPLICIT_DENY' | 'NOT_ALLOWED' | 'NOT_SAID' | 'WEB_IDENTITY_REFUSED' | KnownRefusal;

export interface RefusalExplanation {
  /** As AWS wrote it. */
  readonly sentence: string;
  /** Where it stands first in the text, counted from 1. */
  readonly line: number;
  readonly times: number;
  readonly code: MessageCode;
  /** Null where the sentence does not say it. */
  readonly caller: string | null;
  readonly action: string | null;
  readonly resource: string | null;
  readonly layer: DeniedLayer | Layer | null;
  /** Lower case, no full stop. */
  readonly explanation: string;
  /** One, where the cause is certain; otherwise every possible one, the likeliest first. */
  readonly remedies: readonly Fix[];
}
