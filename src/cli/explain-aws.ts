/** explain with AWS: opens what sides there are, finds out who calls, and hands over to core. Never assumes the role. */
import { formatRoleArn, parseArn } from '#domain/arn.ts';
import type { Access } from '#domain/access.ts';
import type { Fix } from '#domain/cause.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { parseAccount } from '#domain/fields.ts';
import { parseAccess } from '#domain/parse-access.ts';
import { permissionSetOf } from '#domain/principal.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { callerOfArn } from '#core/caller-of-arn.ts';
import { explainLive, type AccountView, type LiveAnswer } from '#core/explain-live.ts';
import { requestOf as callOf } from '#core/entry-request.ts';
import { identify } from '#core/identify.ts';
import { parseCallerName } from '#core/name-caller.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';
import { expectAccount } from '#core/settle-spec.ts';
import { explainWho } from '#core/who.ts';
import { compareWho, faultsOfExpected } from '#core/who-expected.ts';
import type { AssumeRoleRequest, Caller } from '#policy/scenario.ts';
import { commandLine } from './answers.ts';
import type { Input, Outcome } from './command.ts';
import { targetProfile, withProfile } from './complete-patch.ts';
import type { Context } from './context.ts';
import { again } from './again.ts';
import { readCallFacts } from './explain-call-facts.ts';
import { renderLive } from './render/explain.ts';
import { renderWho } from './render/who.ts';
import { openMain, openNamed } from './open-accounts.ts';
import type { SideName } from './sides.ts';
import { readTargets, type Target } from './targets.ts';

interface OpenView extends AccountView {
  readonly identity: CallerIdentity;
}

interface Sides {
  readonly source: OpenView | undefined;
  readonly target: OpenView | undefined;
}

const SELF: Given<string> = { value: 'self', place: 'default' };

const onlyTarget = async (input: Input, context: Context): Promise<{ readonly target: Target; readonly access: Access }> => {
  const { targets } = await readTargets(input, context, { name: 'explain', needs: 'access', isForOne: true });
  const [target, ...others] = targets;
  if (target === undefined || others.length > 0) {
    const names = targets.map(({ input: { name } }) => name);
    const command = again('explain', { verb: 'explain', input, names: names.slice(0, 1) });
    throw new XacctError(
      problem('USAGE', `one target at a time, not ${names.join(' and ')}`, { hints: [{ text: 'name one', command }] }),
    );
  }
  const access = parseAccess(target.input);
  if (!access.ok) throw XacctError.of(access.diagnostics);
  return { target, access: access.value };
};

const viewOf = async (side: SideName, { sessions, principals }: AwsSide): Promise<OpenView> => {
  const identity = await identify(side, sessions);
  return { identity, account: identity.account, iam: principals };
};

/** The default chain may be empty where it is not the caller's. */
const unlessMissing = async (viewing: Promise<OpenView>): Promise<OpenView | undefined> => {
  try {
    return await viewing;
  } catch (error) {
    if (isXacctError(error) && error.kind === 'credentials') return undefined;
    throw error;
  }
};

const openSides = async (
  isSourceNeeded: boolean,
  { target, access }: { readonly target: Target; readonly access: Access },
  input: Input,
  context: Context,
): Promise<Sides> => {
  const opening = { target, region: target.input.region && access.region, input, context };
  const isNamed = input.text('source-profile') !== undefined || target.input.sourceAccount !== undefined;
  const viewing = openMain('source', opening).then((opened) => viewOf('source', opened));
  const source = await (isSourceNeeded || isNamed ? viewing : unlessMissing(viewing));
  const sourceAccount = target.input.sourceAccount && parseAccount(target.input.sourceAccount);
  if (sourceAccount && !sourceAccount.ok) throw XacctError.of(sourceAccount.diagnostics);
  if (source && sourceAccount) expectAccount(source.identity, sourceAccount.value, 'source', '--source-profile');
  const openedTarget = await openNamed('target', opening);
  const own = openedTarget && (await viewOf('target', openedTarget));
  if (own) expectAccount(own.identity, access.role.account, 'target', '--target-profile');
  return { source, target: own ?? (source?.account === access.role.account ? source : undefined) };
};

/** Each account once: that of the target with the target's own credentials. */
const viewsOf = ({ source, target }: Sides): readonly AccountView[] =>
  [target, source]
    .filter((view) => view !== undefined)
    .filter((view, i, all) => all.findIndex(({ account }) => account === view.account) === i);

/** As the evaluator has it. */
const requestOf = (access: Access): AssumeRoleRequest => {
  const { roleArn: _, sessionSeconds = 0, ...request } = callOf(access);
  return { ...request, durationSeconds: sessionSeconds };
};

const selfOf = (identity: CallerIdentity): Caller => {
  const caller = callerOfArn(identity.arn);
  if (caller !== undefined) return { ...caller, uniqueId: identity.userId };
  throw new XacctError(
    problem('INVALID_VALUE', `the caller ${identity.arn} is nobody who could assume a role`, { path: '--as' }),
  );
};

