/** Work that may never end and leaves nothing behind: nothing of ours hears a signal meanwhile, so it ends the program as it ends any other. */
import { hasTerminal } from './signals.ts';

/** Without a listener Node leaves a signal to the system. */
export const deadly = <T>(work: () => T): T => {
  const names = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter((name) => name !== 'SIGHUP' || hasTerminal());
  const deaf = names.map((name) => [name, process.listeners(name)] as const);
  for (const name of names) process.removeAllListeners(name);
  try {
    return work();
  } finally {
    for (const [name, listeners] of deaf) for (const listener of listeners) process.on(name, listener as () => void);
  }
};
