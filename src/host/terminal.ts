/** The terminal: what stdin, stdout and stderr are, whether asking and colour are allowed. The only place that decides either. */
import { fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';

export interface Terminal {
  /** Asking is allowed: stdin and stderr are terminals and this is no CI. stdout may be a file. */
  readonly canAsk: boolean;
  readonly hasColor: boolean;
  /** stderr can rewrite its last line. */
  readonly isLive: boolean;
  readonly width: number;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** As of `process`, which opens each when it is asked for it. */
interface Streams {
  readonly stdin: Stream;
  readonly stderr: Stream;
}

const STDERR = 2;

/** False for pipes, files and /dev/null, which is seen without what Node takes 3 ms to load: its module of terminals, or a stream. */
const mayBeTerminal = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor);
    return found.isCharacterDevice() && found.rdev !== statSync(devNull).rdev;
  } catch {
    return true;
  }
};

export const isTerminal = (descriptor: number): boolean =>
  mayBeTerminal(descriptor) && process.getBuiltinModule('node:tty').isatty(descriptor);

/** As of `process`, but that stderr is not opened where it is no terminal. */
export const streamsOf = (opened: Streams): Streams => ({
  get stdin() {
    return opened.stdin;
  },
  get stderr() {
    return mayBeTerminal(STDERR) ? opened.stderr : {};
  },
});

type Env = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0' && value !== 'false';

/** https://no-color.org and https://force-color.org; `--no-color` wins over both. */
const allowsColor = (env: Env, stderr: Stream): boolean => {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return isSet(env['FORCE_COLOR']) || env['FORCE_COLOR'] === '';
  return stderr.isTTY === true && env['TERM'] !== 'dumb';
};

/** stdin is looked at last: where that is not needed, Node need not open it. */
export const readTerminal = (env: Env, streams: Streams): Terminal => {
  const { stderr } = streams;
  const isCi = isSet(env['CI']);
  return {
    canAsk: !isCi && stderr.isTTY === true && streams.stdin.isTTY === true,
    hasColor: allowsColor(env, stderr),
    isLive: stderr.isTTY === true && !isCi && env['TERM'] !== 'dumb',
    // Some pseudo-terminals say 0.
    width: stderr.columns || 80,
  };
};
