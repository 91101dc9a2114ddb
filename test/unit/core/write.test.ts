/** Whether what is there is what a create without an answer made. */
import { expect, test } from 'vitest';
import type { RoleInput } from '#domain/plan.ts';
import type { AccountIam, RoleState } from '#core/ports/account-iam.ts';
import { isMade } from '#core/write.ts';
import { SOURCE } from '../../support/sandbox-clients.ts';

const BOUNDARY = `arn:aws:iam::${SOURCE}:policy/bound`;
const role: RoleInput = {
  name: 'xacct-hub',
  path: '/',
  description: 'a hub',
  maxSessionSeconds: 3600,
  permissionsBoundary: BOUNDARY,
  trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }] },
  tags: { 'xacct:managed': '1' },
};

const { permissionsBoundary: _, ...unbounded } = role;
const OTHER_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
} as const;

test.each<readonly [what: string, there: Omit<RoleState, 'arn'> | undefined, isOurs: boolean]>([
  ['the role that was sent', role, true],
  ['none', undefined, false],
  ['one without the boundary', unbounded, false],
  ['one with another boundary', { ...role, permissionsBoundary: `${BOUNDARY}-2` }, false],
  ['one that others made', { ...role, tags: {} }, false],
  ['one that lets others in', { ...role, trustPolicy: OTHER_TRUST }, false],
])('a create-role without an answer made %s: %s', async (_what, there, isOurs) => {
  const readRole: AccountIam['readRole'] = async (name) =>
    there && { ...there, name, arn: `arn:aws:iam::${SOURCE}:role/${name}` };
  expect(await isMade({ readRole } as AccountIam, { kind: 'create-role', role })).toBe(isOurs);
});
