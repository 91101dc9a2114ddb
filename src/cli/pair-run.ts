/** A pair divided: two parts with one fresh external ID, and what both say together, as it stands in the file. */
import { halfOf, HALVES, isPair, withSharedId, type Half } from '#domain/pair.ts';
import { byLayout } from '#domain/layer-input.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import type { Context } from './context.ts';
import { EXTERNAL_ID_BYTES, NOT_GENERATED } from './external-id.ts';
import type { Needs } from './file-spec.ts';
import { withGithubIds } from './github-ids.ts';

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
