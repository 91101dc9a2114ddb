/** Time and randomness as values that are passed in, so that every pure stage and every test is exact. */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** `bytes` random bytes from a cryptographic source, as lower-case hexadecimal. */
  hex(bytes: number): string;
}
