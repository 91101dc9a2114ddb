/** Other programs, started without a shell. */

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  /** 128 + n for a signal, 127 when the program is not there, 126 when it cannot be started, 130 when `signal` ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Processes {
  run(request: ProcessRequest): Promise<ProcessResult>;
  /**
   * The program takes over stdin, stdout and stderr, and every signal that this process gets. Resolves to its status: 128 + n for a
   * signal, 127 when it is not there, 126 when it cannot be started.
   */
  attach(request: Omit<ProcessRequest, 'signal'>): Promise<number>;
  /**
   * The program goes on by itself, without a terminal, once it has closed its stdout: then this resolves to what it wrote there, with
   * status 0. To the program's status where it ends before. What it says on stderr is heard here.
   */
  leave(request: Omit<ProcessRequest, 'signal'>): Promise<Omit<ProcessResult, 'stderr'>>;
}
