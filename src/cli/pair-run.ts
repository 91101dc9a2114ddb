/** A pair at work: the two halves of one target are worked on one after the other, and share the word that both ask for and the one place in the file. */
import { problem } from '#domain/diagnostic.ts';
import { halfOf, HALVES, isPair, withSharedId, type Half } from '#domain/pair.ts';
import type { Spec } from '#domain/spec.ts';
import { byLayout } from '#domain/layer-input.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Context } from './context.ts';
import { EXTERNAL_ID_BYTES, NOT_GENERATED } from './external-id.ts';
import type { Needs } from './file-spec.ts';
import { withGithubIds } from './github-ids.ts';
import type { Target } from './targets.ts';

/** What whoever enters is asked for, of one half as it was settled. */
export interface Word {
  readonly externalId: readonly string[];
  readonly orgId: string | undefined;
}

export interface PairRun {
  readonly half: Half;
  /** As flags and file say it of both: so it stands in xacct.yaml. */
  readonly undivided: SpecInput;
  /** A new external ID, should they need one. */
  readonly fresh: string;
}

export interface Part {
  readonly input: SpecInput;
  readonly pair: PairRun | undefined;
}

const idsKnown = (input: SpecInput, context: Context): SpecInput => ({
  ...input,
  trust: withGithubIds(input.trust, context),
  planTrust: withGithubIds(input.planTrust, context),
  sourceTrust: withGithubIds(input.sourceTrust, context),
});

export interface PartOptions {
  /** How many targets the file has. */
  readonly targets: number;
  /** One half was named. */
  readonly half?: Half | undefined;
  readonly needs: Needs;
}

/** One part of a target, or two. */
export const partsOf = (input: SpecInput, options: PartOptions, context: Context): readonly Part[] => {
  if (!isPair(input)) return [{ input: byLayout(input, options.targets), pair: undefined }];
  const undivided = idsKnown(input, context);
  const fresh = context.random.hex(EXTERNAL_ID_BYTES);
  const common = options.needs === 'spec' ? withSharedId(undivided) : undivided;
  const parts = HALVES.map((half): Part => ({
    input: byLayout(halfOf(common, half), options.targets),
    pair: { half, undivided, fresh },
  }));
  return parts.filter(({ pair }) => options.half === undefined || pair?.half === options.half);
};

/** A new external ID: one for both halves. */
export const freshFor = (pair: PairRun | undefined, isMade: boolean, { random }: Context): string =>
  isMade ? (pair?.fresh ?? random.hex(EXTERNAL_ID_BYTES)) : NOT_GENERATED;

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

/** One step for one role is all that a hand-off holds. */
export const expectOneHandOff = (names: readonly string[]): void => {
  if (names.length < 2) return;
  throw new XacctError(
    problem('USAGE', `a hand-off holds what one role needs, and these are several: ${names.join(', ')}`, {
      path: '--handoff',
      hints: [{ text: 'name one of them, and hand over each in a file of its own' }],
    }),
  );
};
