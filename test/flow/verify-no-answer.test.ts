/** No answer is an answer, too: verify names the cause, who can remove it and the next command, in every format, and passes once it is gone. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { VerifyCause } from '#domain/verify-report.ts';
import { ARGV, goodEnv, NO_ANSWERS, SOUND_SEED, type NoAnswer } from '../cases/verify/no-answer.ts';
import { ROLE } from '../cases/verify/set-up.ts';
import { schemaFaults, type Schema } from '../support/json-schema.ts';
import { openProduct } from '../support/product.ts';

interface Failed {
  readonly code: string;
  readonly message: string;
  readonly cause?: VerifyCause;
}

const SCHEMA = JSON.parse(readFileSync(new URL('../../schemas/verify.schema.json', import.meta.url), 'utf8')) as Schema;

const prove = async (wrong: NoAnswer): Promise<void> => {
  const product = await openProduct({ seed: SOUND_SEED });
  if (wrong.seed) product.sandbox.addSeed(wrong.seed);
  const good = goodEnv(product);
  const broken = await wrong.break(product);
  const run = (flags: readonly string[], { env = {}, argv = [] }: Pick<typeof broken, 'env' | 'argv'>) =>
    product.runRaw(['verify', ...ARGV, ...argv, '--timeout', '0', ...flags], { env: { ...good, ...env } });
  try {
    const { status, stdout } = await run(['--json'], broken);
    const { error } = JSON.parse(stdout) as { error?: Failed };
    const cause = error?.cause;
    expect({ status, code: cause?.code, actor: cause?.actor }, stdout).toEqual({
      status: wrong.status,
      code: wrong.cause,
      actor: wrong.actor,
    });
    expect(cause?.patch.command ?? cause?.patch.hcl ?? '', stdout).not.toBe('');
    expect(schemaFaults(SCHEMA, { targets: [{ name: 'x', error }] })).toEqual([]);
    expect((await run([], broken)).stderr).toContain(`[${wrong.cause}]`);
    wrong.cure?.(product);
    const cured = await run(['--json'], broken.cured ?? {});
    expect(cured.status, cured.stdout).toBe(0);
    expect(product.writes()).toEqual([]);
  } finally {
    await broken.close?.();
    await product.close();
  }
};

for (const wrong of NO_ANSWERS) test(wrong.title, () => prove(wrong), 30_000);

test('a build gets its report all the same', async () => {
  const product = await openProduct({ seed: SOUND_SEED });
  const ask = (format: string) =>
    product.runRaw(['verify', ...ARGV, '--format', format], {
      env: { ...goodEnv(product), AWS_SECRET_ACCESS_KEY: 'y'.repeat(40) },
    });
  try {
    const junit = await ask('junit');
    expect(junit.status).toBe(3);
    expect(junit.stdout).toMatch(/errors="1"[\s\S]*<error type="BAD_CREDENTIALS" message="[^"]*\[WRONG_SIGNATURE\]; you, /);
    const github = await ask('github');
    expect(github.stdout).toMatch(/^::error title=xacct verify [^\n]*\[WRONG_SIGNATURE\]; you, [^\n]*\n$/);
    expect(`${junit.stdout}${junit.stderr}${github.stdout}${github.stderr}`).not.toContain('y'.repeat(40));
  } finally {
    await product.close();
  }
});

test('what AWS throttles for ever is given up after three attempts, and the cause is told without it', async () => {
  const product = await openProduct({ seed: SOUND_SEED });
  const { AWS_MAX_ATTEMPTS: _, ...env } = goodEnv(product);
  try {
    product.sandbox.setFaults({ rules: [{ kind: 'throttle', times: 1000, action: 'ListUserPolicies' }] });
    const argv = ['verify', ...ARGV, '--role-arn', `${ROLE}-none`, '--timeout', '0', '--json'];
    const { stdout } = await product.runRaw(argv, { env });
    const { result } = JSON.parse(stdout) as { result: { targets: [{ cause: VerifyCause }] } };
    expect(result.targets[0].cause.code).toBe('TRUST_OR_GRANT_MISSING');
    expect(product.sandbox.log().filter(({ action }) => action === 'ListUserPolicies')).toHaveLength(3);
  } finally {
    await product.close();
  }
});
