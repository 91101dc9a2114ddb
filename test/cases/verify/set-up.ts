/** A set-up with exactly one thing wrong, as data: what differs from the sound one, and the cause that verify must name. */
import type { Actor } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { Sandbox, SandboxSeed } from '#sandbox/open.ts';
import { SOURCE, TARGET } from '../../support/product.ts';
import type { Keys } from '../../support/run-patch.ts';

export const ROLE = `arn:aws:iam::${TARGET}:role/deploy`;
export const ID = 'ext-7f3c';
export const CI = `arn:aws:iam::${SOURCE}:user/ci`;
export const RUNNER = `arn:aws:iam::${SOURCE}:role/runner`;

export type Document = object;
type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const document = (...Statement: readonly object[]): Document => ({ Version: '2012-10-17', Statement });
export const allow = (Action: string | readonly string[], Resource: unknown = ROLE, more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
export const deny = (Action: string | readonly string[], Resource: unknown = '*', more: object = {}): object => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...more,
});
export const WITH_ID: Condition = { StringEquals: { 'sts:ExternalId': ID } };
export const trusts = (
  AWS: unknown,
  Condition: Condition | null = WITH_ID,
  Action: string | readonly string[] = 'sts:AssumeRole',
): object => ({ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition && { Condition }) });

/** What the session brings; its trust statement has no condition on the external ID, which those actions never see. */
export const CARRIES = trusts(CI, null, ['sts:TagSession', 'sts:SetSourceIdentity']);

export const ASSUME = allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
/** What lets the source read what binds it; not given where only the wire may tell. */
export const READ = allow(['iam:Get*', 'iam:List*'], '*');

/** Of the MFA device that the user `ci` has in every set-up. */
export const MFA_SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

export interface SetUp {
  readonly title: string;
  /** The policies of the user `ci`, each a document. */
  readonly grants?: readonly Document[];
  readonly user?: object;
  readonly trust?: Document;
  readonly role?: object;
  /** Beside the user and the role; may replace them. */
  readonly more?: SandboxSeed;
  /** After the sandbox is open. */
  readonly after?: (sandbox: Sandbox) => void | Promise<void>;
  /** Whose credentials; the user's by default. */
  readonly as?: (sandbox: Sandbox) => Keys | Promise<Keys>;
  readonly argv?: readonly string[];
  /** One of the sound flags that is not given. */
  readonly omit?: string;
  readonly cause: CauseCode;
  /** Who acts, where it is another than the table of causes has. */
  readonly actor?: Actor;
  /** From the source's credentials alone, where it differs. */
  readonly fromSource?: CauseCode;
  /** Why nobody can say from the source's credentials alone what would cure: then no change is proposed. */
  readonly untold?: string;
  /** Only from the source alone: the sound set-up lacks a policy when the reading one is there. */
  readonly only?: 'source' | 'both';
}

export const SOUND = {
  grants: [document(ASSUME)],
  trust: document(trusts(CI), CARRIES),
  argv: ['--role-arn', ROLE, '--external-id', ID, '--region', 'us-east-1'],
} as const;

const ownSeed = (setUp: SetUp, mayRead: boolean): SandboxSeed => {
  const grants = [...(setUp.grants ?? SOUND.grants), ...(mayRead ? [document(READ)] : [])];
  const Policies = grants.map((PolicyDocument, i) => ({ PolicyName: `p${i}`, PolicyDocument }));
  return {
    accounts: {
      [SOURCE]: { users: [{ UserName: 'ci', Policies, MFADevices: [{ Base32StringSeed: MFA_SEED }], ...setUp.user }] },
      [TARGET]: { roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: setUp.trust ?? SOUND.trust, ...setUp.role }] },
    },
  };
};

type Lists = Readonly<Record<string, readonly object[]>>;

/** What `more` has, and the user and the role. */
export const seedOf = (setUp: SetUp, mayRead: boolean): SandboxSeed => {
  const own = ownSeed(setUp, mayRead).accounts ?? {};
  const { accounts: others = {}, ...rest } = setUp.more ?? {};
  const merged = [...new Set([...Object.keys(own), ...Object.keys(others)])].map((id) => {
    const lists = [others[id] ?? {}, own[id] ?? {}] as unknown as readonly Lists[];
    const kinds = new Set(lists.flatMap((list) => Object.keys(list)));
    return [id, Object.fromEntries([...kinds].map((kind) => [kind, lists.flatMap((list) => list[kind] ?? [])]))] as const;
  });
  return { ...rest, accounts: Object.fromEntries(merged) };
};
