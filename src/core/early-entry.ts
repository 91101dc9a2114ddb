/**
 * The AssumeRole that a proof begins with, asked before its turn: alongside what is still to be read or written, once none of that can
 * change its answer. A session that nobody comes for is dropped unused.
 */
import type { Access } from '#domain/access.ts';
import { requestOf } from './entry-request.ts';
import type { AssumedSession, Refusal, Sessions } from './ports/sessions.ts';

type Answer = AssumedSession | Refusal;

export interface EarlyEntry {
  /** Once for one access; does nothing where the way in leads over something else than the source's own credentials. */
  begin(access: Access): void;
  /** The answer, where exactly this was asked. */
  answerOf(access: Access): Promise<Answer> | undefined;
  /** What is changed now may change its answer, or it is an old one. */
  forget(): void;
}

const keyOf = (access: Access): string => JSON.stringify(requestOf(access));

export const openEarlyEntry = (sessions: Sessions, signal: AbortSignal | undefined): EarlyEntry => {
  let asked: { readonly key: string; readonly answer: Promise<Answer> } | undefined;
  return {
    begin: (access) => {
      const key = keyOf(access);
      if (asked?.key === key || access.via.length > 0 || access.webIdentity !== undefined) return;
      const answer = sessions.assumeRole(requestOf(access), signal);
      answer.catch(() => undefined);
      asked = { key, answer };
    },
    answerOf: (access) => (asked?.key === keyOf(access) ? asked.answer : undefined),
    forget: () => {
      asked = undefined;
    },
  };
};
