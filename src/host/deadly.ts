/** Work that may never end and leaves nothing behind: nothing of ours hears a signal meanwhile, so it ends the program as it ends any other. */
import { isatty } from 'node:tty';

/** Without a listener Node leaves a signal to the system. Under nohup SIGHUP stays ignored (signals.ts). */
export const deadly = <T>(work: () => T): T => {
  const names = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter((name) => name !== 'SIGHUP' || isatty(1) || isatty(2));
  const deaf = names.map((name) => [name, process.listeners(name)] as const);
  for (const name of names) process.removeAllListeners(name);
  try {
    return work();
  } finally {
    for (const [name, listeners] of deaf) for (const listener of listeners) process.on(name, listener as () => void);
  }
};
