/** The wizard as a person meets it: `xacct init` in a terminal of 80 columns, with stdout sent to a file or not. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, ROOT, type Environment } from '../support/child.ts';
import { describeWithPeers } from '../support/peers.ts';
import { KEYS, openScreen, openTerminal, type Screen, type Terminal } from '../support/terminal.ts';

const INIT = [process.execPath, path.join(ROOT, 'bin/xacct.js'), 'init'];
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::my-bucket-in-account-b' }],
};

let sandbox: Sandbox;
let folder = '';
let env: Environment = {};
const open: Terminal[] = [];

const start = (more: { readonly stdoutFile?: string; readonly args?: readonly string[] } = {}): Terminal => {
  const terminal = openTerminal([...INIT, ...(more.args ?? [])], { cwd: path.join(folder, 'work'), env, ...more });
  open.push(terminal);
  return terminal;
};

/** The questions in their order, each with the keys that answer it: the default, but for the profiles and the bucket. */
const QUESTIONS: readonly (readonly [question: string, keys: string])[] = [
  ['Which credentials administer the target account?', `${KEYS.down}${KEYS.down}${KEYS.enter}`],
  ['Which account is the target?', KEYS.enter],
  ['Which credentials will run Terraform', `${KEYS.down}${KEYS.enter}`],
  ['Who may assume the role?', KEYS.enter],
  ['External ID?', KEYS.enter],
  ['Must the caller meet a condition, too?', KEYS.enter],
  ['What may the role do', KEYS.enter],
  ['NAME:', `my-bucket${KEYS.enter}`],
  ['Anything else that it may do?', KEYS.enter],
  ['Name of the role:', KEYS.enter],
  ['Region of the provider:', KEYS.enter],
  ['Change another setting of the role?', KEYS.enter],
  ['Let the caller use the role by a policy in the source, too?', KEYS.enter],
  ['Is that what you want?', KEYS.enter],
];

const answer = async (terminal: Terminal, questions = QUESTIONS): Promise<void> => {
  for (const [question, keys] of questions) {
    await terminal.waitFor(question);
    // Of a list the help line comes last: keys that come before it may find nobody who listens.
    if (!question.endsWith(':')) await terminal.waitFor('select');
    terminal.type(keys);
  }
};

/** Up to the plan. */
const answerAll = async (terminal: Terminal): Promise<void> => {
  await answer(terminal);
  await terminal.waitFor('Plan for account 222222222222');
};

const writes = (): number => sandbox.log().filter(({ write }) => write).length;

beforeAll(async () => {
  sandbox = await openSandbox();
});

afterAll(() => sandbox?.close());

