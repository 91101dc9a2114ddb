/** Which credentials stand in the way of which, and when nothing is to be said. */
import { expect, test } from 'vitest';
import { shadowed } from '#cli/shadowed.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-text' };

test.each([
  [{ kind: 'default' }, {}, undefined],
  [{ kind: 'default' }, KEYS, undefined],
  [{ kind: 'default' }, { AWS_PROFILE: 'ci' }, undefined],
  [{ kind: 'profile', name: 'ci' }, {}, undefined],
  [{ kind: 'ec2' }, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }, undefined],
  [{ kind: 'default' }, { ...KEYS, AWS_PROFILE: 'ci' }, 'the keys of the environment'],
  [{ kind: 'profile', name: 'ci' }, KEYS, 'profile ci is proved, and the environment holds other keys'],
  [{ kind: 'ec2' }, KEYS, 'EC2 instance metadata is proved, and the environment holds other keys'],
] as const)('%j with %j: %s', (source, env, said) => {
  const told = shadowed(source, env);
  if (said === undefined) expect(told).toBeUndefined();
  else {
    expect(told).toMatchObject({
      severity: 'warning',
      code: 'SHADOWED_CREDENTIALS',
      message: expect.stringContaining(said) as unknown,
    });
    expect(JSON.stringify(told)).not.toContain('secret-text');
  }
});
