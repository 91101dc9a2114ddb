/** Who can become a role that can become the role: every chain of roles whose trust policies can be read. Reads only. */
import { parseArn, parseRoleArn } from '#domain/arn.ts';
import type { Unread } from '#domain/unread.ts';
import type { WhoChain, WhoEntry } from '#domain/who.ts';
import type { TargetRole } from '#policy/scenario.ts';
import { eachOf } from './account-callers.ts';
import type { AccountView } from './explain-live.ts';
import { attemptIn } from './unread.ts';
import { principalsOf, type Situation } from './who-entries.ts';

/** Roles between the principal and the role at most. Longer chains are seldom meant, and every role costs a call. */
const MOST_ROLES = 3;

interface Search {
  readonly callers: Situation['callers'];
  readonly views: readonly AccountView[];
  /** The ARN of the role that all chains end at. */
  readonly target: string;
  readonly unread: Unread[];
}

/** A role that is reached, and the roles from it to the end. */
interface Link {
  readonly roleArn: string;
  readonly through: readonly string[];
  readonly can: WhoEntry['can'];
}

/** Who signs in to a permission set is a matter of IAM Identity Center, not of the trust policy of its role. */
const linkOf = ({ principal, kind, can }: WhoEntry, through: readonly string[]): readonly Link[] =>
  kind === 'role' && can !== 'no' ? [{ roleArn: principal, through: [principal, ...through], can }] : [];

const readRole = async (roleArn: string, { views, unread }: Search): Promise<TargetRole | undefined> => {
  const role = parseRoleArn(roleArn);
  const account = parseArn(roleArn)?.account ?? '';
  const view = views.find((one) => one.account === account);
  const what = `who can become ${roleArn}`;
  if (role === undefined) return undefined;
  if (view === undefined) {
    const reason = `no credentials of account ${account} were given: --source-profile`;
    unread.push({ what, account, permission: null, reason });
    return undefined;
  }
  const attempt = attemptIn(account, unread);
  const state = await attempt(what, 'iam:GetRole', () => view.iam.readPrincipal('role', role.name));
  if (state === 'unknown' || state?.arn !== roleArn || state.trustPolicy === undefined) return undefined;
  return { arn: roleArn, trustPolicy: state.trustPolicy, tags: state.tags, uniqueId: state.uniqueId };
};

const entriesOf = async ({ roleArn, through, can }: Link, search: Search): Promise<readonly WhoChain[]> => {
  const role = await readRole(roleArn, search);
  if (role === undefined || typeof role.trustPolicy === 'string') return [];
  const trust = role.trustPolicy as Situation['trust'];
  return principalsOf({ role, trust, callers: search.callers })
    .filter((entry) => entry.can !== 'no')
    .map((entry) => ({ ...entry, can: can === 'yes' ? entry.can : 'unknown', through }));
};

const sameLink = (a: Link) => (b: Link) => a.roleArn === b.roleArn;

/** A role that gets in by several ways is followed once, by the surest of them. */
const distinctLinks = (links: readonly Link[]): readonly Link[] => {
  const sure = links.toSorted((a, b) => Number(b.can === 'yes') - Number(a.can === 'yes'));
  return sure.filter((link, i) => sure.findIndex(sameLink(link)) === i);
};

/** Whoever gets in directly is not listed again, nor is a role that a chain already led to. */
export const chainsTo = async (direct: readonly WhoEntry[], search: Search): Promise<readonly WhoChain[]> => {
  const known = new Set([search.target, ...direct.filter(({ can }) => can !== 'no').map(({ principal }) => principal)]);
  const chains: WhoChain[] = [];
  let links = distinctLinks(direct.flatMap((entry) => linkOf(entry, [])));
  for (let count = 0; count < MOST_ROLES && links.length > 0; count += 1) {
    const found = (await eachOf(links, (link) => entriesOf(link, search))).flat();
    const fresh = found.filter(
      ({ principal, through }) => !known.has(principal) && found.find((it) => it.principal === principal)?.through === through,
    );
    for (const { principal } of fresh) known.add(principal);
    chains.push(...fresh);
    links = distinctLinks(fresh.flatMap((entry) => linkOf(entry, entry.through)));
  }
  return chains;
};
