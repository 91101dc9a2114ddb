/** The budget of refusals holds whatever is to be probed. */
import { expect, test } from 'vitest';
import { createDenials } from '#core/denials.ts';
import { probesOf, type ProbeContext } from '#core/probes.ts';
import { runProbes } from '#core/run-probes.ts';
import { createClock, createListener, createSessions, refused } from '../../support/world.ts';

const context: ProbeContext = {
  good: { roleArn: 'arn:aws:iam::222222222222:role/r', sessionName: 's', externalId: 'x' },
  isChained: false,
  hasToken: false,
  hasLongTermKeys: true,
  showedCode: false,
  declared: { externalIds: ['x'], mfa: false, hasNoId: false, orgId: undefined, maxSessionSeconds: 3600 },
  hasOutsider: false,
};

const run = async (most: number | undefined, isNamed: boolean) => {
  const { sessions, asked } = createSessions([refused('User: x is not authorized to perform: sts:AssumeRole on resource: y')]);
  const ports = {
    ...createClock(),
    ...createListener(),
    sessions,
    plain: sessions,
    outsider: undefined,
    denials: createDenials(most),
  };
  const source = await sessions.identity();
  const options = { skip: [], waitMs: 0, source, isNamed, signal: undefined };
  const found = await runProbes({ probes: probesOf(context, true), context }, ports, options);
  return { asked: asked.map(({ probe }) => probe), reasons: found.map(({ check }) => check.reason ?? check.status) };
};

test.each([0, 1, 2, 3])('a budget of %i is what may be denied', async (most) => {
  const { asked, reasons } = await run(most, true);
  expect(asked).toHaveLength(most);
  // The control and three probes are what there is to ask.
  expect(reasons.filter((reason) => reason.startsWith('enough was refused'))).toHaveLength(4 - Math.max(1, most));
});

test('eight are enough for every probe', async () => {
  const { asked, reasons } = await run(undefined, true);
  expect(asked).toEqual(['control', 'no-external-id', 'wrong-external-id', 'too-long-duration']);
  expect(reasons.join()).not.toContain('enough was refused');
  const denials = createDenials();
  expect(Array.from({ length: 9 }, () => denials.spend())).toEqual([...Array(8).fill(true), false]);
});
