/** Ports that remember what was asked of them: for tests of the stages alone. Accounts that enforce policies are the sandbox's. */
import type { Clock } from '#domain/clock.ts';
import type { Diagnostic } from '#domain/diagnostic.ts';
import type { Journal } from '#core/ports/journal.ts';
import type { Progress, Reporter } from '#core/ports/reporter.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from '#core/ports/sessions.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';

/** Stands still but for its sleeps, which it writes down. */
export const createClock = () => {
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => sleeps.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
    },
  };
  return { clock, sleeps };
};

/** Time and chance of a run that nobody waits for. */
export const createTime = () => ({ clock: createClock().clock, random: { hex: (bytes: number) => '8'.repeat(bytes * 2) } });

export const createListener = () => {
  const events: Progress[] = [];
  const told: Diagnostic[] = [];
  const reporter: Reporter = { progress: (event) => void events.push(event), tell: (diagnostic) => void told.push(diagnostic) };
  return { reporter, events, told };
};

export const refused = (message: string, code = 'AccessDenied'): Refusal => ({ kind: 'refused', code, status: 403, message });

const REGIONAL = { region: 'us-east-1', url: 'https://sts.us-east-1.amazonaws.com', kind: 'regional' } as const;

/** What somebody who got in has; `sessions` for a chain. */
export const aSession = (inside: CallerIdentity, sessions?: Sessions): AssumedSession => ({
  kind: 'assumed',
  arn: inside.arn,
  userId: inside.userId,
  expiresAt: '',
  identity: async () => inside,
  sessions: () => sessions ?? createSessions([]).sessions,
  inside: () => {
    throw new Error('nobody looks inside');
  },
});

/** Answers in turn; the last one for ever. */
export const createSessions = (answers: readonly ('in' | Refusal)[]) => {
  const asked: AssumeRoleRequest[] = [];
  const inside = {
    account: '222222222222',
    arn: 'arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform',
    userId: 'A',
  };
  const sessions: Sessions = {
    identity: async () => ({ account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', userId: 'A' }),
    credentialSource: () => 'the test',
    credentialLife: () => ({ kind: 'permanent' }),
    assumeRole: async (request) => {
      asked.push(request);
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? 'in';
      return answer === 'in' ? aSession(inside) : answer;
    },
    endpoint: async () => REGIONAL,
    withMfa: async () => undefined,
  };
  return { sessions, asked };
};

/** Every call is written down; `act` may fail it, or make it wait. */
export const createIam = (act: (call: string) => Promise<void> | void = () => undefined) => {
  const calls: string[] = [];
  const method =
    (name: string) =>
    async (first: unknown = { name: '' }, ...rest: readonly unknown[]): Promise<never> => {
      const subject = typeof first === 'string' ? first : (first as { readonly name: string }).name;
      const call = [name, subject, ...rest.filter((item) => typeof item === 'string')].join(' ');
      calls.push(call);
      await act(call);
      return undefined as never;
    };
  const iam: AccountIam = {
    warmUp: (connections) => void calls.push(`warmUp ${connections}`),
    readAlias: method('readAlias'),
    readRole: method('readRole'),
    listAttachedPolicies: method('listAttachedPolicies'),
    listInline: method('listInline'),
    readInline: method('readInline'),
    readPolicy: method('readPolicy'),
    listPolicies: method('listPolicies'),
    readProvider: method('readProvider'),
    listPolicyUsers: method('listPolicyUsers'),
    listProviders: method('listProviders'),
    listRoleTrusts: method('listRoleTrusts'),
    readInstanceProfile: method('readInstanceProfile'),
    listInstanceProfiles: method('listInstanceProfiles'),
    createRole: method('createRole'),
    updateTrust: method('updateTrust'),
    updateRole: method('updateRole'),
    putBoundary: method('putBoundary'),
    deleteBoundary: method('deleteBoundary'),
    deleteRole: method('deleteRole'),
    tag: method('tag'),
    untag: method('untag'),
    createPolicy: method('createPolicy'),
    updatePolicy: method('updatePolicy'),
    deletePolicy: method('deletePolicy'),
    attachPolicy: method('attachPolicy'),
    detachPolicy: method('detachPolicy'),
    putInline: method('putInline'),
    deleteInline: method('deleteInline'),
    createProvider: method('createProvider'),
    deleteProvider: method('deleteProvider'),
    addClientId: method('addClientId'),
    removeClientId: method('removeClientId'),
    createInstanceProfile: method('createInstanceProfile'),
    deleteInstanceProfile: method('deleteInstanceProfile'),
    addRoleToProfile: method('addRoleToProfile'),
    removeRoleFromProfile: method('removeRoleFromProfile'),
  };
  return { iam, calls };
};

export const createJournal = () => {
  const lines: string[] = [];
  const journal: Journal = {
    begin: async ({ id }) => void lines.push(`begin ${id}`),
    end: async ({ id }, outcome) => void lines.push(`end ${id} ${outcome}`),
    undo: async ({ id, undo }, outcome) => void lines.push(`undo ${id} by ${undo?.kind ?? 'nothing'} ${outcome}`),
  };
  return { journal, lines };
};
