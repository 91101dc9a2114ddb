import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFaultBox } from '#sandbox/faults.ts';
import { paginate } from '#sandbox/handlers/page.ts';
import { awsManagedPolicies } from '#sandbox/model/aws-managed-policies.ts';
import { encodeDocument, parsedDocument } from '#sandbox/model/documents.ts';
import { parseSeed } from '#sandbox/model/parse-seed.ts';
import { parseFaults } from '#sandbox/parse-faults.ts';
import { mergeTags, removeTags } from '#sandbox/model/tags.ts';
import { accountOfKeyId, newAccessKeyId, newRequestId, newSecretKey, newUniqueId } from '#sandbox/model/unique-id.ts';
import { openSandbox } from '#sandbox/open.ts';
import { sealSession, secretOfSession, unsealSession, type SealedSession } from '#sandbox/signature/session-token.ts';

const counting = () => {
  let next = 0;
  return { hex: (bytes: number) => Array.from({ length: bytes }, () => (next++ % 256).toString(16).padStart(2, '0')).join('') };
};

describe('session tokens', () => {
  const key = Buffer.alloc(32, 7);
  const session: SealedSession = {
    kind: 'session',
    accessKeyId: 'ASIAEXAMPLE',
    accountId: '222222222222',
    principalId: 'AROAEXAMPLE',
    expiresAt: 1,
    session: { sessionName: 's', issuedAt: 0, expiresAt: 1, tags: [{ Key: 'k', Value: 'é' }] },
  };
  const token = sealSession(key, counting(), session);

  test('give back what was sealed', () => {
    expect(unsealSession(key, token)).toEqual(session);
  });

  test('open with no other key', () => {
    expect(unsealSession(Buffer.alloc(32, 8), token)).toBeUndefined();
  });

  test('are refused when any bit is changed', () => {
    const bytes = Buffer.from(token, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(unsealSession(key, changed.toString('base64'))).toBeUndefined();
      }),
    );
  });

  test.each(['', 'x', 'not base64 at all', Buffer.alloc(64).toString('base64')])('%j is none', (text) => {
    expect(unsealSession(key, text)).toBeUndefined();
  });

  test('have a secret of forty characters that follows from key id and sandbox', () => {
    const secret = secretOfSession(key, 'ASIAONE');
    expect(secret).toMatch(/^.{40}$/);
    expect(secretOfSession(key, 'ASIAONE')).toBe(secret);
    expect(secretOfSession(key, 'ASIATWO')).not.toBe(secret);
    expect(secretOfSession(Buffer.alloc(32, 8), 'ASIAONE')).not.toBe(secret);
  });
});

describe('ids', () => {
  test.each([
    ['AIDA', 21],
    ['AROA', 21],
    ['ANPA', 21],
    ['AIPA', 21],
  ] as const)('%s has %d characters', (prefix, length) => {
    expect(newUniqueId(counting(), prefix)).toMatch(new RegExp(`^${prefix}[A-Z2-7]{${length - 4}}$`));
  });

  test.each(['000000000000', '111111111111', '999999999999'])('of keys hold the account %s', (account) => {
    const id = newAccessKeyId(counting(), 'ASIA', account);
    expect(id).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(accountOfKeyId(id)).toBe(account);
  });

  test('of keys that are not of that form hold none', () => {
    expect(accountOfKeyId('AKIAIOSFODNN7EXAMPL1')).toBeUndefined();
    expect(accountOfKeyId('AROA2222222222222222')).toBeUndefined();
  });

  test('come from the randomness that is handed in', () => {
    expect([newUniqueId(counting(), 'AROA'), newSecretKey(counting())]).toEqual([
      newUniqueId(counting(), 'AROA'),
      newSecretKey(counting()),
    ]);
  });

  test('a request id looks like a version 4 UUID', () => {
    expect(newRequestId(counting())).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

test('a sandbox with given clock and randomness is the same each time', async () => {
  const clock = { now: () => Date.UTC(2026, 0, 1), sleep: () => Promise.resolve() };
  const open = async () => {
    await using sandbox = await openSandbox({ clock, random: counting() });
    return [sandbox.credentials('222222222222'), sandbox.sessionFor('arn:aws:iam::111111111111:role/runner')];
  };
  expect(await open()).toEqual(await open());
});

describe('pages', () => {
  test('of any size show everything once, in order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 24 }),
        fc.integer({ min: 1, max: 7 }),
        (names, MaxItems) => {
          const shown: string[] = [];
          let Marker: string | undefined;
          do {
            const page = paginate(names, { Marker, MaxItems }, (name) => name);
            expect(page.items.length).toBeLessThanOrEqual(MaxItems);
            shown.push(...page.items);
            Marker = page.Marker;
          } while (Marker !== undefined);
          expect(shown).toEqual(names.toSorted((one, other) => (one < other ? -1 : 1)));
        },
      ),
    );
  });

  test('go on after an item that was deleted between them', () => {
    const first = paginate(['a', 'b', 'c', 'd'], { MaxItems: 2 }, (name) => name);
    expect(paginate(['a', 'c', 'd'], { Marker: first.Marker }, (name) => name).items).toEqual(['c', 'd']);
  });
});

describe('tags', () => {
  const tag = fc.record({ Key: fc.constantFrom('a', 'A', 'b', 'B', 'c'), Value: fc.string() });

  test('merged hold each key once, with the newest value; removing them empties', () => {
    fc.assert(
      fc.property(fc.array(tag), fc.uniqueArray(tag, { selector: ({ Key }) => Key.toLowerCase() }), (present, given) => {
        const before = present.reduce<readonly { Key: string; Value: string }[]>(
          (all, one) => mergeTags(all, [one], 'ignore-case'),
          [],
        );
        const merged = mergeTags(before, given, 'ignore-case');
        expect(new Set(merged.map(({ Key }) => Key.toLowerCase())).size).toBe(merged.length);
        for (const one of given) expect(merged).toContainEqual(one);
        expect(
          removeTags(
            merged,
            merged.map(({ Key }) => Key.toUpperCase()),
            'ignore-case',
          ),
        ).toEqual([]);
      }),
    );
  });
});

test('documents are percent-encoded so that decoding gives them back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '%', '/', "'", '(', '*', 'é', '😀', '\u0000', '~') }), (text) => {
      const encoded = encodeDocument(text);
      expect(encoded).toMatch(/^[\w.~%-]*$/);
      expect(decodeURIComponent(encoded)).toBe(text);
    }),
  );
});

