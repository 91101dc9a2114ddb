/** Who signed a request: a user by its key, a session by its sealed token; everything else is refused as AWS refuses it. */
import { expiredToken, invalidToken } from '#sandbox/errors.ts';
import type { Principal } from '#sandbox/model/principal.ts';
import { principalById, type World } from '#sandbox/model/world.ts';
import { secretOfSession, unsealSession, type SealedSession } from './session-token.ts';
import { assertSignature, assertTimely, readClaim, type SignedRequest } from './sigv4.ts';

export interface Authenticated {
  readonly principal: Principal;
  /** Of the credential scope. */
  readonly region: string;
}

/** `signingNow` is the time by which signatures are fresh; the model's own clock may have been moved. */
export const authenticate = async (
  world: World,
  service: string,
  request: SignedRequest,
  signingNow: number,
): Promise<Authenticated> => {
  const claim = readClaim(request);
  const identified =
    claim.sessionToken === undefined
      ? identifyKey(world, claim.accessKeyId)
      : identifySession(world, claim.accessKeyId, claim.sessionToken);
  assertTimely(claim, service, signingNow);
  await assertSignature(request, claim, identified.secretAccessKey);
  return { principal: identified.principal, region: claim.region };
};

interface Identified {
  readonly principal: Principal;
  readonly secretAccessKey: string;
}

const identifyKey = (world: World, accessKeyId: string): Identified => {
  const root = world.rootKeys.get(accessKeyId);
  if (root !== undefined)
    return { principal: { kind: 'root', account: root.account, accessKeyId }, secretAccessKey: root.secretAccessKey };
  const found = world.accessKeys.get(accessKeyId);
  if (found === undefined || found.key.status === 'Inactive' || found.key.usableAt > world.clock.now()) throw invalidToken();
  const { account, user, key } = found;
  return {
    principal: { kind: 'user', account, user, accessKeyId, isTemporary: false },
    secretAccessKey: key.secretAccessKey,
  };
};

const identifySession = (world: World, accessKeyId: string, token: string): Identified => {
  const sealed = unsealSession(world.sealingKey, token);
  if (sealed === undefined || sealed.accessKeyId !== accessKeyId) throw invalidToken();
  if (sealed.expiresAt <= world.clock.now()) throw expiredToken();
  return { principal: sessionPrincipal(world, sealed), secretAccessKey: secretOfSession(world.sealingKey, accessKeyId) };
};

const sessionPrincipal = (world: World, sealed: SealedSession): Principal => {
  const { accessKeyId } = sealed;
  const account = world.accounts.get(sealed.accountId);
  const entity = principalById(world, sealed.principalId);
  if (account === undefined || entity === undefined) throw invalidToken();
  if (sealed.kind === 'user' && 'keys' in entity)
    return {
      kind: 'user',
      account,
      user: entity,
      accessKeyId,
      isTemporary: true,
      mfaAt: sealed.mfaAt,
      issuedAt: sealed.issuedAt,
    };
  if (sealed.kind === 'session' && 'trust' in entity)
    return { kind: 'session', account, role: entity, session: sealed.session, accessKeyId };
  if (sealed.kind === 'session' && 'keys' in entity)
    return { kind: 'federated', account, user: entity, session: sealed.session, accessKeyId };
  throw invalidToken();
};
