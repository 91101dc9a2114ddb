/** Pages of a list: MaxItems, Marker, IsTruncated ("Marker" is opaque to callers, here the last name that was shown). */
import { validationError } from '#sandbox/errors.ts';

const DEFAULT_ITEMS = 100;

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** Sorted by `keyOf`, so that what is made or deleted between two pages repeats nothing and loses nothing else. */
export const paginate = <T>(all: Iterable<T>, request: PageRequest, keyOf: (item: T) => string): Page<T> => {
  const sorted = [...all].map((item) => ({ item, key: keyOf(item) })).toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const after = request.Marker === undefined ? undefined : readMarker(request.Marker);
  const start = after === undefined ? 0 : sorted.findIndex(({ key }) => key > after);
  const rest = start === -1 ? [] : sorted.slice(start);
  const page = rest.slice(0, request.MaxItems ?? DEFAULT_ITEMS);
  const last = page.at(-1);
  const items = page.map(({ item }) => item);
  if (last === undefined || page.length === rest.length) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: Buffer.from(`after:${last.key}`).toString('base64url') };
};

const readMarker = (marker: string): string => {
  const text = Buffer.from(marker, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) throw validationError('Invalid Marker.');
  return text.slice('after:'.length);
};
