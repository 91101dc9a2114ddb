/** What may stand between the program and AWS: a server that ends TLS and passes the call on as it is, and a proxy. */
import { createServer, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen } from './aws-stub.ts';
import { SERVER } from './tls-authority.ts';

export const openTlsFront = async (endpoint: string) => {
  const server = createTlsServer(SERVER, (request, response) => {
    const { method, url, headers } = request;
    const onward = send(endpoint + (url ?? '/'), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const port = await listen(server);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { port, close };
};

/** Refuses by `status`; without one it leads every host to this machine, as its own DNS would. */
export const openProxy = async (status?: number) => {
  const sockets = new Set<Duplex>();
  const server = createServer((_, response) => void response.writeHead(status ?? 501).end());
  server.on('connect', ({ url }, socket) => {
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(Number(url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) {
      sockets.add(end);
      end.on('error', () => undefined);
    }
  });
  const port = await listen(server);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, close };
};
