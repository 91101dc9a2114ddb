/**
 * Each preset is enough for the real Terraform (apply, change, empty plan, destroy), and those for buckets and states have nothing to spare:
 * each action was asked for in the recorded run, or says why it is there; taken away, Terraform fails and names it (one here, all of them in
 * `npm run test:slow`).
 */
import { AttachRolePolicyCommand, CreateRoleCommand, DeleteRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PRESETS } from '#domain/presets.ts';
import { describeWithPeers } from '../support/peers.ts';
import {
  actionsOf,
  BOUNDARY,
  grantedBy,
  isAllowed,
  openPresetWorld,
  TARGET,
  withoutAction,
  type Call,
  type Granted,
  type PresetWorld,
} from '../support/preset-world.ts';
import { clientsWith, refusal, trustPolicy } from '../support/sandbox-clients.ts';

const isSlow = process.env['XACCT_SLOW'] === '1';
/** Once in `npm run test:slow`, else not at all. */
const SLOWLY = isSlow ? ['in test:slow'] : [];

const BUCKET = 'my-bucket-in-account-b';
const PREFIX = 'acme-dev-';
const STATES = 'acme-terraform-state';
const KEY = 'app/terraform.tfstate';

const UNRECORDED = new Map(PRESETS.flatMap(({ unrecorded }) => Object.entries(unrecorded)));

/** Actions of the preset that no call needs: without them all calls would still be allowed. */
const spareIn = (granted: Granted, calls: readonly Call[]): readonly string[] =>
  actionsOf(granted).filter((action) => {
    const less = withoutAction(granted, action);
    return calls.every((call) => isAllowed(less, call));
  });

