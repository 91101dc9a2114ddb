/** Stands between a program and the sandbox, and ends the program at the call that the test names: before it is carried out, or after. */
import { createServer, request, type IncomingMessage } from 'node:http';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { cleanEnvironment, type Environment } from './child.ts';
import type { Product } from './product.ts';

export interface Strike {
  /** The how-manieth call that changes something, from 1. */
  readonly at: number;
  /**
   * `before`: the call never arrives. `after`: it is carried out, and its answer gets lost with the program. `during`: it is carried out and
   * answered, for a program that lives on for a while.
   */
  readonly moment: 'before' | 'after' | 'during';
  readonly kill: () => void;
}

export interface KillingProxy {
  readonly endpoint: string;
  /** Counts from now on; undefined lets everything through. */
  arm(strike: Strike | undefined): void;
  /** Actions that changed something since `arm`, in the order of their arrival. */
  writes(): readonly string[];
  close(): Promise<void>;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
};

const isWrite = (action: string): boolean => !/^(?:Get|List|AssumeRole|Simulate)/.test(action);

export const openKillingProxy = async (upstream: string): Promise<KillingProxy> => {
  const { hostname, port } = new URL(upstream);
  let strike: Strike | undefined;
  let seen: string[] = [];
  const forward = (message: IncomingMessage, body: Buffer) =>
    new Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }>(
      (resolve, reject) => {
        // The Host header stays as it was signed.
        const { method, url, headers } = message;
        const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
          bodyOf(answer).then(
            (text) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: text }),
            reject,
          );
        });
        onward.on('error', reject);
        onward.end(body);
      },
    );
  const server = createServer((message, response) => {
    const serve = async (): Promise<void> => {
      const body = await bodyOf(message);
      const action = new URLSearchParams(body.toString()).get('Action') ?? '';
      if (isWrite(action)) seen.push(action);
      const isStruck = strike !== undefined && isWrite(action) && seen.length === strike.at;
      if (isStruck && strike?.moment === 'before') return strike.kill();
      if (isStruck && strike?.moment === 'during') strike.kill();
      const answer = await forward(message, body);
      if (isStruck && strike?.moment === 'after') return strike?.kill();
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    };
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arm: (next) => {
      strike = next;
      seen = [];
    },
    writes: () => seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

/** The environment of a program whose every call to the product's sandbox goes by the proxy: the sandbox's own profiles name its endpoint. */
export const environmentBy = async ({ endpoint }: KillingProxy, { sandbox, folder }: Product): Promise<Environment> => {
  const profiles = path.join(folder, 'aws-config');
  await writeFile(profiles, sandbox.awsConfigText().replaceAll(sandbox.endpoint, endpoint));
  return cleanEnvironment(folder, { AWS_CONFIG_FILE: profiles, AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true' });
};
