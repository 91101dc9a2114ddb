import { describe, expect, test } from 'vitest';
import { parsePolicyDocument, listOf, statementsOf } from '#domain/policy-document.ts';
import { MAX_POLICY_SIZE } from '#domain/policy-size.ts';
import type { PresetPlace } from '#domain/preset.ts';
import { exampleOf, formOf, parsePreset, permissionsOf, PRESETS, type PresetRequest } from '#domain/presets.ts';

const PLACE: PresetPlace = {
  partition: 'aws',
  account: '222222222222',
  role: { name: 'xacct-terraform', path: '/ops/' },
  boundary: undefined,
};

const parsed = (value: string): PresetRequest => {
  const result = parsePreset({ value, place: '--preset' });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join());
  return result.value;
};

const documentOf = (values: readonly string[], place = PLACE) => {
  const [policy] = permissionsOf(values.map(parsed), place).policies;
  if (policy === undefined) throw new Error('no policy');
  return policy.document;
};

const resourcesOf = (values: readonly string[], place = PLACE): Readonly<Record<string, unknown>> =>
  Object.fromEntries(statementsOf(documentOf(values, place)).map(({ Sid, Resource }) => [Sid, Resource]));

describe('naming a preset', () => {
  test.each([
    ['s3-bucket:my-bucket-in-account-b', 's3-bucket', 'my-bucket-in-account-b'],
    ['s3-prefix:acme-', 's3-prefix', 'acme-'],
    ['tf-state:states', 'tf-state', 'states'],
    ['tf-state:states/app/terraform.tfstate', 'tf-state', 'states/app/terraform.tfstate'],
    ['read-only', 'read-only', undefined],
    ['read-only:states/app/', 'read-only', 'states/app/'],
    ['admin', 'admin', undefined],
  ])('%s', (text, name, argument) => {
    const request = parsed(text);
    expect({ name: request.preset.name, argument: request.argument }).toEqual({ name, argument });
  });

  test.each([
    ['s3', 'is no preset: there are s3-bucket, s3-prefix, tf-state, read-only, power-user, admin'],
    ['s3-bucket', 'needs its NAME'],
    ['s3-bucket:', 'does not end in the name of a bucket: 3 to 63 of a-z, 0-9, - and .'],
    ['s3-bucket:My_Bucket', 'does not end in the name of a bucket: 3 to 63 of a-z, 0-9, - and .'],
    ['s3-bucket:a..b', 'does not end in the name of a bucket: 3 to 63 of a-z, 0-9, - and .'],
    ['s3-bucket:acme-*', 'does not end in the name of a bucket: 3 to 63 of a-z, 0-9, - and .'],
    ['s3-prefix:ac', 'does not end in how names of buckets begin: 3 to 62 of a-z, 0-9, - and ., without a *'],
    ['s3-prefix:acme-*', 'does not end in how names of buckets begin: 3 to 62 of a-z, 0-9, - and ., without a *'],
    ['tf-state:states/a*', 'does not end in a bucket, or BUCKET/KEY for one state, or BUCKET/FOLDER/ for all below it'],
    [
      'tf-state:states/${aws:username}',
      'does not end in a bucket, or BUCKET/KEY for one state, or BUCKET/FOLDER/ for all below it',
    ],
    ['admin:yes', 'takes nothing after admin'],
  ])('%s is refused, with an example', (value, reason) => {
    const result = parsePreset({ value, place: '--preset' });
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'INVALID_VALUE', path: '--preset', message: `"${value}" ${reason}` }],
    });
    expect(JSON.stringify(result)).toContain('xacct ');
  });

  test('each example is one that is taken', () => {
    for (const preset of PRESETS) expect(parsed(exampleOf(preset)).preset).toBe(preset);
    expect(PRESETS.map(formOf)).toEqual([
      's3-bucket:NAME',
      's3-prefix:PREFIX',
      'tf-state:BUCKET[/KEY]',
      'read-only[:BUCKET[/KEY]]',
      'power-user',
      'admin',
    ]);
  });
});