describeWithPeers(['moto_server', 'terraform', 'terraform-provider-aws'], 'presets under the real Terraform', () => {
  let world: PresetWorld;
  beforeAll(async () => {
    world = await openPresetWorld();
  });
  afterAll(() => world?.close());

  const apply = (folder: string, ...vars: readonly string[]) =>
    world.terraform(folder, 'apply', '-auto-approve', '-input=false', ...vars);
  const destroy = (folder: string, ...vars: readonly string[]) =>
    world.terraform(folder, 'destroy', '-auto-approve', '-input=false', ...vars);
  const plan = (folder: string, ...vars: readonly string[]) =>
    world.terraform(folder, 'plan', '-detailed-exitcode', '-input=false', ...vars);
  const backend = (role: string, bucket = STATES) => [
    `-backend-config=bucket=${bucket}`,
    `-backend-config=key=${KEY}`,
    '-backend-config=region=us-east-1',
    '-backend-config=use_lockfile=true',
    `-backend-config=assume_role={role_arn="${role}"}`,
  ];
  const DONE = { status: 0, stderr: '' };

  /** The action is in S3's own words, unless it was asked for by a HEAD, whose answer has no words: then the operation is named. */
  const NAMED_BY_HEAD: Readonly<Record<string, string>> = {
    's3:GetObject': 'HeadObject',
    's3:ListBucket': 'Head(?:Object|Bucket)',
  };
  const naming = (action: string): RegExp => {
    const operation = NAMED_BY_HEAD[action];
    const said = `not authorized to perform: ${action} on`;
    return new RegExp(operation === undefined ? said : `${said}|${operation}, https response error StatusCode: 403`);
  };

  /** Until something fails: what Terraform said. */
  const failing = async (
    steps: readonly (() => Promise<{ status: number | null; stderr: string; stdout: string }>)[],
  ): Promise<string> => {
    for (const step of steps) {
      const { status, stderr, stdout } = await step();
      if (status !== 0) return `${stderr}${stdout}`.replaceAll(/\s*[│╷╵]\s*/g, ' ').replaceAll(/\s+/g, ' ');
    }
    return 'nothing failed';
  };

  describe('buckets', () => {
    const byName = grantedBy('bucket', [`s3-bucket:${BUCKET}`]);
    const byPrefix = grantedBy('bucket', ['s3-prefix:my-bucket-']);
    const varsOf = (role: string, stage: string) => [`-var=role=${role}`, `-var=bucket=${BUCKET}`, `-var=stage=${stage}`];

    test('s3-bucket makes, changes, refreshes and destroys a bucket with its companions, and has no action to spare', async () => {
      const folder = await world.stack('bucket');
      const role = world.grant(byName);
      expect(await world.terraform(folder, 'init')).toMatchObject(DONE);
      for (const stage of ['a', 'b', 'c']) expect(await apply(folder, ...varsOf(role, stage))).toMatchObject(DONE);
      expect(await plan(folder, ...varsOf(role, 'c'))).toMatchObject(DONE);
      expect(await destroy(folder, ...varsOf(role, 'c'))).toMatchObject(DONE);
      expect(world.denied()).toEqual([]);
      const calls = world.recorded('bucket');
      for (const granted of [byName, byPrefix]) {
        expect(calls.filter((call) => !isAllowed(granted, call))).toEqual([]);
        expect(spareIn(granted, calls)).toEqual([...UNRECORDED.keys()].toSorted());
      }
    });

    const recordedOf = (granted: Granted) => actionsOf(granted).filter((action) => !UNRECORDED.has(action));
    const removals: readonly (readonly [preset: string, action: string, granted: Granted])[] = isSlow
      ? [byName, byPrefix].flatMap((granted, i) =>
          recordedOf(granted).map((action) => [i === 0 ? 's3-bucket' : 's3-prefix', action, granted] as const),
        )
      : [
          ['s3-bucket', 's3:GetBucketCORS', byName],
          ['s3-prefix', 's3:PutEncryptionConfiguration', byPrefix],
        ];
    test.each(removals)('%s without %s: Terraform fails and names it', async (_, action, granted) => {
      await world.forget();
      const folder = await world.stack('bucket');
      const role = world.grant(withoutAction(granted, action));
      const stages = ['a', 'b', 'c'].map((stage) => () => apply(folder, ...varsOf(role, stage)));
      expect(await failing([...stages, () => destroy(folder, ...varsOf(role, 'c'))])).toMatch(naming(action));
      expect(world.denied()).toEqual([action]);
    });

    test.each(SLOWLY)('%s a lifecycle configuration as a resource of its own needs nothing more', async () => {
      await world.forget();
      const folder = await world.stack('lifecycle');
      const vars = [`-var=role=${world.grant(byName)}`, `-var=bucket=${BUCKET}`];
      expect(await apply(folder, ...vars)).toMatchObject(DONE);
      expect(await plan(folder, ...vars)).toMatchObject(DONE);
      expect(await destroy(folder, ...vars)).toMatchObject(DONE);
      expect(world.denied()).toEqual([]);
    });
  });

  describe('s3-prefix with its state under tf-state, and the plan role', () => {
    const granted = grantedBy('prefix', [`s3-prefix:${PREFIX}`, `tf-state:${STATES}/${KEY}`]);
    const planner = grantedBy('planner', [`read-only:${STATES}/${KEY}`]);
    const varsOf = (role: string, note = 'first') => [`-var=role=${role}`, `-var=prefix=${PREFIX}`, `-var=note=${note}`];

    test('two buckets are made, planned by a role that can change nothing, and destroyed', async () => {
      await world.forget();
      await world.makeBucket(STATES);
      const folder = await world.stack('prefix');
      const role = world.grant(granted);
      const reader = world.grant(planner);
      expect(await world.terraform(folder, 'init', ...backend(role))).toMatchObject(DONE);
      expect(await apply(folder, ...varsOf(role))).toMatchObject(DONE);
      expect(await plan(folder, ...varsOf(role))).toMatchObject(DONE);

      expect(await world.terraform(folder, 'init', '-reconfigure', ...backend(reader))).toMatchObject(DONE);
      expect(await plan(folder, ...varsOf(reader))).toMatchObject(DONE);
      expect(world.denied()).toEqual([]);
      expect(spareIn(planner, world.recorded('planner'))).toEqual([]);
      const refused = await failing([() => apply(folder, ...varsOf(reader, 'second'))]);
      expect(refused).toContain(`not authorized to perform: s3:PutBucketTagging on resource: arn:aws:s3:::${PREFIX}`);

      expect(await world.terraform(folder, 'init', '-reconfigure', ...backend(role))).toMatchObject(DONE);
      expect(await destroy(folder, ...varsOf(role))).toMatchObject(DONE);
      expect(world.recorded('prefix').filter((call) => !isAllowed(granted, call))).toEqual([]);
    });
  });

  describe('tf-state', () => {
    const granted = grantedBy('state', [`tf-state:${STATES}/${KEY}`]);
    const flow = (folder: string, role: string) => [
      () => world.terraform(folder, 'init', ...backend(role)),
      () => apply(folder, '-var=note=one'),
      () => plan(folder, '-var=note=one'),
      () => world.terraform(folder, 'workspace', 'new', 'other'),
      () => apply(folder, '-var=note=two'),
      () => destroy(folder, '-var=note=two'),
    ];

    test('keeps a state with its lock, in two workspaces, and has no action to spare', async () => {
      await world.forget();
      await world.makeBucket(STATES);
      const folder = await world.stack('state');
      for (const step of flow(folder, world.grant(granted))) expect(await step()).toMatchObject(DONE);
      const calls = world.recorded('state');
      expect(calls.filter((call) => !isAllowed(granted, call))).toEqual([]);
      expect(spareIn(granted, calls)).toEqual([]);
      expect(world.denied()).toEqual([]);
      expect(
        await failing([
          () => world.terraform(folder, 'init', '-reconfigure', ...backend(world.grant(granted)), '-backend-config=key=other'),
        ]),
      ).toMatch(naming('s3:GetObject'));
    });

    test.each(actionsOf(granted))('tf-state without %s: Terraform fails and names it', async (action) => {
      await world.forget();
      await world.makeBucket(STATES);
      const folder = await world.stack('state');
      expect(await failing(flow(folder, world.grant(withoutAction(granted, action))))).toMatch(naming(action));
      expect(world.denied()).toEqual([action]);
    });
  });

  describe('power-user and admin', () => {
    const STAGES = isSlow ? ['one', 'two'] : ['one'];
    const LAST = STAGES.at(-1) ?? '';
    const granted = grantedBy('power', ['power-user'], BOUNDARY);
    const varsOf = (role: string, stage: string) => [
      `-var=role=${role}`,
      '-var=path=/power/',
      `-var=boundary=${BOUNDARY}`,
      `-var=stage=${stage}`,
    ];

    test('a power user makes and destroys a parameter and a role for a service', async () => {
      const folder = await world.stack('power-user');
      const role = world.grant(granted);
      expect(await world.terraform(folder, 'init')).toMatchObject(DONE);
      for (const stage of STAGES) expect(await apply(folder, ...varsOf(role, stage))).toMatchObject(DONE);
      expect(await plan(folder, ...varsOf(role, LAST))).toMatchObject(DONE);
      expect(await destroy(folder, ...varsOf(role, LAST))).toMatchObject(DONE);
    });

    test('a power user cannot widen itself, nor make what is wider than itself', async () => {
      const role = world.grant(granted);
      const { iam } = clientsWith(world.sandbox, world.sandbox.sessionFor(role));
      const AdministratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
      const ofItself = await refusal(
        iam.send(new AttachRolePolicyCommand({ RoleName: 'power', PolicyArn: AdministratorAccess })),
      );
      const unbounded = await refusal(iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'power' })));
      const wider = await refusal(
        iam.send(
          new CreateRoleCommand({ RoleName: 'wide', Path: '/power/', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) }),
        ),
      );
      expect(
        [ofItself, unbounded, wider].map(({ code, message }) => [code, /with an explicit deny|because no/.exec(message)?.[0]]),
      ).toEqual([
        ['AccessDenied', 'with an explicit deny'],
        ['AccessDenied', 'with an explicit deny'],
        ['AccessDenied', 'because no'],
      ]);
    });

    // Its one statement allows everything: no wonder is to be expected here.
    test.each(SLOWLY)('%s an administrator does all of it', async () => {
      const folder = await world.stack('power-user');
      const role = world.grant(grantedBy('admin', ['admin']));
      expect(await apply(folder, ...varsOf(role, 'one'))).toMatchObject(DONE);
      expect(await plan(folder, ...varsOf(role, 'one'))).toMatchObject(DONE);
      expect(await destroy(folder, ...varsOf(role, 'one'))).toMatchObject(DONE);
    });
  });
});