beforeEach(async () => {
  sandbox.reset();
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-wizard-'));
  await mkdir(path.join(folder, 'work'));
  await writeFile(path.join(folder, 'work/s3.json'), JSON.stringify(POLICY));
  const config = path.join(folder, 'config');
  // Two profiles, as a person has: those that the sandbox names by account id are left out.
  const profiles = sandbox.awsConfigText().split(/^(?=\[)/m);
  await writeFile(config, profiles.filter((text) => /^\[profile (source|target)\]/.test(text)).join(''));
  env = cleanEnvironment(folder, { AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: sandbox.endpoint });
});

afterEach(async () => {
  for (const terminal of open.splice(0)) terminal.close();
  await rm(folder, { recursive: true, force: true });
});

describeWithPeers(['script'], 'the wizard', () => {
  test('asks for everything, shows the plan, makes the role and proves it', async () => {
    const terminal = start();
    await answerAll(terminal);
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(`y${KEYS.enter}`);
    await terminal.waitFor('without the external ID it is refused');
    expect(await terminal.ended()).toBe(0);
    expect(terminal.text()).toContain(
      'xacct init --target-profile target --source-profile source --trust self --external-id generate --preset s3-bucket:my-bucket',
    );
    expect(await readdir(path.join(folder, 'work'))).toContain('xacct.yaml');
    expect(writes()).toBeGreaterThan(0);
  });

  test('declined: nothing is made, and the status says so', async () => {
    const terminal = start();
    await answerAll(terminal);
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(`n${KEYS.enter}`);
    expect(await terminal.ended()).toBe(9);
    expect(writes()).toBe(0);
    expect((await readdir(path.join(folder, 'work'))).filter((name) => !name.startsWith('.'))).toEqual(['s3.json']);
  });

  test('Ctrl-C at any question ends it with 130, and leaves no trace', async () => {
    const stops = [...QUESTIONS.keys(), QUESTIONS.length];
    const stopAt = async (count: number): Promise<readonly unknown[]> => {
      const terminal = start();
      await answer(terminal, QUESTIONS.slice(0, count));
      await terminal.waitFor(QUESTIONS[count]?.[0] ?? /\(y\/N\)/i);
      terminal.type(KEYS.interrupt);
      return [count, await terminal.ended(60_000), /^ {4}at /m.test(terminal.text())];
    };
    const ends: unknown[] = [];
    // Two at a time: each is a program that loads the SDK.
    for (let first = 0; first < stops.length; first += 2)
      ends.push(...(await Promise.all(stops.slice(first, first + 2).map(stopAt))));
    expect(ends).toEqual(stops.map((count) => [count, 130, false]));
    expect(writes()).toBe(0);
    expect((await readdir(path.join(folder, 'work'))).filter((name) => !name.startsWith('.'))).toEqual(['s3.json']);
  });

  test('Esc goes back from a list and from a line of text, and the answer stays as the default', async () => {
    const terminal = start({ args: ['--target-profile', 'target', '--source-profile', 'source'] });
    await answer(terminal, QUESTIONS.slice(3, 7));
    await terminal.waitFor('NAME:');
    terminal.type(`my-bucket`);
    await terminal.waitFor('my-bucket');
    terminal.type(KEYS.escape);
    await terminal.waitFor('← back');
    await terminal.waitFor('What may the role do');
    await terminal.waitFor('select');
    terminal.type(KEYS.escape);
    await terminal.waitFor('← back');
    await answer(terminal, QUESTIONS.slice(5));
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(`n${KEYS.enter}`);
    expect(await terminal.ended()).toBe(9);
    expect(terminal.text()).toContain('--external-id generate --preset s3-bucket:my-bucket --role-name');
  });

  test.for([
    ['NO_COLOR', { NO_COLOR: '1' }, []],
    ['--no-color', {}, ['--no-color']],
    ['TERM=dumb', { TERM: 'dumb' }, []],
  ] as const)('says everything without colour: %s', async ([, more, args]) => {
    env = { ...env, ...more };
    const terminal = start({ args: ['--target-profile', 'target', '--source-profile', 'source', ...args] });
    await answer(terminal, QUESTIONS.slice(3));
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended()).toBe(130);
    // Select Graphic Rendition: colours, bold, dim.
    // oxlint-disable-next-line no-control-regex -- control sequences are what is looked for
    expect(terminal.raw()).not.toMatch(/\u001B\[[\d;]*m/);
  });

  test('asks where tokens enter and who only plans, without colour, and goes back from both', async () => {
    env = { ...env, NO_COLOR: '1' };
    const terminal = start({ args: ['--target-profile', 'target', '--source-profile', 'source', '--pair'] });
    const back = async (question: string): Promise<void> => {
      await terminal.waitFor(question);
      if (!question.endsWith(':')) await terminal.waitFor('select');
      terminal.type(KEYS.escape);
      await terminal.waitFor('← back');
    };
    await answer(terminal, [
      ['Who may assume the role?', `${KEYS.down.repeat(4)}${KEYS.enter}`],
      ['Repository:', `acme/app${KEYS.enter}`],
      ['Which of its runs?', `${KEYS.down}${KEYS.enter}`],
      ['Name of the environment:', KEYS.enter],
      ['Where do the tokens enter?', `${KEYS.down}${KEYS.enter}`],
    ]);
    await back('Name of the hub role:');
    await terminal.waitFor('Where do the tokens enter?');
    await answer(terminal, [
      // The answer from before is the default now.
      ['a hub role of the source', KEYS.enter],
      ['Name of the hub role:', KEYS.enter],
      ...QUESTIONS.slice(4, 6),
      ['What may the role do', `${KEYS.down.repeat(8)}${KEYS.enter}`],
      ...QUESTIONS.slice(9, 12),
    ]);
    await back('Who may assume xacct-terraform-plan?');
    await answer(terminal, [
      ['Change another setting of the role?', KEYS.enter],
      ['Who may assume xacct-terraform-plan?', `${KEYS.down}${KEYS.enter}`],
      ['Who only plans:', `github:acme/app:environment=plan${KEYS.enter}`],
      ['Is that what you want?', KEYS.enter],
    ]);
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended()).toBe(130);
    // oxlint-disable-next-line no-control-regex -- control sequences are what is looked for
    expect(terminal.raw()).not.toMatch(/\u001B\[[\d;]*m/);
    expect(terminal.text().replaceAll(/\s+/g, ' ')).toContain(
      '--trust github:acme/app:environment=production --layout hub --hub-role xacct-hub --external-id generate --permissions none --role-name xacct-terraform --region us-east-1 --plan-trust github:acme/app:environment=plan --yes',
    );
    expect(writes()).toBe(0);
  });

  test('a wrong answer is asked again, with the reason', async () => {
    const terminal = start({ args: ['--target-profile', 'target', '--source-profile', 'source'] });
    await answer(terminal, [['Who may assume the role?', `${KEYS.down}${KEYS.enter}`]]);
    await terminal.waitFor('ARN of the role or user:');
    terminal.type(`arn:aws:iam::1:role/x${KEYS.enter}`);
    await terminal.waitFor('arn:aws:iam::1:role/x');
    await terminal.waitFor('is an ARN, but not of');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended()).toBe(130);
  });

  test('the questions stay on the terminal when stdout goes to a file', async () => {
    const stdoutFile = path.join(folder, 'out');
    const terminal = start({ stdoutFile, args: ['--json'] });
    await answerAll(terminal);
    await terminal.waitFor(/\(y\/N\)/i);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended()).toBe(0);
    expect(JSON.parse(await readFile(stdoutFile, 'utf8'))).toMatchObject({ schema: 1, command: 'init', ok: true });
  });
});

