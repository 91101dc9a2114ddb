/**
 * The AssumeRole that a proof begins with, asked before its turn: alongside what is still to be read or written, once none of that can
 * change its answer. A session that nobody comes for is dropped unused.
 */
import type { Access } from '#domain/access.ts';
import type { Desired } from '#domain/desired.ts';
import type { Step, Write } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { Spec } from '#domain/spec.ts';
import { requestOf } from './entry-request.ts';
import { isOurs } from './ownership.ts';
import type { RoleState } from './ports/account-iam.ts';
import type { AssumedSession, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';

type Answer = AssumedSession | Refusal;

/** What is wanted, as soon as it is known whose it is. */
export interface Settled {
  readonly spec: Spec;
  readonly desired: Desired;
  /** Who the source's credentials are, where they are at hand. */
  readonly caller?: CallerIdentity;
}

export interface EarlyEntry {
  /** For an access that was proved before. Once for one access; nothing where the way in leads over more than the source's own credentials. */
  begin(access: Access): void;
  /** This role was found, and the rest is still being read. */
  found(settled: Settled, role: RoleState | undefined): void;
  /** This is what is left to do before the proof: it begins once that is nothing that says who gets in, and an answer from before is forgotten. */
  left(settled: Settled, steps: readonly Step[]): void;
  /** The answer is an old one. */
  forget(): void;
  /** The answer, where exactly this was asked. */
  answerOf(access: Access): Promise<Answer> | undefined;
}

/** Nobody's answer to AssumeRole changes with what else is to be done. */
const isAsWanted = ({ role }: Desired, found: RoleState | undefined): boolean =>
  found !== undefined &&
  isOurs(found.tags, role.tags) &&
  found.maxSessionSeconds === role.maxSessionSeconds &&
  policyEquals(found.trustPolicy, role.trustPolicy);

const BESIDE_ENTRY: ReadonlySet<Write['kind']> = new Set([
  'create-policy',
  'update-policy',
  'delete-policy',
  'attach-policy',
  'detach-policy',
]);

/** Managed policies of the target say what a session may do there, and nothing of who gets one. */
const isBesideEntry = ({ side, write }: Step): boolean => side === 'target' && BESIDE_ENTRY.has(write.kind);

const keyOf = (access: Access): string => JSON.stringify(requestOf(access));

export interface Entering {
  readonly sessions: Sessions;
  /** Whether these credentials can prove it at all. */
  readonly isProvable: (settled: Settled) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export const openEarlyEntry = ({ sessions, isProvable, signal }: Entering): EarlyEntry => {
  let asked: { readonly key: string; readonly answer: Promise<Answer> } | undefined;
  const begin = (access: Access): void => {
    const key = keyOf(access);
    if (asked?.key === key || access.via.length > 0 || access.webIdentity !== undefined) return;
    const answer = sessions.assumeRole(requestOf(access), signal);
    answer.catch(() => undefined);
    asked = { key, answer };
  };
  const beginFor = (settled: Settled): void => {
    if (isProvable(settled)) begin(settled.desired.access);
  };
  const forget = (): void => {
    asked = undefined;
  };
  return {
    begin,
    found: (settled, role) => {
      if (isAsWanted(settled.desired, role)) beginFor(settled);
    },
    left: (settled, steps) => {
      if (!steps.every(isBesideEntry)) forget();
      else if (steps.length > 0) beginFor(settled);
    },
    forget,
    answerOf: (access) => (asked?.key === keyOf(access) ? asked.answer : undefined),
  };
};
