/**
 * Does what a cause's patch says, and nothing else: its command as the administrator of its account, its command of xacct by this product, its
 * letter. What stands in capitals is what only a person knows, and is filled in. What is not printed is not done.
 */
import { AssumeRoleCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import type { Fix } from '#domain/cause.ts';
import type { SandboxSeed } from '#sandbox/open.ts';
import { carryOut, obeyLetter, shellWords } from './apply-patch.ts';
import type { Product } from './product.ts';
import { adminOf, clientsWith, keysOf } from './sandbox-clients.ts';
import { mfaCodeOf } from './totp.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Printed = Omit<Fix, 'actor'>;

export interface Patient {
  readonly product: Product;
  /** Whose credentials asked. */
  readonly keys: Keys;
  /** What the seed had of the organization. */
  readonly seed: SandboxSeed | undefined;
  /** What a person fills in. */
  readonly known: { readonly externalId: string; readonly mfaDevice: string; readonly mfaSeed: string };
}

/** How to ask after it: by other words, by other credentials. */
export interface Cured {
  readonly argv?: readonly string[];
  readonly keys?: Keys;
}

/** The sandbox sees its callers on loopback. */
const HERE = '127.0.0.1';

const optionsOf = (words: readonly string[]) => (flag: string) => words[words.indexOf(`--${flag}`) + 1] ?? '';

const asCaller = ({ product, keys }: Patient) => clientsWith(product.sandbox, keys).sts;

const byCommand = async (command: string, { account, change }: Printed, patient: Patient): Promise<Cured | undefined> => {
  const { product, known } = patient;
  const filled = command
    .replaceAll('MFA_ARN', known.mfaDevice)
    .replaceAll(/\bCODE\b/g, mfaCodeOf(known.mfaSeed))
    .replaceAll('ADDRESS/32', `${HERE}/32`);
  const words = shellWords(filled);
  const option = optionsOf(words);
  const operation = words.slice(0, 3).join(' ');
  if (operation === 'aws sts get-session-token') {
    const shown = { SerialNumber: option('serial-number'), TokenCode: option('token-code') };
    return { keys: keysOf(await asCaller(patient).send(new GetSessionTokenCommand(shown))) };
  }
  if (operation === 'aws sts assume-role' && change?.kind === 'change-request')
    return {
      argv: [
        '--role-arn',
        option('role-arn'),
        '--external-id',
        option('external-id'),
        '--region',
        words.includes('--region') ? option('region') : 'us-east-1',
      ],
    };
  // Whoever made the session makes it anew.
  if (operation === 'aws sts assume-role') {
    const { sts } = adminOf(product.sandbox, account ?? '');
    const wanted = { RoleArn: option('role-arn'), RoleSessionName: option('role-session-name') };
    return { keys: keysOf(await sts.send(new AssumeRoleCommand(wanted))) };
  }
  return (await carryOut(filled, product.sandbox, account ?? '')) ? {} : undefined;
};

const ADMINISTRATOR = { '--source-profile NAME': '--source-profile source', '--target-profile NAME': '--target-profile target' };

const named = (xacct: string, { known }: Patient): readonly string[] => {
  let text = xacct.replace('EXTERNAL_ID', known.externalId);
  for (const [blank, filled] of Object.entries(ADMINISTRATOR)) text = text.replace(blank, filled);
  return shellWords(text).slice(1);
};

const byXacct = async (xacct: string, patient: Patient): Promise<Cured | undefined> => {
  const [name = '', ...argv] = named(xacct, patient);
  const { product } = patient;
  switch (name) {
    case 'verify':
      return { argv };
    case 'init': {
      const made = await product.runRaw(['init', ...argv, '--target-profile', 'target', '--permissions', 'none', '--yes']);
      return made.status === 0 || made.stderr.includes('made, not proved') ? {} : undefined;
    }
    case 'explain': {
      const { result } = JSON.parse((await product.runRaw(['explain', ...argv, '--json'])).stdout) as {
        readonly result?: { readonly fix: Printed | null };
      };
      return result?.fix ? runPatch(result.fix, patient) : undefined;
    }
    default:
      return undefined;
  }
};

const byLetter = (message: string, { product, seed }: Patient): Cured | undefined => {
  const obeyed = obeyLetter(message, seed);
  if (obeyed === undefined) return undefined;
  product.sandbox.addSeed(obeyed);
  return {};
};

const later = ({ change }: Printed, { product }: Patient): Cured | undefined => {
  const time = change?.kind === 'change-request' ? change.set['time'] : undefined;
  if (typeof time !== 'string') return undefined;
  product.sandbox.advanceClock(Date.parse(time) - Date.now());
  return {};
};

/** Undefined: nobody could do what is printed. */
export const runPatch = async (patch: Printed, patient: Patient): Promise<Cured | undefined> => {
  const { change, command, xacct, message } = patch;
  const isOfRequest = change?.kind === 'change-request';
  if (isOfRequest && xacct !== undefined) return byXacct(xacct, patient);
  const done = later(patch, patient) ?? (command === null ? undefined : await byCommand(command, patch, patient));
  if (done !== undefined) return done;
  return (
    (xacct === undefined ? undefined : await byXacct(xacct, patient)) ??
    (message === null ? undefined : byLetter(message, patient))
  );
};