const LONGEST = 'no, go through the questions again, with my answers';

describeWithPeers(['tmux'], 'the wizard on a screen of 80 columns and 24 lines', () => {
  const onScreen = async (work: (screen: Screen) => Promise<void>): Promise<void> => {
    const screen = await openScreen([...INIT, '--target-profile', 'target', '--source-profile', 'source'], {
      cwd: path.join(folder, 'work'),
      env,
      columns: 80,
      rows: 24,
    });
    try {
      await work(screen);
    } finally {
      await screen.close();
    }
  };
  const next = async (screen: Screen, shown: RegExp, ...keys: readonly string[]): Promise<readonly string[]> => {
    await screen.waitFor(shown);
    const lines = await screen.lines();
    await screen.type(...keys);
    return lines;
  };
  const text = (lines: readonly string[]): string => lines.join('\n');
  const down = (times: number): readonly string[] => Array.from({ length: times }, () => 'Down');

  test('shows the question, why it is asked, its flag and the choices; a list of choices fits, and so does the summary', async () => {
    await onScreen(async (screen) => {
      expect(text(await next(screen, /Who may assume the role\?[^]*select/, 'Enter'))).toContain('(--trust)');
      expect(text(await next(screen, /External ID\?[^]*select/, 'Enter'))).toContain('(--external-id; Esc: back)');
      await next(screen, /meet a condition[^]*select/, 'Enter');
      const permissions = await next(screen, /What may the role do[^]*select/, 'Enter');
      expect(text(permissions)).toMatch(/As little as Terraform needs there[^]*s3-bucket:[^]*nothing yet/);
      // A word that the terminal had to cut begins a line in the middle of itself.
      expect(permissions.filter((line) => line.length >= 80)).toEqual([]);
      await next(screen, /NAME:/, 'b-1', 'Enter');
      await next(screen, /Anything else[^]*select/, 'Enter');
      await next(screen, /Name of the role:/, 'Enter');
      await next(screen, /Region of the provider:/, 'Enter');
      await next(screen, /another setting[^]*select/, 'Enter');
      await next(screen, /Let the caller[^]*select/, 'Enter');
      const summary = await next(screen, /Is that what you want\?[^]*select/, 'C-c');
      expect(text(summary)).toMatch(/target +account 222222222222[^]*permissions +s3-bucket:b-1[^]*region +us-east-1/);
      expect(text(summary)).toContain(LONGEST);
      await screen.waitFor(/\[status 130\]/);
    });
  });

  test('has room for the questions about tokens and pairs', async () => {
    await onScreen(async (screen) => {
      await next(screen, /Who may assume the role\?[^]*select/, ...down(4), 'Enter');
      await next(screen, /Repository:/, 'acme-corporation/infrastructure-live', 'Enter');
      await next(screen, /Which of its runs\?[^]*select/, 'Enter');
      await next(screen, /Name of the branch:/, 'Enter');
      const layout = await next(screen, /Where do the tokens enter\?[^]*select/, 'Down', 'Enter');
      expect(text(layout)).toMatch(/A hub spares each[^]*\(--layout; Esc: back\)[^]*which all targets trust/);
      expect(text(await next(screen, /Name of the hub role:/, 'Enter'))).toContain('(--hub-role; Esc: back)');
      await next(screen, /External ID\?[^]*select/, 'Enter');
      await next(screen, /meet a condition[^]*select/, 'Enter');
      await next(screen, /What may the role do[^]*select/, ...down(8), 'Enter');
      await next(screen, /Name of the role:/, 'Enter');
      await next(screen, /Region of the provider:/, 'Enter');
      await next(screen, /another setting[^]*select/, ...down(8), 'Enter');
      await next(screen, /And another one\?[^]*select/, 'Enter');
      const planner = await next(screen, /Who may assume xacct-terraform-plan\?[^]*select/, 'Down', 'Enter');
      expect(text(planner)).toMatch(/:pull_request\.[^]*pull requests, plan phases[^]*somebody else/);
      const who = await next(screen, /Who only plans:/, 'C-c');
      for (const lines of [layout, planner, who]) expect(lines.filter((line) => line.length > 80)).toEqual([]);
      await screen.waitFor(/\[status 130\]/);
    });
  });

  test('goes on where the window is made narrower and wider again', async () => {
    await onScreen(async (screen) => {
      await screen.waitFor(/Who may assume the role\?[^]*select/);
      await screen.resize(50, 20);
      await screen.type('Down');
      await screen.waitFor(/❯ another role or user/);
      await screen.resize(80, 24);
      await screen.type('Up', 'Enter');
      const lines = await next(screen, /External ID\?[^]*select/, 'C-c');
      expect(text(lines)).toContain("✔ Who may assume the role? the source's own:");
      await screen.waitFor(/\[status 130\]/);
    });
  });
});