const permissionSet = async (name: string, source: OpenView): Promise<Caller> => {
  const { account, iam } = source;
  const roles = (await iam.listPrincipals()).filter((one) => one.kind === 'role' && permissionSetOf(one.name) === name);
  const state = roles[0] && (await iam.readPrincipal('role', roles[0].name));
  if (state) return { arn: state.arn, kind: 'role' };
  throw new XacctError(
    problem('INVALID_VALUE', `account ${account} has no role of a permission set ${name}`, {
      path: '--as',
      hints: [{ text: 'see which there are', command: 'aws iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/' }],
    }),
  );
};

/** Too little could be read: the same question by those who may read the rest. */
const askElsewhere = ({ caller, role, unread }: LiveAnswer, { typed }: Input): Fix => {
  const accounts = unread
    .filter(({ permission }) => permission?.startsWith('organizations:') !== true)
    .map(({ account }) => account);
  const [source = '', target = ''] = [caller, role].map((arn) => parseArn(arn)?.account);
  const mine = new Set(['--as', ...(accounts.includes(source) ? ['--source-profile'] : [])]);
  const others = accounts.includes(target) ? ['--target-profile'] : [];
  const kept = typed.filter((word, i) => ![...mine, ...others].some((flag) => flag === word || typed[i - 1] === flag));
  const own = mine.has('--source-profile') ? ['--source-profile', `ADMIN-OF-${source}`] : [];
  const words = ['explain', ...kept, '--as', caller, ...own, ...others.flatMap((flag) => [flag, `ADMIN-OF-${target}`])];
  return {
    actor: 'you',
    account: null,
    summary: `ask again with credentials that may read the rest: an administrator's of account ${[...new Set(accounts)].join(' and ')}`,
    change: null,
    command: null,
    hcl: null,
    xacct: commandLine(words),
    message: null,
  };
};

/** Status 0 when nothing that could be read refuses it. */
export const explainCaller = async (input: Input, context: Context): Promise<Outcome> => {
  const named = parseCallerName(input.text('as') ?? SELF);
  if (!named.ok) throw XacctError.of(named.diagnostics);
  const chosen = await onlyTarget(input, context);
  const request = requestOf(chosen.access);
  const facts = readCallFacts(input, chosen.target.input.region && chosen.access.region);
  const sides = await openSides(named.value.kind !== 'caller', chosen, input, context);
  const { source } = sides;
  let caller: Caller;
  if (named.value.kind === 'caller') caller = named.value.caller;
  else if (source === undefined) throw new XacctError(problem('NO_CREDENTIALS', 'who calls? There are no source credentials'));
  else caller = named.value.kind === 'self' ? selfOf(source.identity) : await permissionSet(named.value.name, source);
  const found = await explainLive({
    caller: { ...caller, ...facts.caller },
    role: chosen.access.role,
    request: { ...request, ...facts.request },
    time: facts.time ?? new Date(context.clock.now()).toISOString(),
    known: facts.known,
    views: viewsOf(sides),
  });
  const fix = found.isSettled
    ? found.fix && withProfile(found.fix, await targetProfile(chosen.target, input, context))
    : askElsewhere(found, input);
  const answer = { ...found, fix };
  const { paint, width } = context;
  return {
    status: answer.verdict === 'allowed' && answer.isSettled ? 0 : 1,
    text: renderLive(answer, { paint, width }, input.isSet('verbose')),
    result: answer,
  };
};

const targetNeeded = (access: Access): XacctError =>
  new XacctError(
    problem(
      'USAGE',
      `--who reads the trust policy of ${access.roleArn}: credentials of account ${access.role.account} are needed`,
      {
        path: '--target-profile',
        hints: [{ text: 'name them', command: `xacct explain --who --role-arn ${access.roleArn} --target-profile NAME` }],
      },
    ),
  );

/** Status 1 only when `--expect` differs. */
export const explainEverybody = async (input: Input, context: Context): Promise<Outcome> => {
  const [fault, ...faults] = faultsOfExpected(input.list('expect') ?? []);
  if (fault !== undefined) throw XacctError.of([fault, ...faults]);
  const chosen = await onlyTarget(input, context);
  const { access } = chosen;
  const sides = await openSides(false, chosen, input, context);
  if (sides.target === undefined) throw targetNeeded(access);
  const who = await explainWho(access.role, sides.target, viewsOf(sides));
  const names = input.list('expect')?.map(({ value }) => value);
  const partition = parseArn(formatRoleArn(access.role))?.partition ?? 'aws';
  const expected = names === undefined ? null : compareWho(who, names, partition);
  const isAsExpected = expected === null || expected.missing.length + expected.unexpected.length === 0;
  const { paint, width } = context;
  return { status: isAsExpected ? 0 : 1, text: renderWho({ ...who, expected }, { paint, width }), result: { ...who, expected } };
};
