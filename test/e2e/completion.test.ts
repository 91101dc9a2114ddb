/** The completion scripts in the real shells: a person types, presses Tab, and the shell itself says what the line became. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, ROOT, runOk, type Environment } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

let home = '';
let env: Environment = {};
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'xacct-completion-'));
  await mkdir(path.join(home, 'bin'));
  const program = path.join(home, 'bin/xacct');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${path.join(ROOT, 'bin/xacct.js')}' "$@"\n`);
  await chmod(program, 0o755);
  await writeFile(
    path.join(home, 'xacct.yaml'),
    'version: 1\ntargets: { staging-account: { account: "222222222222" }, production: { account: "333333333333" } }\n',
  );
  await mkdir(path.join(home, '.aws'));
  await writeFile(
    path.join(home, '.aws/config'),
    '[profile "team a:prod"]\nregion = eu-west-1\n[profile ci:deploy]\nregion = eu-west-1\n[sso-session team]\n',
  );
  const clean = cleanEnvironment(home, { AWS_CONFIG_FILE: path.join(home, '.aws/config') });
  env = { ...clean, PATH: `${path.join(home, 'bin')}:${clean['PATH'] ?? ''}`, TERM: 'dumb', PS1: '' };
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Types the beginning, presses Tab, puts `echo GOT` before the line, and Enter: what the shell prints is the completed line. */
const typeInto = async (shell: readonly string[], setUp: string, begun: string): Promise<string> => {
  const child = spawn(pathOf('script'), ['-qfec', shell.join(' '), '/dev/null'], { cwd: home, env: { ...env }, stdio: 'pipe' });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const until = async (pattern: RegExp): Promise<string> => {
    for (let waited = 0; waited < 400; waited += 1) {
      const found = pattern.exec(said)?.[1];
      if (found !== undefined) return found;
      await sleep(50);
    }
    throw new Error(`${shell.join(' ')} never said ${pattern.source}:\n${said}`);
  };
  try {
    child.stdin.write(`${setUp}\necho REA''DY\n`);
    await until(/(READY)\r?\n/);
    child.stdin.write(`${begun}\t`);
    // The shell reads on when the completion is there; what is typed meanwhile waits.
    child.stdin.write('\u0001echo GO""T \n');
    return (await until(/GOT ([^\r\n]*)\r?\n/)).trim();
  } finally {
    child.kill('SIGKILL');
  }
};

const LINES = [
  ['xacct comple', 'xacct completion'],
  ['xacct verify stag', 'xacct verify staging-account'],
  ['xacct emit cf', 'xacct emit cfn'],
  ['xacct emit-tf --backend-acc', 'xacct emit-tf --backend-account'],
  ['xacct emit-tf --backend-account=tar', 'xacct emit-tf --backend-account=target'],
  ['xacct verify --source-profile ci:de', 'xacct verify --source-profile ci:deploy'],
  ['xacct verify --source-profile tea', 'xacct verify --source-profile team a:prod'],
] as const;

describeWithPeers(['script'], 'completion in bash', () => {
  test.each(LINES)('%s becomes %s', async (begun, line) => {
    expect(await typeInto(['bash', '--norc', '-i'], 'eval "$(xacct completion bash)"', begun)).toBe(line);
  });
});

describeWithPeers(['script', 'zsh'], 'completion in zsh', () => {
  test.each(LINES)('%s becomes %s', async (begun, line) => {
    const setUp = 'autoload -Uz compinit; compinit -u; bindkey -e; eval "$(xacct completion zsh)"';
    expect(await typeInto([pathOf('zsh'), '-f', '-i'], setUp, begun)).toBe(line);
  });
});

describeWithPeers(['fish'], 'completion in fish', () => {
  test.each(LINES)('%s becomes %s', async (begun, line) => {
    const script = `xacct completion fish | source; complete -C ${JSON.stringify(begun)}`;
    const { stdout } = await runOk(pathOf('fish'), ['--no-config', '-c', script], { cwd: home, env });
    const words = stdout.split('\n').map((word) => word.split('\t')[0]);
    expect(words.some((word) => word !== undefined && word !== '' && line.endsWith(` ${word}`))).toBe(true);
  });
});
