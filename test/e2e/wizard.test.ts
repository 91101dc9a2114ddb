/** The wizard as a person meets it: `xacct init` in a terminal of 80 columns, with stdout sent to a file or not. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, ROOT, type Environment } from '../support/child.ts';
import { describeWithPeers } from '../support/peers.ts';
import { KEYS, openScreen, openTerminal, type Terminal } from '../support/terminal.ts';

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

/** Up to the plan, with every default but the profiles and the policy. */
const answerAll = async (terminal: Terminal): Promise<void> => {
  await terminal.waitFor('Which credentials administer the target account?');
  terminal.type(`${KEYS.down}${KEYS.down}${KEYS.enter}`);
  await terminal.waitFor(':222222222222:user/admin');
  await terminal.waitFor('Which credentials will run Terraform');
  terminal.type(`${KEYS.down}${KEYS.enter}`);
  await terminal.waitFor(':111111111111:user/admin');
  await terminal.waitFor('Who may assume the role?');
  terminal.type(KEYS.enter);
  await terminal.waitFor('External ID?');
  terminal.type(KEYS.enter);
  await terminal.waitFor('What may the role do');
  terminal.type(KEYS.enter);
  await terminal.waitFor('The JSON file:');
  terminal.type(`./s3.json${KEYS.enter}`);
  await terminal.waitFor('Name of the role:');
  terminal.type(KEYS.enter);
  await terminal.waitFor('Region of the provider:');
  terminal.type(KEYS.enter);
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
    expect(terminal.text()).toContain('xacct init --target-profile target --source-profile source');
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

  test('Ctrl-C at a question ends it with 130, and leaves no trace', async () => {
    const terminal = start();
    await terminal.waitFor('Which credentials administer the target account?');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended()).toBe(130);
    expect(terminal.text()).not.toMatch(/^ {4}at /m);
    expect(writes()).toBe(0);
  });

  test('a wrong answer is asked again, with the reason', async () => {
    const terminal = start({ args: ['--target-profile', 'target', '--source-profile', 'source'] });
    await terminal.waitFor('Who may assume the role?');
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

describeWithPeers(['tmux'], 'the wizard on a screen of 80 columns', () => {
  test('shows the question, why it is asked and the choices', async () => {
    const screen = await openScreen(INIT, { cwd: path.join(folder, 'work'), env, columns: 80, rows: 30 });
    try {
      await screen.waitFor(/Which credentials administer the target account\?/);
      await screen.waitFor(/target/);
      const lines = await screen.lines();
      expect(lines.join('\n')).toContain('xacct makes the role with them.');
      // A word that the terminal had to cut begins a line in the middle of itself.
      expect(lines.every((line) => line.length <= 80)).toBe(true);
      await screen.type('C-c');
      await screen.waitFor(/\[status 130\]/);
    } finally {
      await screen.close();
    }
  });
});
