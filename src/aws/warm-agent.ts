/** An https.Agent that can be told to connect before there is a request: a connection over TLS costs two round trips, and then none. */
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';

type Options = Parameters<Agent['createConnection']>[0];
type Callback = Parameters<Agent['createConnection']>[1];

const nameOf = (host: string, port: number): string => `${host}:${port}`;

export class WarmAgent extends Agent {
  readonly #ready = new Map<string, TLSSocket[]>();
  /** The next requests to go there take these. One that fails is forgotten: whoever needs it meets the error on a connection of its own. */
  warm(host: string, port: number, count: number): void {
    const ready = this.#ready.get(nameOf(host, port)) ?? [];
    this.#ready.set(nameOf(host, port), ready);
    for (let open = 0; open < count; open += 1) {
      const socket = connect({ ...this.options, host, port, ...(isIP(host) === 0 && { servername: host }) });
      const forget = (): void => void (ready.includes(socket) && ready.splice(ready.indexOf(socket), 1));
      socket.on('error', forget).on('close', forget);
      // Nobody waits for it yet.
      socket.unref();
      ready.push(socket);
    }
  }

  override createConnection(options: Options, callback?: Callback): Duplex | null | undefined {
    const { host, port } = options;
    const socket = this.#ready.get(nameOf(String(host), Number(port)))?.shift();
    if (socket === undefined) return super.createConnection(options, callback);
    return socket.ref();
  }
}
