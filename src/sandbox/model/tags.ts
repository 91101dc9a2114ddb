/** Tags of IAM entities: merging, removing, limits. Keys of users and roles ignore case but keep it; those of policies do not. */
import { invalidInput, limitExceeded } from '#sandbox/errors.ts';
import type { Tag } from './account.ts';
import { QUOTAS } from './quotas.ts';

export type KeyRule = 'ignore-case' | 'exact';

const canonical = (key: string, rule: KeyRule): string => (rule === 'ignore-case' ? key.toLowerCase() : key);

/** `given` over `present`: a key that is there keeps its place, and takes the new spelling and value. */
export const mergeTags = (present: readonly Tag[], given: readonly Tag[], rule: KeyRule): readonly Tag[] => {
  const merged = new Map(present.map((tag) => [canonical(tag.Key, rule), tag]));
  const seen = new Set<string>();
  for (const tag of given) {
    const key = canonical(tag.Key, rule);
    if (seen.has(key)) throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    if (/^aws:/i.test(tag.Key)) throw invalidInput('System tags cannot be added/updated by requester');
    seen.add(key);
    merged.set(key, { Key: tag.Key, Value: tag.Value });
  }
  if (merged.size > QUOTAS.tagsPerEntity) throw limitExceeded('The number of tags has reached the maximum limit.');
  return [...merged.values()];
};

/** Keys that are not there are passed over. */
export const removeTags = (present: readonly Tag[], keys: readonly string[], rule: KeyRule): readonly Tag[] => {
  const gone = new Set(keys.map((key) => canonical(key, rule)));
  return present.filter((tag) => !gone.has(canonical(tag.Key, rule)));
};
