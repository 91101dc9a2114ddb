/** Every user and role of an account as callers: in one call where that may be made, else one by one. Reads only. */
import { formatRoleArn, parseArn } from '#domain/arn.ts';
import type { Caller } from '#policy/scenario.ts';
import type { AccountView } from './explain-live.ts';
import { callerOfRecord, readCaller } from './read-caller.ts';
import { attemptIn } from './unread.ts';
import type { Unread } from '#domain/unread.ts';

const AT_ONCE = 8;

export const eachOf = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE) results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(work))));
  return results;
};

const arnOf = (kind: 'user' | 'role', name: string, partition: string, account: string): string =>
  kind === 'role' ? formatRoleArn({ partition, account, path: '/', name }) : `arn:${partition}:iam::${account}:user/${name}`;

const oneByOne = async (
  { account, iam }: AccountView,
  partition: string,
  unread: Unread[],
): Promise<readonly Caller[] | 'unknown'> => {
  const attempt = attemptIn(account, unread);
  const names = await attempt(`the users and roles of account ${account}`, 'iam:ListUsers', () => iam.listPrincipals());
  if (names === 'unknown') return 'unknown';
  return eachOf(names, async ({ kind, name }) => {
    const state = await attempt(`${kind} ${name}`, kind === 'user' ? 'iam:GetUser' : 'iam:GetRole', () =>
      iam.readPrincipal(kind, name),
    );
    const arn = state === 'unknown' || state === undefined ? arnOf(kind, name, partition, account) : state.arn;
    if (parseArn(arn) === undefined || state === undefined) return { arn, kind, identityPolicies: 'unknown' } as const;
    return readCaller({ arn, kind }, iam, attempt);
  });
};

/** `unknown` where the account cannot be read. */
export const readCallers = async (
  view: AccountView,
  partition: string,
  unread: Unread[],
): Promise<readonly Caller[] | 'unknown'> => {
  const refused: Unread[] = [];
  const what = `the users and roles of account ${view.account} with their policies`;
  const records = await attemptIn(view.account, refused)(what, 'iam:GetAccountAuthorizationDetails', () =>
    view.iam.readAccount(),
  );
  if (records !== 'unknown') return records.map(callerOfRecord);
  const callers = await oneByOne(view, partition, unread);
  if (callers === 'unknown') unread.push(...refused);
  return callers;
};
