/** What a command may touch: handed over by main.ts, so that tests give their own. Dear things are functions. */
import type { Diagnosis } from '#core/diagnosis.ts';
import type { AwsAccounts } from '#core/ports/aws-accounts.ts';
import type { ConfigReader } from '#core/ports/config-file.ts';
import type { Files } from '#core/ports/files.ts';
import type { CutOff, Journal } from '#core/ports/journal.ts';
import type { Processes } from '#core/ports/process.ts';
import type { Prompter } from '#core/ports/prompter.ts';
import type { Reporter } from '#core/ports/reporter.ts';
import type { Clock, Random } from '#domain/clock.ts';
import type { RenderUserTemplate } from '#emit/user-template.ts';
import type { CommandDefinition } from './command.ts';
import type { CommandName } from './commands.ts';
import type { Diagnostic } from '#domain/diagnostic.ts';
import type { Paint } from './paint.ts';
import type { readByCommander } from './program.ts';

/** What a sandbox is to be like. What is absent is as in the sandbox's own defaults. */
export interface SandboxRequest {
  readonly port?: number;
  readonly accounts?: readonly string[];
  /** The data of a seed file, unchecked. */
  readonly seed?: unknown;
  readonly faults?: object;
  /** Absolute; every call is appended as a line of JSON. */
  readonly logFile?: string;
  readonly onLogLost?: (why: Diagnostic) => void;
  readonly upstream?: string;
  readonly upstreamUnmapped?: 'deny' | 'allow';
  readonly upstreamRemote?: boolean;
}

/** A sandbox that is open, as far as the command line is concerned. */
export interface OpenSandbox {
  readonly endpoint: string;
  readonly metadataEndpoint: string;
  readonly accounts: readonly string[];
  /** All but the one at `metadataEndpoint`; each has a profile of its own. */
  readonly otherInstances: readonly { readonly account: string; readonly instanceId: string; readonly endpoint: string }[];
  /** An AWS config file with a profile for each account. */
  awsConfigText(): string;
  close(): Promise<void>;
}

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** How this program is started: the executable and the arguments before a command's own. */
  readonly self: readonly [command: string, ...args: string[]];
  readonly version: string;
  /** What it runs on, for a report: "Node v22.1.0 on linux x64". */
  readonly machine: string;
  /** To stdout: the result and nothing else. Resolves when it is written. */
  out(text: string): Promise<void>;
  /** To stderr: everything that is said. */
  say(text: string): void;
  readonly canAsk: boolean;
  readonly paint: Paint;
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  /** The same; absent where stderr is no terminal of a person, and what is said is not broken into lines. */
  readonly columns?: number;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  /** SHA-256 of a text, as lower-case hexadecimal. */
  digest(text: string): string;
  readonly processes: Processes;
  /** Aborted by SIGINT or SIGTERM, and by SIGHUP where a terminal is what hangs up. */
  readonly signal: AbortSignal;
  /** The options of a command, and what it does. */
  command(name: CommandName): Promise<CommandDefinition>;
  /** Reads the command lines that are not plain, and makes the help. */
  commander(): Promise<typeof readByCommander>;
  /** Of the program as a whole, for a terminal of at least HELP_WIDTH columns. */
  help(): Promise<string>;
  aws(): Promise<AwsAccounts>;
  configReader(): Promise<ConfigReader>;
  prompter(): Promise<Prompter>;
  /** Keeps other runs out of the folder as long as `work` goes on; throws LOCKED. Held again in a work, it is the same lock and journal. */
  hold<T>(folder: string, work: (journal: Journal) => Promise<T>): Promise<T>;
  /** `.xacct/ROOM` in this folder, made where it is not there yet: for its owner alone, and out of Git. Throws FILE_UNWRITABLE. */
  room(folder: string, room: 'proofs'): Promise<string>;
  /** The run before this one in the folder, where it was cut off; told once. */
  cutOff(folder: string): Promise<CutOff | undefined>;
  /** `--template`: the engine comes with it. */
  userTemplate(): Promise<RenderUserTemplate>;
  /** Why a proof failed. */
  diagnosis(): Promise<Diagnosis>;
  openSandbox(request?: SandboxRequest): Promise<OpenSandbox>;
  /** Of this process, for whoever wants to stop it. */
  readonly pid?: number;
  /** Lets the reader of stdout go on: nothing more will come. */
  endOut?(): void;
  /** stdin part by part, for an option that says `-`. */
  readInput?(): AsyncIterable<string>;
}
