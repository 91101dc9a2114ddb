/** Credentials that the sandbox hands out without being asked over the wire: of administrators and other users, of root users, of roles. */
import { parseRoleArn } from '#domain/arn.ts';
import type { Random } from '#domain/clock.ts';
import { issueRoleSession } from './handlers/credentials.ts';
import { type Account, findNamed } from './model/account.ts';
import type { KeyPair } from './model/default-seed.ts';
import { addAccessKey } from './model/entities.ts';
import { newAccessKeyId, newSecretKey } from './model/unique-id.ts';
import type { World } from './model/world.ts';

export interface SessionKeys extends KeyPair {
  readonly sessionToken: string;
}

const SESSION_SECONDS = 3600;

export const newKey = (random: Random, account: string): KeyPair => ({
  accessKeyId: newAccessKeyId(random, 'AKIA', account),
  secretAccessKey: newSecretKey(random),
});

const accountNamed = (world: World, id: string): Account => {
  const account = world.accounts.get(id);
  if (account === undefined) throw new Error(`the sandbox has no account ${id}; it has ${[...world.accounts.keys()].join(', ')}`);
  return account;
};

/** A key of that user, made where it has none that is active. */
export const userKey = (world: World, accountId: string, userName: string): KeyPair => {
  const account = accountNamed(world, accountId);
  const user = findNamed(account.users, userName);
  if (user === undefined) throw new Error(`account ${accountId} of the sandbox has no user ${userName}`);
  const { accessKeyId, secretAccessKey } =
    user.keys.find(({ status }) => status === 'Active') ?? addAccessKey(world, account, user, newKey(world.random, accountId));
  return { accessKeyId, secretAccessKey };
};

export const rootKey = (world: World, accountId: string): KeyPair => {
  const account = accountNamed(world, accountId);
  const [known] = [...world.rootKeys].filter(([, key]) => key.account === account);
  if (known !== undefined) return { accessKeyId: known[0], secretAccessKey: known[1].secretAccessKey };
  const made = newKey(world.random, accountId);
  world.rootKeys.set(made.accessKeyId, { account, secretAccessKey: made.secretAccessKey });
  return made;
};

/** An hour's session of a role, without asking its trust policy. */
export const sessionKeys = (world: World, roleArn: string, sessionName: string): SessionKeys => {
  const parsed = parseRoleArn(roleArn);
  if (parsed === undefined) throw new Error(`"${roleArn}" is not the ARN of a role: arn:aws:iam::222222222222:role/NAME`);
  const account = accountNamed(world, parsed.account);
  const role = findNamed(account.roles, parsed.name);
  if (role === undefined) throw new Error(`the sandbox has no role ${roleArn}`);
  const now = world.clock.now();
  const session = { sessionName, issuedAt: now, expiresAt: now + SESSION_SECONDS * 1000 };
  const { AccessKeyId, SecretAccessKey, SessionToken } = issueRoleSession(world, account, role, session);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
};
