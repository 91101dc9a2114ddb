/** The record of calls: who asked for what, and what the sandbox said. */

export interface LogEntry {
  /** ISO 8601, by the model's clock. */
  readonly at: string;
  /** Of the caller; null when nobody could be told from the signature. */
  readonly account: string | null;
  readonly caller: string | null;
  readonly service: string;
  readonly action: string;
  readonly resource: string | null;
  /** `invalid`: refused for its form, its credentials or the state of the model; `fault`: a fault on demand struck. */
  readonly decision: 'allowed' | 'denied' | 'invalid' | 'fault';
  /** The error code, or for a denial what decided it; null when allowed. */
  readonly reason: string | null;
  /** The action would change something, whether or not it came to that. */
  readonly write: boolean;
}

export interface CallLog {
  entries(): readonly LogEntry[];
  add(entry: LogEntry): void;
  clear(): void;
}

/** Names and ARNs of AWS are shorter; what a caller makes up may be a megabyte, ten thousand times over. */
const MOST_TEXT = 2048;

const cut = (text: string | null): string | null =>
  text === null || text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}…`;

/** Long-running sandboxes forget their oldest calls. */
const CAPACITY = 10_000;

export const createLog = (sink?: (entry: LogEntry) => void): CallLog => {
  let entries: LogEntry[] = [];
  return {
    entries: () => entries.slice(-CAPACITY),
    add: (given) => {
      const entry = { ...given, action: cut(given.action) ?? '', resource: cut(given.resource) };
      entries.push(entry);
      if (entries.length > 2 * CAPACITY) entries = entries.slice(-CAPACITY);
      sink?.(entry);
    },
    clear: () => {
      entries = [];
    },
  };
};
