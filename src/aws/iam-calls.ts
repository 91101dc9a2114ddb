/** How every IAM operation is called: credentials first, one translation of errors, all pages, absence as undefined. */
import type { IAMClient } from '@aws-sdk/client-iam';
import { refusalOf, type Refusal } from '#core/ports/sessions.ts';
import type { Hint } from '#domain/diagnostic.ts';
import type { Side } from './side.ts';

export type IamCall = <T>(
  operation: string,
  send: (iam: IAMClient) => Promise<T>,
  hints?: (refusal: Refusal) => readonly Hint[],
) => Promise<T>;

export const iamCalls =
  (side: Side): IamCall =>
  async (operation, send, hints) => {
    await side.credentials.resolve();
    try {
      return await send(await side.iam());
    } catch (error) {
      throw side.translate(error, `iam:${operation}`, hints);
    }
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
