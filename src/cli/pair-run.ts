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

/** What the first half found out for the second, in one run. */
interface Shared {
  fresh: string | undefined;
  externalId: readonly string[] | undefined;
  orgId: string | undefined;
  isRecorded: boolean;
}

export interface PairRun {
  readonly half: Half;
  /** As flags and file say it of both: so it stands in xacct.yaml. */
  readonly undivided: SpecInput;
  readonly shared: Shared;
}

export const openShared = (): Shared => ({ fresh: undefined, externalId: undefined, orgId: undefined, isRecorded: false });

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
  const shared = openShared();
  const common = options.needs === 'spec' ? withSharedId(undivided) : undivided;
  const parts = HALVES.map((half): Part => ({
    input: byLayout(halfOf(common, half), options.targets),
    pair: { half, undivided, shared },
  }));
  return parts.filter(({ pair }) => options.half === undefined || pair?.half === options.half);
};

/** A new external ID: one for both halves. */
export const freshFor = (pair: PairRun | undefined, isMade: boolean, { random }: Context): string => {
  if (!isMade) return NOT_GENERATED;
  const fresh = pair?.shared.fresh ?? random.hex(EXTERNAL_ID_BYTES);
  if (pair) pair.shared.fresh = fresh;
  return fresh;
};

/** The second half asks for what the first one does, where neither flags nor file say it. */
export const withShared = <T extends Part>(part: T): T => {
  const { externalId, orgId } = part.pair?.shared ?? {};
  const { input } = part;
  const isOpen = input.externalId === undefined || input.externalId[0]?.value === 'generate';
  const isChanging = (input.rotateExternalId ?? input.retireExternalId) !== undefined;
  if (externalId === undefined || !isOpen || isChanging) return part;
  const given = (value: string) => ({ value, place: 'the other half of the pair' });
  return {
    ...part,
    input: {
      ...input,
      externalId: externalId.map(given),
      orgId: input.orgId ?? (orgId === undefined ? undefined : given(orgId)),
    },
  };
};

export const share = (pair: PairRun | undefined, { role: { externalId, conditions } }: Spec): void => {
  if (pair === undefined) return;
  const wish = externalId;
  pair.shared.externalId = wish.kind === 'none' ? ['none'] : wish.kind === 'given' ? wish.values : [wish.fresh];
  pair.shared.orgId = conditions.orgId;
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
