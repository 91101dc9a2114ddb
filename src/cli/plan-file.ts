/** The plan that `plan --out` writes and `init --plan` carries out: what is wanted, what would change, and digests of what it was made from. */
import { canonicalPlan, type Plan } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import { problem } from '#domain/diagnostic.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import type { Given } from '#domain/fields.ts';
import { withoutContents } from '#domain/given-files.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { textOfObserved } from '#core/observe.ts';
import type { Planned } from '#core/plan-target.ts';
import { commandLine } from './answers.ts';
import type { Context } from './context.ts';
import { expectFree } from './write-out.ts';
import type { LoadedConfig } from './file-spec.ts';
import type { PairRun } from './pair-run.ts';
import type { Target } from './targets.ts';

export interface PlannedTarget {
  /** Settled, the external ID that is to be made among it. */
  readonly spec: Spec;
  /** As it was said, but for what is in files: the way in, and what xacct.yaml keeps that no Spec holds. */
  readonly input: SpecInput;
  /** The part of it that flags and variables said. */
  readonly flags: SpecInput;
  /** Where it is one half of a pair: which one, and what a new xacct.yaml says of both. */
  readonly pair?: Pick<PairRun, 'half' | 'undivided'>;
  readonly changes: Plan['changes'];
  readonly trustList: Plan['trustList'];
  /** SHA-256 of what the accounts held, and of the plan. */
  readonly digests: { readonly observed: string; readonly plan: string };
}

export interface PlanFile {
  readonly schema: 1;
  readonly kind: 'xacct-plan';
  /** Of xacct: another one may plan otherwise. */
  readonly version: string;
  /** SHA-256 of xacct.yaml; null where there was none. */
  readonly config: string | null;
  readonly targets: readonly PlannedTarget[];
  /** SHA-256 of all of the above, as it stands in the file. */
  readonly digest: string;
}

const digestOfConfig = async (loaded: LoadedConfig | undefined, context: Context): Promise<string | null> => {
  const text = loaded && (await context.files.read(loaded.source.path));
  return text === undefined ? null : context.digest(text);
};

const digestsOf = ({ observed, source, plan }: Planned, context: Context): PlannedTarget['digests'] => ({
  observed: context.digest(textOfObserved([observed, source.observed])),
  plan: context.digest(canonicalPlan(plan)),
});

/** A tag that a session must have, with whatever value: JSON has no undefined, and would lose the tag. */
const withAnyValue = (spec: Spec, any: null | undefined): Spec => {
  const { conditions } = spec.role;
  const tags = Object.entries(conditions.sessionTags).map(([key, value]) => [key, value ?? any]);
  const sessionTags = Object.fromEntries(tags) as typeof conditions.sessionTags;
  return { ...spec, role: { ...spec.role, conditions: { ...conditions, sessionTags } } };
};

export const plannedTarget = (planned: Planned, { input, flags, pair }: Target, context: Context): PlannedTarget => {
  const { spec, plan } = planned;
  const divided = pair && { pair: { half: pair.half, undivided: withoutContents(pair.undivided) } };
  return {
    spec: withAnyValue(spec, null),
    input: withoutContents(input),
    flags: withoutContents(flags),
    ...divided,
    changes: plan.changes,
    trustList: plan.trustList,
    digests: digestsOf(planned, context),
  };
};

/** Only for who may read the folder: it holds external IDs, and no other secret. */
export const writePlanFile = async (
  name: string,
  targets: PlanFile['targets'],
  loaded: LoadedConfig | undefined,
  context: Context,
): Promise<void> => {
  const config = await digestOfConfig(loaded, context);
  const content = { schema: 1, kind: 'xacct-plan', version: context.version, config, targets } as const;
  const file: PlanFile = { ...content, digest: context.digest(JSON.stringify(content)) };
  await context.files.write(context.files.resolve(context.cwd, name), `${JSON.stringify(file, null, 2)}\n`);
};

const unusable = (name: string, why: string, command: string): XacctError =>
  new XacctError(problem('STALE', `the plan ${name} ${why}`, { path: '--plan', hints: [{ text: 'make a new plan', command }] }));

const parsed = (text: string): Partial<PlanFile> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const isPlan = (file: Partial<PlanFile> | undefined): boolean => file?.kind === 'xacct-plan' && file.schema === 1;

/** Throws XacctError. */
export const expectNoOther = (file: Given<string>, context: Context): Promise<void> =>
  expectFree(file, { kind: 'plan of xacct', isOne: (text) => isPlan(parsed(text)) }, context);

/** As it was written, to the letter: whoever wants another plan makes one. */
export const readPlanFile = async (name: string, loaded: LoadedConfig | undefined, context: Context): Promise<PlanFile> => {
  const text = await context.files.read(context.files.resolve(context.cwd, name));
  const command = commandLine(['plan', '--out', name]);
  if (text === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', `there is no plan ${name}`, { path: '--plan', hints: [{ text: 'make it', command }] }),
    );
  const file = parsed(text);
  const reader = await context.configReader();
  if (!reader.isPlan(file))
    throw new XacctError(
      problem('INVALID_VALUE', `${name} is no plan of xacct`, { path: '--plan', hints: [{ text: 'make one', command }] }),
    );
  const { digest, ...content } = file as PlanFile;
  if (digest !== context.digest(JSON.stringify(content))) throw unusable(name, 'was edited after it was made', command);
  if (content.version !== context.version) throw unusable(name, `was made by xacct ${content.version}`, command);
  if (content.config !== (await digestOfConfig(loaded, context)))
    throw unusable(name, 'was made from another xacct.yaml than the one that is there now', command);
  const { targets } = file as PlanFile;
  return { ...(file as PlanFile), targets: targets.map((target) => ({ ...target, spec: withAnyValue(target.spec, undefined) })) };
};

/** What the plan was made from still holds, and it is still what would be done. */
export const expectSame = (planned: Planned, expected: Pick<PlannedTarget, 'digests'>, context: Context): void => {
  const { observed, plan } = digestsOf(planned, context);
  if (observed === expected.digests.observed && plan === expected.digests.plan) return;
  throw new XacctError(
    problem('STALE', `account ${planned.desired.targetAccount} has changed since the plan was made`, {
      path: '--plan',
      hints: [{ text: 'look at the new plan', command: 'xacct plan' }],
    }),
  );
};