test("every one of AWS's own policies is a policy", () => {
  for (const policy of awsManagedPolicies('aws').values())
    for (const { text } of policy.versions.values()) expect(() => parsedDocument(text, 'identity')).not.toThrow();
});

describe('faults', () => {
  const strikes = (rules: Parameters<typeof createFaultBox>[0], calls: readonly string[]) => {
    const box = createFaultBox(rules);
    return calls.map((call) => box.strike('iam', call) ?? '-');
  };

  test.each([
    ['none', {}, ['-', '-', '-']],
    ['the next one', { rules: [{ kind: 'drop' as const }] }, ['drop', '-', '-']],
    ['the next two', { rules: [{ kind: 'drop' as const, times: 2 }] }, ['drop', 'drop', '-']],
    ['the one after two', { rules: [{ kind: 'drop' as const, after: 2 }] }, ['-', '-', 'drop']],
    ['one after the other', { rules: [{ kind: 'drop' as const }, { kind: 'throttle' as const }] }, ['drop', 'throttle', '-']],
    ['another action', { rules: [{ kind: 'drop' as const, action: 'sts:A' }] }, ['-', '-', '-']],
    ['this action', { rules: [{ kind: 'drop' as const, action: 'iam:A' }] }, ['drop', '-', '-']],
  ])('strike %s', (_title, faults, expected) => {
    expect(strikes(faults, ['A', 'A', 'A'])).toEqual(expected);
  });

  test('end when they are replaced', () => {
    const box = createFaultBox({ rules: [{ kind: 'drop', times: 9 }] });
    box.set({});
    expect(box.strike('iam', 'A')).toBeUndefined();
  });
});

describe('a seed', () => {
  const faultsIn = (input: unknown) => {
    const parsed = parseSeed(input);
    return parsed.ok ? [] : parsed.diagnostics.map(({ path, message }) => [path, message]);
  };
  const trust = { Version: '2012-10-17', Statement: [] };

  test('in order is taken as it is', () => {
    const seed = {
      accounts: {
        '111111111111': {
          alias: 'prod',
          users: [{ UserName: 'a', Path: '/x/', AccessKeys: [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA', SecretAccessKey: 's' }] }],
          roles: [{ RoleName: 'r', AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200, Tags: [{ Key: 'k', Value: 'v' }] }],
          policies: [{ PolicyName: 'p', PolicyDocument: '{}' }],
          instanceProfiles: [{ InstanceProfileName: 'i', Roles: ['r'] }],
          instances: [{ InstanceId: 'i-1', HttpTokens: 'optional' }],
        },
      },
      faults: { latencyMs: 5 },
    };
    expect(parseSeed(seed)).toEqual({ ok: true, value: seed });
  });

  test('tells every fault at once, each with its place', () => {
    const roles = [
      { RoleName: 'a b', AssumeRolePolicyDocument: trust },
      { RoleName: 'r' },
      { RoleName: 7, AssumeRolePolicyDocument: trust },
    ];
    expect(
      faultsIn({ account: {}, accounts: { '1': {}, '111111111111': { roles, user: [], users: {} } }, faults: { latencyMs: -1 } }),
    ).toEqual([
      ['account', 'account is not known here; there are organization, accounts, faults'],
      ['accounts.1', 'accounts.1 is no account id: it must have 12 digits, in quotes where the seed is YAML'],
      ['accounts.111111111111.roles[0]', expect.stringContaining('The specified value for roleName is invalid.')],
      ['accounts.111111111111.roles[1]', expect.stringContaining("Value null at 'assumeRolePolicyDocument' failed")],
      ['accounts.111111111111.roles[2].RoleName', 'accounts.111111111111.roles[2].RoleName must be text, and is 7'],
      ['accounts.111111111111.user', expect.stringContaining('is not known here; there are alias, rootAccessKeys')],
      ['accounts.111111111111.users', 'accounts.111111111111.users must be a list'],
      ['faults.latencyMs', 'faults.latencyMs must be a whole number from 0, and is -1'],
    ]);
  });

  test.each([null, [], 'x', { accounts: [] }])('%j is none', (input) => {
    expect(faultsIn(input)).toHaveLength(1);
  });

  test('of faults names the kinds', () => {
    expect(parseFaults({ rules: [{ kind: 'explode' }] })).toMatchObject({
      ok: false,
      diagnostics: [
        {
          path: 'rules[0].kind',
          message: 'rules[0].kind must be one of throttle, server-error, expired-token, drop, lost-reply, hang, and is "explode"',
        },
      ],
    });
  });
});
