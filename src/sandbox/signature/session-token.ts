/** Session tokens: everything a session is, sealed with AES-GCM, so that no session is stored and none can be forged. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { Random } from '#domain/clock.ts';
import type { RoleSession } from '#sandbox/model/principal.ts';

export interface SealedUserSession {
  readonly kind: 'user';
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly principalId: string;
  readonly expiresAt: number;
  readonly mfaAt?: number | undefined;
  readonly issuedAt: number;
}

export interface SealedRoleSession {
  /** Of a role, or of a user that federates somebody. */
  readonly kind: 'session';
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly principalId: string;
  readonly expiresAt: number;
  readonly session: RoleSession;
}

/** Entities by unique id: a session dies with its user or role, even when one of the same name is made again. */
export type SealedSession = SealedUserSession | SealedRoleSession;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_LENGTH = 40;

export const sealSession = (key: Buffer, random: Random, session: SealedSession): string => {
  const iv = Buffer.from(random.hex(IV_BYTES), 'hex');
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
};

/** Undefined for a token that this sandbox did not make, or that was changed. */
export const unsealSession = (key: Buffer, token: string): SealedSession | undefined => {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    return JSON.parse(text) as SealedSession;
  } catch {
    return undefined;
  }
};

/** The secret of temporary credentials follows from their key id, so that it need not be stored either. */
export const secretOfSession = (key: Buffer, accessKeyId: string): string =>
  createHmac('sha256', key).update(`secret:${accessKeyId}`).digest('base64').padEnd(SECRET_LENGTH, '0').slice(0, SECRET_LENGTH);
