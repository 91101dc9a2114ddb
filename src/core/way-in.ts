/** The way to the target's door: who asks for its role is the source, or a session of the last role on the way. As Terraform walks it. */
import type { Access, RoleEntry } from '#domain/access.ts';
import { parseSessionArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { check, type Finding, type Found } from './check.ts';
import { requestOf, tokenRequestOf } from './entry-request.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import { sayAnswer } from './probes.ts';
import { askUntil, type AskPorts } from './propagation.ts';

/** Whoever asks for a role, and by which credentials. */
export interface Knocker {
  readonly caller: CallerIdentity;
  readonly sessions: Sessions;
}

/** One role on the way, and who asks for it by what. */
export interface Knock extends Knocker {
  readonly entry: RoleEntry;
  readonly request: AssumeRoleRequest;
}

export interface Walked {
  /** Who stands at the target's door. */
  readonly door: Knocker;
  /** ARNs of the sessions on the way. */
  readonly through: readonly string[];
  /** The role that did not let in. */
  readonly stuckAt?: { readonly knock: Knock; readonly refusal: Refusal };
}

export const knockAt = (entry: RoleEntry, { caller, sessions }: Knocker): Knock => ({
  caller,
  sessions,
  entry,
  request: caller.claims === undefined ? requestOf(entry) : tokenRequestOf(entry),
});

export const isSessionOf = ({ arn }: CallerIdentity, { role }: RoleEntry): boolean => {
  const session = parseSessionArn(arn);
  return session?.account === role.account && session.roleName === role.name;
};

/** A CI job may have entered the hub before verify runs: then the way goes on from there. */
const rolesAhead = ({ via }: Access, caller: CallerIdentity): readonly RoleEntry[] =>
  via.slice(via.findLastIndex((entry) => isSessionOf(caller, entry)) + 1);

/** Where nobody but tokens gets in, other credentials prove nothing, unless they are what a token got. */
export const refuseWithoutToken = ({ via, webIdentity, roleArn }: Access, { arn, claims }: CallerIdentity): void => {
  if (webIdentity === undefined || claims !== undefined) return;
  if (via.some((entry) => isSessionOf({ account: '', arn, userId: '' }, entry))) return;
  const first = via[0]?.roleArn ?? roleArn;
  const whose = webIdentity.issuer === undefined ? '' : ` of ${webIdentity.issuer}`;
  throw new XacctError(
    problem('NO_CREDENTIALS', `${first} is entered with a token${whose}, and none is at hand: these credentials are ${arn}`, {
      path: 'AWS_WEB_IDENTITY_TOKEN_FILE',
      hints: [
        { text: 'run it where the token is, and name its file', command: 'export AWS_WEB_IDENTITY_TOKEN_FILE=PATH' },
        { text: 'whether the trust policy takes a token', command: `xacct explain --role-arn ${first} --as PRINCIPAL` },
      ],
    }),
  );
};

const callerOf = ({ arn, userId }: AssumedSession): CallerIdentity => ({
  account: parseSessionArn(arn)?.account ?? '',
  arn,
  userId,
});

export interface WalkOptions {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly isHopeless: (refusal: Refusal, knock: Knock) => Promise<boolean>;
}

const walk = async (entries: readonly RoleEntry[], from: Knocker, ports: AskPorts, options: WalkOptions): Promise<Walked> => {
  const through: string[] = [];
  let door = from;
  for (const entry of entries) {
    const knock = knockAt(entry, door);
    const isHopeless = (refusal: Refusal): Promise<boolean> => options.isHopeless(refusal, knock);
    const { waitMs, signal } = options;
    const question = { wanted: 'assumed', request: knock.request, waitMs, signal, isHopeless } as const;
    const answer = await askUntil(question, { ...ports, sessions: door.sessions });
    if (answer.kind === 'refused') return { door, through, stuckAt: { knock, refusal: answer } };
    through.push(answer.arn);
    door = { caller: callerOf(answer), sessions: answer.sessions() };
  }
  return { door, through };
};

/** All of it, once and now: nobody waits, and nobody judges it. Throws XacctError where only a token gets in, and none is at hand. */
export const enter = async (
  access: Access,
  from: Knocker,
  ports: AskPorts,
  signal: AbortSignal | undefined,
): Promise<AssumedSession | Refusal> => {
  refuseWithoutToken(access, from.caller);
  const options = { waitMs: 0, signal, isHopeless: async () => true };
  const { door, stuckAt } = await walk(rolesAhead(access, from.caller), from, ports, options);
  return stuckAt?.refusal ?? door.sessions.assumeRole(knockAt(access, door).request, signal);
};

const judge = ({ door, through, stuckAt }: Walked): Finding => {
  const expected = 'a session of each';
  if (stuckAt)
    return {
      status: 'fail',
      expected,
      observed: sayAnswer(stuckAt.refusal),
      reason: `${stuckAt.knock.entry.roleArn} does not let ${stuckAt.knock.caller.arn} in`,
      symptom: { kind: 'refusal', refusal: stuckAt.refusal },
    };
  return { status: 'pass', expected, observed: through.at(-1) ?? `already in: ${door.caller.arn}` };
};

/** Undefined where no role stands on the way: nothing is asked, and nothing is to be said. */
export const proveWayIn = (
  access: Access,
  from: Knocker,
  ports: AskPorts,
  options: WalkOptions,
): Promise<Found<Walked>> | undefined =>
  access.via.length === 0
    ? undefined
    : check('way-in', ports, () => walk(rolesAhead(access, from.caller), from, ports, options), judge);
