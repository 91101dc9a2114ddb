/** Node's crypto takes 3 ms to load, which a start without a random name or a digest does not pay. */
import type * as crypto from 'node:crypto';

export const nodeCrypto = (): typeof crypto => process.getBuiltinModule('node:crypto');
