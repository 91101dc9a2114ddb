/** Tags: IAM's list of pairs from and to a plain record. */
import type { Tags } from '#core/ports/target-iam.ts';

interface Pair {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

export const tagsOf = (pairs: readonly Pair[] | undefined): Tags =>
  Object.fromEntries((pairs ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ''] as const])));

export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
