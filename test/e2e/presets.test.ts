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
  type Checkpoint,
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
    's3:ListBucket': 'HeadObject',
  };
  /** A bucket that it has just made and may not look at, the provider awaits for 20 minutes, and then names the bucket alone. */
  const IMPATIENTLY: Readonly<Record<string, readonly string[]>> = { 's3:ListBucket': ['-var=patience=10s'] };
  const naming = (action: string): RegExp => {
    const operation = NAMED_BY_HEAD[action];
    const said = `not authorized to perform: ${action} on`;
    const awaited = action in IMPATIENTLY ? '|waiting for S3 Bucket \\(\\S+\\) create: empty result' : '';
    return new RegExp(operation === undefined ? said : `${said}|${operation}, https response error StatusCode: 403${awaited}`);
  };

  type Run = () => Promise<{ status: number | null; stderr: string; stdout: string }>;

  /** Until something fails: what Terraform said. */
  const failing = async (steps: readonly Run[]): Promise<string> => {
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

    type Stage = (folder: string, role: string, ...more: readonly string[]) => ReturnType<Run>;
    const STAGES: readonly Stage[] = [
      ...['a', 'b', 'c'].map(
        (stage): Stage =>
          (folder, role, ...more) =>
            apply(folder, ...varsOf(role, stage), ...more),
      ),
      (folder, role) => plan(folder, ...varsOf(role, 'c')),
      (folder, role) => destroy(folder, ...varsOf(role, 'c')),
    ];
    /** Each stage under the whole preset: how things stood before it, how it ended, and what was asked for from the first stage to its end. */
    const recording: { run: Stage; before: Checkpoint; ended: Awaited<ReturnType<Run>>; calls: readonly Call[] }[] = [];
    let folder: string;
    let denied: readonly string[];
    beforeAll(async () => {
      await world.forget();
      folder = await world.stack('bucket');
      const role = world.grant(byName);
      expect(await world.terraform(folder, 'init')).toMatchObject(DONE);
      for (const run of STAGES) {
        const before = await world.checkpoint(folder);
        recording.push({ run, before, ended: await run(folder, role), calls: world.recorded('bucket') });
      }
      denied = world.denied();
    });
    const allCalls = () => recording.at(-1)?.calls ?? [];
    const recordedOf = (granted: Granted) => actionsOf(granted).filter((action) => !UNRECORDED.has(action));

    test('s3-bucket makes, changes, refreshes and destroys a bucket with its companions, and has no action to spare', () => {
      expect(recording.map(({ ended }) => ended)).toMatchObject(STAGES.map(() => DONE));
      expect(denied).toEqual([]);
      for (const granted of [byName, byPrefix]) {
        expect(allCalls().filter((call) => !isAllowed(granted, call))).toEqual([]);
        expect(spareIn(granted, allCalls())).toEqual([...UNRECORDED.keys()].toSorted());
      }
    });

    test('without an action, s3-prefix denies the same calls as s3-bucket: one run of Terraform speaks for both', () => {
      const deniedWithout = (granted: Granted, action: string) =>
        allCalls().filter((call) => !isAllowed(withoutAction(granted, action), call));
      expect(actionsOf(byPrefix)).toEqual(actionsOf(byName));
      for (const action of recordedOf(byName)) {
        expect(deniedWithout(byName, action).length, action).toBeGreaterThan(0);
        expect(deniedWithout(byPrefix, action), action).toEqual(deniedWithout(byName, action));
      }
    });

    const removals: readonly (readonly [preset: string, action: string, granted: Granted])[] = isSlow
      ? recordedOf(byName).map((action) => ['s3-bucket', action, byName] as const)
      : [
          ['s3-bucket', 's3:GetBucketCORS', byName],
          ['s3-prefix', 's3:DeleteBucketPolicy', byPrefix],
        ];
    // Until the stage that asks for it first all goes as it was recorded: the run begins there.
    test.each(removals)('%s without %s: Terraform fails and names it', async (_, action, granted) => {
      const first = recording.find(({ calls }) => calls.some((call) => call.action === action));
      if (first === undefined) throw new Error(`${action} was never asked for`);
      await world.restore(folder, first.before);
      const role = world.grant(withoutAction(granted, action));
      expect(await failing([() => first.run(folder, role, ...(IMPATIENTLY[action] ?? []))])).toMatch(naming(action));
      expect(world.denied()).toEqual([action]);
    });

    test.each(SLOWLY)(
      '%s a lifecycle configuration as a resource of its own needs nothing more',
      { timeout: 600_000 },
      async () => {
        await world.forget();
        const folder = await world.stack('lifecycle');
        const vars = [`-var=role=${world.grant(byName)}`, `-var=bucket=${BUCKET}`];
        expect(await apply(folder, ...vars)).toMatchObject(DONE);
        expect(await plan(folder, ...vars)).toMatchObject(DONE);
        expect(await destroy(folder, ...vars)).toMatchObject(DONE);
        expect(world.denied()).toEqual([]);
      },
    );
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
