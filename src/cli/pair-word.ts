/** What the halves of a pair have to say to one another: the second is planned when the first was, and asks for the same. */
import type { SpecInput } from '#domain/spec-input.ts';
import type { Spec } from '#domain/spec.ts';
import type { Part } from './pair-run.ts';
import type { Target } from './targets.ts';

/** What whoever enters is asked for, of one half as it was settled. */
export interface Word {
  readonly externalId: readonly string[];
  readonly orgId: string | undefined;
}

/** Asks for what the other half does, where neither flags nor file say it. */
export const withWord = <T extends Part>(part: T, word: Word | undefined): T => {
  const { input } = part;
  const isOpen = input.externalId === undefined || input.externalId[0]?.value === 'generate';
  const isChanging = (input.rotateExternalId ?? input.retireExternalId) !== undefined;
  if (word === undefined || !isOpen || isChanging) return part;
  const given = (value: string) => ({ value, place: 'the other half of the pair' });
  return {
    ...part,
    input: {
      ...input,
      externalId: word.externalId.map(given),
      orgId: input.orgId ?? (word.orgId === undefined ? undefined : given(word.orgId)),
    },
  };
};

const wordOf = ({ role: { externalId, conditions } }: Spec): Word => ({
  externalId: externalId.kind === 'none' ? ['none'] : externalId.kind === 'given' ? externalId.values : [externalId.fresh],
  orgId: conditions.orgId,
});

/**
 * `plan` for one target after the other, or many at once: the second half of a pair is planned when the first one was, and is told its word.
 */
export const inTurn = <P extends { readonly spec: Spec }>(plan: (target: Target, word: Word | undefined) => Promise<P>) => {
  const words = new Map<SpecInput, Promise<Word | undefined>>();
  return async (target: Target): Promise<P> => {
    if (target.pair === undefined) return plan(target, undefined);
    const { undivided } = target.pair;
    const before = words.get(undivided);
    const planning = (async () => plan(target, await before))();
    words.set(
      undivided,
      planning.then(
        ({ spec }) => wordOf(spec),
        () => before,
      ),
    );
    return planning;
  };
};
