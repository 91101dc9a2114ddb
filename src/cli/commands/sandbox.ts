/** xacct sandbox: local AWS accounts that enforce every policy, served until stopped, or around one program. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context, OpenSandbox } from '#cli/context.ts';
import { exportLines, foreignVariables, sandboxEnvironment, sandboxVariables } from '#cli/sandbox-environment.ts';
import { hang } from '#cli/render/hang.ts';
import { printable } from '#cli/render/printable.ts';
import { openRequested } from '#cli/sandbox-request.ts';

const profilesOf = ({ accounts, otherInstances }: OpenSandbox): readonly string[] => [
  ...(accounts.length > 0 ? ['source'] : []),
  ...(accounts.length > 1 ? ['target'] : []),
  ...accounts,
  'ec2',
  ...otherInstances.map(({ instanceId }) => instanceId),
];

const FOLDER = 'xacct-sandbox-';

/** Writes the config file for as long as `use` takes. A sandbox that was killed cannot remove its own; the next one does. */
const withConfigFile = async <T>(
  sandbox: OpenSandbox,
  { files, pid }: Context,
  use: (path: string) => Promise<T>,
): Promise<T> => {
  await files.removeAbandoned(FOLDER);
  const folder = await files.makeTemporary(`${FOLDER}${pid ?? 0}-`);
  try {
    const path = files.resolve(folder, 'aws-config');
    await files.write(path, sandbox.awsConfigText());
    return await use(path);
  } finally {
    await files.remove(folder);
  }
};

const untilStopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const serve = async (sandbox: OpenSandbox, configFile: string, context: Context, isJson: boolean): Promise<Outcome> => {
  const profiles = profilesOf(sandbox);
  const pid = context.pid === undefined ? {} : { XACCT_SANDBOX_PID: String(context.pid) };
  const variables = { ...sandboxVariables(context.env, sandbox, configFile), ...pid };
  const { endpoint, metadataEndpoint, accounts, otherInstances: instances } = sandbox;
  const result = { endpoint, metadataEndpoint, accounts, instances, profiles, environment: variables };
  await context.out(
    isJson
      ? `${JSON.stringify({ schema: 1, command: 'sandbox', ok: true, result, diagnostics: [] })}\n`
      : exportLines(variables, foreignVariables(context.env, profiles)),
  );
  context.endOut?.();
  context.say(
    `IAM, STS and instance metadata of ${sandbox.accounts.join(', ')} at ${context.paint.bold(sandbox.endpoint)}, every policy enforced\n` +
      `profiles ${profiles.join(', ')}; without one: the role of the instance\n` +
      sandbox.otherInstances.map((one) => `metadata of ${one.instanceId} (${one.account}): ${one.endpoint}\n`).join('') +
      `serves until stopped with Ctrl-C or kill\n`,
  );
  await untilStopped(context.signal);
  return { status: 0, text: '', result, isPrinted: true };
};

const runInside = async (
  sandbox: OpenSandbox,
  configFile: string,
  context: Context,
  { program: [command = '', ...args], isQuiet }: { readonly program: readonly string[]; readonly isQuiet: boolean },
): Promise<Outcome> => {
  // From here on signals are the program's; one that came before it means that it is not wanted any more.
  context.signal.throwIfAborted();
  const profiles = profilesOf(sandbox);
  const env = sandboxEnvironment(context.env, sandbox, configFile, profiles);
  if (context.columns !== undefined && !isQuiet)
    context.say(
      `${hang('', `sandbox with the accounts ${sandbox.accounts.join(', ')}, profiles ${profiles.join(', ')}; it ends with ${printable(command)} (a shell: exit or Ctrl-D)`, { indent: '  ', columns: context.columns })}\n`,
    );
  const status = await context.processes.attach({ command, args, cwd: context.cwd, env });
  if (status === 127 || status === 126)
    context.say(
      `${context.paint.yellow('warning')} ${printable(command)} ended with ${status}: it was not found, or could not be started\n`,
    );
  return { status, text: '', result: null, isPrinted: true };
};

/** Whoever reads stdout to its end, such as the shell's `$(…)`, waits for every process that holds it: npx does, as long as its program runs. */
const leaveServing = async (input: Input, context: Context): Promise<Outcome> => {
  const { env, self, cwd, processes } = context;
  const [command, ...script] = self;
  const args = [...script, 'sandbox', ...input.typed.filter((word) => word !== '--detach')];
  const { XACCT_DETACH: _, ...rest } = env;
  const { status, stdout } = await processes.leave({ command, args, cwd, env: rest });
  await context.out(stdout);
  return { status, text: '', result: null, isPrinted: true };
};

export const sandboxCommand: CommandDefinition = {
  options: [
    { flags: '--port <port>', about: 'on 127.0.0.1 (default: any free one)' },
    {
      flags: '--accounts <ids>',
      about: 'account ids, with commas between (default: 111111111111,222222222222)',
      isRepeatable: true,
    },
    { flags: '--seed <file>', about: 'YAML: what the accounts hold besides their administrators, and faults' },
    {
      flags: '--upstream <url>',
      about: 'hand calls of other services to this emulator (moto, LocalStack) once they are allowed',
    },
    { flags: '--upstream-remote', about: 'let the upstream be on another machine, which then gets all calls and data' },
    {
      flags: '--upstream-unmapped <what>',
      about: 'calls whose IAM action cannot be told: deny (default) or allow',
      choices: ['deny', 'allow'],
    },
    { flags: '--log <file>', about: 'append every call and its decision as a line of JSON' },
    { flags: '--latency <duration>', about: 'answer every call so much later: 200ms, 2s' },
    { flags: '--throttle <calls>', about: 'refuse calls with Throttling: the next 3, or all above 5/s' },
    { flags: '--consistency-delay <duration>', about: 'let new roles be unknown to STS for so long' },
    { flags: '--detach', about: 'go on serving by itself, until kill $XACCT_SANDBOX_PID' },
  ],
  examples: [
    ['xacct sandbox -- terraform apply', 'Terraform inside the sandbox, with its exit status'],
    ['eval "$(xacct sandbox --detach)"', 'this shell inside the sandbox, until kill $XACCT_SANDBOX_PID'],
  ],
  run: async (input, context) => {
    const program = input.targets;
    const isJson = input.isSet('json');
    if (program[0] === '')
      throw new XacctError(
        problem('USAGE', 'the program has no name', {
          hints: [{ text: 'is the variable that holds it set? It comes after --', command: 'xacct sandbox -- terraform plan' }],
        }),
      );
    // The variable may be meant for the program, which may be xacct.
    if (program.length > 0 && input.isTyped('json'))
      throw new XacctError(
        problem('USAGE', "with a program there is no JSON: stdout is the program's", {
          path: '--json',
          hints: [{ text: 'write the calls to a file', command: 'xacct sandbox --log calls.jsonl -- PROGRAM' }],
        }),
      );
    if (input.isSet('detach') && program.length === 0) return leaveServing(input, context);
    if (input.isTyped('detach'))
      throw new XacctError(
        problem('USAGE', 'the sandbox ends with its program: nothing is left to serve', {
          path: '--detach',
          hints: [{ text: 'leave one out' }],
        }),
      );
    const sandbox = await openRequested(input, context);
    try {
      return await withConfigFile(sandbox, context, (configFile) =>
        program.length > 0
          ? runInside(sandbox, configFile, context, { program, isQuiet: input.isSet('quiet') })
          : serve(sandbox, configFile, context, isJson),
      );
    } finally {
      await sandbox.close();
    }
  },
};
