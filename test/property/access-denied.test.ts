/** What the sandbox prints, explain must read back whole. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAccessDenied, parseAccessDenied, type AccessDenied, type DeniedReason } from '#domain/access-denied.ts';

const name = fc.string({ unit: fc.constantFrom(...'abzAZ09_+=,.@-'.split('')), minLength: 1, maxLength: 12 });
const account = fc.constantFrom('111111111111', '222222222222');

const callerArn = fc.oneof(
  fc.tuple(account, name).map(([id, user]) => `arn:aws:iam::${id}:user/ops/${user}`),
  fc.tuple(account, name, name).map(([id, role, session]) => `arn:aws-cn:sts::${id}:assumed-role/${role}/${session}`),
);

const resource = fc.tuple(account, name).map(([id, role]) => `arn:aws:iam::${id}:role/${role}`);

const layer = fc.constantFrom(
  'identity',
  'trust',
  'resource',
  'boundary',
  'session-policy',
  'scp',
  'rcp',
  'vpc-endpoint' as const,
);

const reason: fc.Arbitrary<DeniedReason> = fc.oneof(
  layer.map((it) => ({ layer: it, isExplicit: false })),
  layer.map((it) => ({ layer: it, isExplicit: true })),
  fc.tuple(layer, name).map(([it, policy]) => ({ layer: it, isExplicit: true, policyArn: `arn:aws:iam::aws:policy/${policy}` })),
);

const denied: fc.Arbitrary<AccessDenied> = fc.record(
  { callerArn, action: fc.constantFrom('sts:AssumeRole', 'sts:TagSession', 's3:GetObject'), resource, reason },
  { requiredKeys: ['callerArn', 'action'] },
);

test('parsing what was formatted gives it back', () => {
  fc.assert(
    fc.property(denied, (it) => {
      expect(parseAccessDenied(formatAccessDenied(it))).toEqual(it);
    }),
  );
});

test('it is found inside a JSON log line', () => {
  fc.assert(
    fc.property(denied, (it) => {
      const line = JSON.stringify({ level: 'error', err: `api error AccessDenied: ${formatAccessDenied(it)}` });
      expect(parseAccessDenied(line)).toEqual(it);
    }),
  );
});
