/** How every IAM operation is called: credentials first, one translation of errors, all pages, absence as undefined. */
import type { IAMClient } from '@aws-sdk/client-iam';
import { refusalOf, type Refusal } from '#core/ports/sessions.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { interrupted, untilAborted } from './abort.ts';
import type { Side } from './side.ts';

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

export type IamCall = <T>(
  operation: string,
  send: (iam: IAMClient, options: SendOptions) => Promise<T>,
  hints?: (refusal: Refusal) => readonly Hint[],
) => Promise<T>;

export interface IamCalls {
  /** Ended by Ctrl-C, until the first write of this side: what is read after that tells what was done. */
  readonly read: IamCall;
  /** Never ended: what was done must be known, and be taken back even after Ctrl-C. */
  readonly write: IamCall;
}

export const iamCalls = (side: Side): IamCalls => {
  const callWith =
    (signalOf: () => AbortSignal | undefined): IamCall =>
    async (operation, send, hints) => {
      const signal = signalOf();
      await untilAborted(side.credentials.resolve(), signal);
      try {
        const iam = await side.iam();
        return await side.iamTurns(() => send(iam, signal === undefined ? {} : { abortSignal: signal }));
      } catch (error) {
        if (signal?.aborted) throw interrupted();
        throw side.translate(error, `iam:${operation}`, hints);
      }
    };
  let hasWritten = false;
  return {
    read: callWith(() => (hasWritten ? undefined : side.signal)),
    write: (...call) => {
      hasWritten = true;
      return callWith(() => undefined)(...call);
    },
  };
};

/** Undefined when AWS says NoSuchEntity. */
export const unlessAbsent = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (refusalOf(error)?.code === 'NoSuchEntity') return undefined;
    throw error;
  }
};

interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** IAM may return fewer than asked and still have more: IsTruncated alone says so. */
export const listPages = async <T>(read: (page: { readonly Marker?: string }) => Promise<Page<T>>): Promise<readonly T[]> => {
  const all: T[] = [];
  for (let marker: string | undefined; ;) {
    const { items, IsTruncated, Marker } = await read(marker === undefined ? {} : { Marker: marker });
    all.push(...(items ?? []));
    if (IsTruncated !== true || Marker === undefined || Marker === marker) return all;
    marker = Marker;
  }
};
