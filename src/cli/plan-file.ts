/** The plan that `plan --out` writes and `init --plan` carries out: what is wanted, what would change, and digests of what it was made from. */
import { canonicalPlan, type Change } from '#domain/plan.ts';
import type { PlanFile, PlannedTarget } from '#domain/plan-file.ts';
import type { Spec } from '#domain/spec.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { withoutContents } from '#domain/given-files.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { textOfObserved } from '#core/observe.ts';
import { differing, staleAccount } from '#core/stale.ts';
import type { Planned } from '#core/plan-target.ts';
import { reaching } from './again.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { expectFree } from './write-out.ts';
import type { LoadedConfig } from './file-spec.ts';
import type { Target } from './targets.ts';

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

/** Where flags alone made it, those flags are needed again, and it does not hold them. */
export const remake = (name: string, planned: readonly PlannedTarget[], input: Input, loaded: LoadedConfig | undefined): Hint => {
  if (loaded === undefined) return { text: `make a new plan as this one was made, with --out ${name}` };
  const names = [...new Set(planned.map(({ spec, pair }) => pair?.undivided.name ?? spec.name))];
  const isOne = loaded.targets.length === 1;
  return {
    text: 'make a new plan',
    command: reaching('plan', { verb: 'init', input, names: isOne ? [] : names }, ['--out', name]),
  };
};

const unusable = (name: string, why: string, hint: Hint): XacctError =>
  new XacctError(problem('STALE', `the plan ${name} ${why}`, { path: '--plan', hints: [hint] }));

/** Throws XacctError. */
export const expectNoOther = (file: Given<string>, context: Context): Promise<void> =>
  expectFree(
    file,
    { kind: 'plan of xacct', isOne: async (text) => (await context.configReader()).parsePlan(text, file.value).ok },
    context,
  );

/** As it was written, to the letter: whoever wants another plan makes one. */
export const readPlanFile = async (
  name: string,
  { loaded, input, context }: { readonly loaded: LoadedConfig | undefined; readonly input: Input; readonly context: Context },
): Promise<PlanFile> => {
  const text = await context.files.read(context.files.resolve(context.cwd, name));
  if (text === undefined) {
    const names = (loaded?.targets.length ?? 0) > 1 && input.targets.length === 0 ? ['--all'] : input.targets;
    const command = reaching('plan', { verb: 'init', input, names }, ['--out', name]);
    throw new XacctError(
      problem('FILE_UNREADABLE', `there is no plan ${name}`, { path: '--plan', hints: [{ text: 'make it', command }] }),
    );
  }
  const parsed = (await context.configReader()).parsePlan(text, name);
  if (!parsed.ok) throw XacctError.of(parsed.diagnostics);
  const { digest, ...content } = parsed.value;
  const hint = remake(name, content.targets, input, loaded);
  if (digest !== context.digest(JSON.stringify(content))) throw unusable(name, 'was edited after it was made', hint);
  if (content.version !== context.version) throw unusable(name, `was made by xacct ${content.version}`, hint);
  if (content.config !== (await digestOfConfig(loaded, context)))
    throw unusable(name, 'was made from another xacct.yaml than the one that is there now', hint);
  const targets = content.targets.map((target) => ({ ...target, spec: withAnyValue(target.spec, undefined) }));
  return { ...parsed.value, targets };
};

/** A plan is carried out whole: whoever names other targets than those in it means another plan. Throws XacctError. */
export const expectPlanned = (file: string, planned: readonly PlannedTarget[], input: Input): void => {
  const { targets, typed } = input;
  const isFor = ({ spec, pair }: PlannedTarget, name: string): boolean => spec.name === name || pair?.undivided.name === name;
  const isMeant = (one: PlannedTarget): boolean => targets.some((name) => isFor(one, name));
  const stranger = targets.find((name) => !planned.some((one) => isFor(one, name)));
  if (targets.length === 0 || (stranger === undefined && planned.every(isMeant))) return;
  const names = planned.map(({ spec }) => spec.name).join(', ');
  const said = stranger === undefined ? `is for ${names}, and is carried out whole` : `is for ${names}, not for ${stranger}`;
  throw new XacctError(
    problem('USAGE', `the plan ${file} ${said}`, {
      path: '--plan',
      hints: [
        { text: 'carry it out', command: commandLine(['init', ...typed.slice(targets.length)]) },
        { text: 'or plan what you mean', command: reaching('plan', { verb: 'init', input, names: targets }, ['--out', file]) },
      ],
    }),
  );
};

const partsOf = (changes: readonly Change[]) =>
  changes.map(({ address, action, before, after }) => [address, JSON.stringify([action, before, after])] as const);

/** What the plan was made from still holds, and it is still what would be done. */
export const expectSame = (planned: Planned, expected: PlannedTarget, remade: Hint, context: Context): void => {
  const { observed, plan } = digestsOf(planned, context);
  if (observed === expected.digests.observed && plan === expected.digests.plan) return;
  const what = differing(partsOf(expected.changes), partsOf(planned.plan.changes));
  throw staleAccount(planned.desired.targetAccount, what, { path: '--plan', hints: [remade] });
};
