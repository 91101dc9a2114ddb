/** Set-ups with one thing wrong: verify names the true cause, and with its patch carried out it passes; of a trust policy that nobody read, no patch. It never writes, and says no secret. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CAUSES, type CauseCode } from '#domain/causes.ts';
import type { VerifyReport } from '#domain/verify-report.ts';
import { SECOND_LOOKS } from '../cases/verify/second-looks.ts';
import { SOURCE_SIDE } from '../cases/verify/source-side.ts';
import { ID, MFA_SEED, seedOf, SOUND, type SetUp } from '../cases/verify/set-up.ts';
import { TARGET_SIDE } from '../cases/verify/target-side.ts';
import { TRUST_LIMITS } from '../cases/verify/trust-limits.ts';
import { WORDS_AND_WAYS } from '../cases/verify/words-and-ways.ts';
import { schemaFaults, type Schema } from '../support/json-schema.ts';
import { openProduct, SOURCE, type Product } from '../support/product.ts';
import { runPatch, type Cured, type Keys } from '../support/run-patch.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../schemas/verify.schema.json', import.meta.url), 'utf8')) as Schema;

type Side = 'source' | 'both';

/** Each is somebody's alarm. */
const MOST_DENIED = 8;

const keysOf = async ({ as }: SetUp, { sandbox }: Product): Promise<Keys> =>
  (await as?.(sandbox)) ?? sandbox.userCredentials(SOURCE, 'ci');

const envOf = ({ accessKeyId, secretAccessKey, sessionToken }: Keys): Readonly<Record<string, string>> => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
});

interface Ran {
  readonly status: number;
  readonly report: VerifyReport;
  readonly said: string;
}

/** A flag that is given twice counts by its last value; a list does not. */
const argvOf = ({ argv = [], omit }: SetUp): readonly string[] => {
  const own = SOUND.argv.flatMap((word, i) =>
    i % 2 === 0 && !argv.includes(word) && word !== omit ? [word, SOUND.argv[i + 1] ?? ''] : [],
  );
  return [...own, ...argv];
};

const verify = async (product: Product, argv: readonly string[], keys: Keys, side: Side): Promise<Ran> => {
  const target = side === 'both' ? ['--target-profile', 'target'] : [];
  const ran = await product.runRaw(['verify', ...argv, ...target, '--timeout', '2s', '--json'], { env: envOf(keys) });
  const { result } = JSON.parse(ran.stdout) as { result?: { targets: [VerifyReport] } };
  if (result === undefined) throw new Error(ran.stdout);
  expect(schemaFaults(SCHEMA, result)).toEqual([]);
  return { status: ran.status, report: result.targets[0], said: ran.stdout + ran.stderr };
};

const MFA = { mfaDevice: `arn:aws:iam::${SOURCE}:mfa/ci`, mfaSeed: MFA_SEED };

const cure = async (setUp: SetUp, { report: { cause } }: Ran, product: Product, keys: Keys): Promise<Cured> => {
  if (cause === null) throw new Error('nothing to cure');
  const patient = { product, keys, seed: setUp.more, known: { externalId: ID, ...MFA } };
  const cured = await runPatch({ ...cause.patch, account: cause.account }, patient);
  if (cured === undefined) throw new Error(`nobody can carry this out: ${JSON.stringify(cause, null, 2)}`);
  return cured;
};

const deniedIn = ({ sandbox }: Product): number =>
  sandbox.log().filter(({ action, decision }) => action === 'AssumeRole' && decision === 'denied').length;

/** Each run asks for no more refusals than its budget. */
const sayInEveryFormat = async (product: Product, argv: readonly string[], keys: Keys): Promise<string> => {
  let said = '';
  for (const flags of [
    ['-v', '--debug'],
    ['--thorough', '--format', 'junit'],
    ['--format', 'github', '--debug'],
  ]) {
    const before = deniedIn(product);
    const { stdout, stderr } = await product.runRaw(['verify', ...argv, ...flags, '--timeout', '0'], { env: envOf(keys) });
    expect(deniedIn(product) - before).toBeLessThanOrEqual(MOST_DENIED);
    said += stdout + stderr;
  }
  return said;
};

/** Whose IAM was not read: nothing but the truth may be said of what a cause was found without. */
const accountsUnread = ({ report: { cause } }: Ran): readonly string[] | undefined =>
  cause?.unread
    ?.filter(({ permission, reason }) => permission?.startsWith('iam:') === true || reason.startsWith('no credentials of'))
    .map(({ account }) => account);

/** The wire cannot tell which conditions an unread trust policy has: whoever may read it looks, and nobody adds to it. */
const OF_TRUST: readonly CauseCode[] = [
  'TRUST_REFUSES',
  'TAG_SESSION_NOT_TRUSTED',
  'SOURCE_IDENTITY_NOT_TRUSTED',
  'INHERITED_TAGS_NOT_TRUSTED',
];

const expectNothingAdded = ({ report: { cause } }: Ran): void => {
  expect(cause?.patch).toMatchObject({ change: null, hcl: null });
  expect(cause?.patch.command).toMatch(/^aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument$/);
  expect(cause?.patch.xacct).toMatch(/^xacct (explain .* --target-profile NAME|verify .* EXTERNAL_ID\b)/);
};

const prove = async (setUp: SetUp, side: Side): Promise<void> => {
  const product = await openProduct({ seed: seedOf(setUp, side === 'both') });
  try {
    await setUp.after?.(product.sandbox);
    const keys = await keysOf(setUp, product);
    const argv = argvOf(setUp);
    const ran = await verify(product, argv, keys, side);
    const expected = side === 'source' ? (setUp.fromSource ?? setUp.cause) : setUp.cause;
    const { code, actor, explanation } = ran.report.cause ?? {};
    expect({ code, actor, status: ran.status }, explanation).toEqual({
      code: expected,
      actor: (side === 'both' ? setUp.actor : undefined) ?? CAUSES[expected].actor,
      status: 1,
    });
    const unread = accountsUnread(ran);
    if (unread && side === 'both') expect(unread).toEqual([]);
    if (unread && side === 'source') expect(unread.filter((account) => account !== SOURCE)).not.toEqual([]);
    expect(product.writes()).toEqual([]);
    const said = `${ran.said}${await sayInEveryFormat(product, argv, keys)}`;
    expect(said).not.toContain(keys.secretAccessKey);
    if (keys.sessionToken !== undefined) expect(said).not.toContain(keys.sessionToken);
    expect(product.sandbox.log().filter(({ write }) => write)).toEqual([]);
    if (side === 'source' && OF_TRUST.includes(expected)) return expectNothingAdded(ran);
    if (side === 'source' && setUp.untold !== undefined) return expect(ran.report.cause?.patch.change).toBeNull();
    const cured = await cure(setUp, ran, product, keys);
    const after = await verify(product, cured.argv ?? argv, cured.keys ?? keys, side);
    expect({ status: after.status, cause: after.report.cause }).toEqual({ status: 0, cause: null });
  } finally {
    await product.close();
  }
};

const CASES = [...SOURCE_SIDE, ...TARGET_SIDE, ...TRUST_LIMITS, ...WORDS_AND_WAYS, ...SECOND_LOOKS];

test('the catalogue is large, and each of it has a name of its own', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
});

describe.each(CASES.filter(({ only }) => only !== 'both'))('from the source alone: $title', (setUp) => {
  test('is named', () => prove(setUp, 'source'));
});

describe.each(CASES.filter(({ only }) => only !== 'source'))('with both sides to be read: $title', (setUp) => {
  test('is named, and cured', () => prove(setUp, 'both'));
});
