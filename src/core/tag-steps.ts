/** The steps that put tags on something, whatever it is. Pure. */
import type { Tags } from '#domain/desired.ts';
import type { Step, Tagged } from '#domain/plan.ts';
import { stepIn, type Site } from './steps.ts';

/** Two steps, because what takes them back differs: a new tag goes, a changed one gets its old value. */
export const tagSteps = (site: Site, on: Tagged, found: Tags, wanted: Tags): readonly Step[] => {
  const missing = Object.entries(wanted).filter(([key, value]) => found[key] !== value);
  const replaced = missing.filter(([key]) => found[key] !== undefined);
  const added = missing.filter(([key]) => found[key] === undefined);
  const before = Object.fromEntries(replaced.map(([key]) => [key, found[key] ?? '']));
  const subject = `${on.kind} ${on.name}`;
  const steps: Step[] = [];
  if (added.length > 0)
    steps.push(
      stepIn(site, subject, {
        phase: 'make',
        write: { kind: 'tag', on, tags: Object.fromEntries(added) },
        undo: { kind: 'untag', on, keys: added.map(([key]) => key) },
      }),
    );
  if (replaced.length > 0)
    steps.push(
      stepIn(site, `${subject} anew`, {
        phase: 'make',
        write: { kind: 'tag', on, tags: Object.fromEntries(replaced) },
        undo: { kind: 'tag', on, tags: before },
      }),
    );
  return steps;
};