describe('what a preset allows', () => {
  test('every document is one that IAM takes and that fits, in any partition', () => {
    for (const preset of PRESETS)
      for (const partition of ['aws', 'aws-cn']) {
        const place = { ...PLACE, partition, boundary: `arn:${partition}:iam::222222222222:policy/edge` };
        const { policies, policyArns } = permissionsOf([parsed(exampleOf(preset))], place);
        expect(policies.length + policyArns.length).toBeGreaterThan(0);
        for (const { document } of policies) {
          expect(parsePolicyDocument(JSON.stringify(document), 'identity')).toMatchObject({ ok: true });
          expect(JSON.stringify(document).length).toBeLessThan(MAX_POLICY_SIZE);
          expect(
            JSON.stringify(document)
              .match(/arn:[^:]*:/g)
              ?.filter((head) => head !== `arn:${partition}:`) ?? [],
          ).toEqual([]);
          for (const { Sid } of statementsOf(document)) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
        }
        for (const arn of policyArns) expect(arn).toMatch(new RegExp(`^arn:${partition}:iam::aws:policy/`));
      }
  });

  test('a bucket is itself and its objects, and no more', () => {
    expect(resourcesOf(['s3-bucket:one'])).toEqual({ Buckets: ['arn:aws:s3:::one'], Objects: ['arn:aws:s3:::one/*'] });
    expect(resourcesOf(['s3-prefix:acme-'])).toEqual({ Buckets: ['arn:aws:s3:::acme-*'], Objects: ['arn:aws:s3:::acme-*/*'] });
  });

  test('several buckets are one policy', () => {
    expect(resourcesOf(['s3-bucket:one', 's3-bucket:two', 's3-bucket:one'])).toEqual({
      Buckets: ['arn:aws:s3:::one', 'arn:aws:s3:::two'],
      Objects: ['arn:aws:s3:::one/*', 'arn:aws:s3:::two/*'],
    });
    const both = permissionsOf(['s3-bucket:one', 'tf-state:states', 's3-bucket:two'].map(parsed), PLACE);
    expect(both.policies.map(({ name }) => name)).toEqual(['s3-bucket', 'tf-state']);
  });

  test('a state is exactly its key, its lock and its workspaces; only the lock can be deleted', () => {
    const at = 'arn:aws:s3:::states';
    expect(resourcesOf(['tf-state:states/app.tfstate'])).toEqual({
      StateBuckets: [at],
      StatesAndLocks: [
        `${at}/app.tfstate`,
        `${at}/env:/*/app.tfstate`,
        `${at}/app.tfstate.tflock`,
        `${at}/env:/*/app.tfstate.tflock`,
      ],
      Unlock: [`${at}/app.tfstate.tflock`, `${at}/env:/*/app.tfstate.tflock`],
    });
    expect(resourcesOf(['tf-state:states/app/'])).toEqual({
      StateBuckets: [at],
      StatesAndLocks: [`${at}/app/*`, `${at}/env:/*/app/*`],
      Unlock: [`${at}/app/*.tflock`, `${at}/env:/*/app/*.tflock`],
    });
    expect(resourcesOf(['tf-state:states'])).toEqual({
      StateBuckets: [at],
      StatesAndLocks: [`${at}/*`],
      Unlock: [`${at}/*.tflock`],
    });
    const deletes = statementsOf(documentOf(['tf-state:states/app/'])).filter(({ Action }) =>
      listOf(Action).includes('s3:DeleteObject'),
    );
    expect(deletes.map(({ Sid }) => Sid)).toEqual(['Unlock']);
  });

  test('the plan role writes the lock of its state and nothing else; without a state it has no policy of its own', () => {
    expect(permissionsOf([parsed('read-only')], PLACE)).toEqual({
      policies: [],
      policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    });
    expect(documentOf(['read-only:states/app.tfstate'])).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'StateLocks',
          Effect: 'Allow',
          Action: ['s3:DeleteObject', 's3:PutObject'],
          Resource: ['arn:aws:s3:::states/app.tfstate.tflock', 'arn:aws:s3:::states/env:/*/app.tfstate.tflock'],
        },
      ],
    });
  });

  test('a power user makes roles only where its own role has a boundary, and never touches itself', () => {
    const sids = (place: PresetPlace) => statementsOf(documentOf(['power-user'], place)).map(({ Sid }) => Sid);
    const edge = 'arn:aws:iam::222222222222:policy/edge';
    expect(sids(PLACE)).toEqual(['Services', 'Look', 'ServiceLinkedRoles', 'GuardItself', 'GuardBoundaries', 'GuardAccount']);
    expect(sids({ ...PLACE, boundary: edge }).slice(3, 7)).toEqual([
      'MakeBoundedRoles',
      'KeepBoundedRoles',
      'Policies',
      'InstanceProfiles',
    ]);
    expect(resourcesOf(['power-user'], { ...PLACE, boundary: edge })).toMatchObject({
      MakeBoundedRoles: 'arn:aws:iam::222222222222:role/xacct-terraform/*',
      GuardItself: [
        'arn:aws:iam::222222222222:role/ops/xacct-terraform',
        'arn:aws:iam::222222222222:policy/ops/xacct-terraform-*',
        edge,
      ],
    });
  });
});
