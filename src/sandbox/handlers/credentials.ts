/** Issues temporary credentials: a key id, the secret that follows from it, and the sealed token. */
import type { Account, Role } from '#sandbox/model/account.ts';
import type { RoleSession, UserPrincipal } from '#sandbox/model/principal.ts';
import { newUniqueId } from '#sandbox/model/unique-id.ts';
import type { World } from '#sandbox/model/world.ts';
import { sealSession, secretOfSession } from '#sandbox/signature/session-token.ts';
import type { Credentials } from '#sandbox/wire/generated/sts-types.ts';

export const issueRoleSession = (world: World, account: Account, role: Role, session: RoleSession): Credentials => {
  const accessKeyId = newUniqueId(world.random, 'ASIA');
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretOfSession(world.sealingKey, accessKeyId),
    SessionToken: sealSession(world.sealingKey, world.random, {
      kind: 'session',
      accessKeyId,
      accountId: account.id,
      principalId: role.id,
      expiresAt: session.expiresAt,
      session,
    }),
    Expiration: session.expiresAt,
  };
};

export const issueUserSession = (world: World, { account, user }: UserPrincipal, seconds: number): Credentials => {
  const accessKeyId = newUniqueId(world.random, 'ASIA');
  const expiresAt = world.clock.now() + seconds * 1000;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretOfSession(world.sealingKey, accessKeyId),
    SessionToken: sealSession(world.sealingKey, world.random, {
      kind: 'user',
      accessKeyId,
      accountId: account.id,
      principalId: user.id,
      expiresAt,
    }),
    Expiration: expiresAt,
  };
};
