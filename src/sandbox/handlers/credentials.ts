/** Issues temporary credentials: a key id, the secret that follows from it, and the sealed token. */
import type { Account, Role, User } from '#sandbox/model/account.ts';
import type { RoleSession, UserPrincipal } from '#sandbox/model/principal.ts';
import { newAccessKeyId } from '#sandbox/model/unique-id.ts';
import type { World } from '#sandbox/model/world.ts';
import { sealSession, secretOfSession } from '#sandbox/signature/session-token.ts';
import type { Credentials } from '#sandbox/wire/generated/sts-types.ts';

/** `entity` is the role, or the user that federates somebody. */
export const issueRoleSession = (world: World, account: Account, entity: Role | User, session: RoleSession): Credentials => {
  const accessKeyId = newAccessKeyId(world.random, 'ASIA', account.id);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretOfSession(world.sealingKey, accessKeyId),
    SessionToken: sealSession(world.sealingKey, world.random, {
      kind: 'session',
      accessKeyId,
      accountId: account.id,
      principalId: entity.id,
      expiresAt: session.expiresAt,
      session,
    }),
    Expiration: session.expiresAt,
  };
};

export const issueUserSession = (
  world: World,
  { account, user }: UserPrincipal,
  seconds: number,
  mfaAt: number | undefined,
): Credentials => {
  const accessKeyId = newAccessKeyId(world.random, 'ASIA', account.id);
  const issuedAt = world.clock.now();
  const expiresAt = issuedAt + seconds * 1000;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretOfSession(world.sealingKey, accessKeyId),
    SessionToken: sealSession(world.sealingKey, world.random, {
      kind: 'user',
      accessKeyId,
      accountId: account.id,
      principalId: user.id,
      expiresAt,
      mfaAt,
      issuedAt,
    }),
    Expiration: expiresAt,
  };
};
