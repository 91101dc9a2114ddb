/** Requests through a proxy: one without TLS is handed to it, one with TLS goes through a tunnel that it opens. */
import type { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

type Connect = HttpsProxyAgent<string>['connect'];

interface AgentOptions {
  readonly keepAlive: boolean;
  readonly maxSockets: number;
  readonly ca?: string[];
}

/** The library's agent, put right in two points that only its use by the SDK brings out. */
class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #ca: string[] | undefined;

  constructor(proxy: URL, options: AgentOptions) {
    super(proxy, options);
    this.#ca = options.ca;
  }

  /** It guesses from the call stack, and when a socket comes free guesses wrong: no connection would ever be used again. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  /** It trusts `ca` for the proxy alone; here it holds for the server behind the tunnel too. */
  override connect(...[request, options]: Parameters<Connect>): ReturnType<Connect> {
    return super.connect(request, this.#ca === undefined ? options : Object.assign({}, options, { ca: this.#ca }));
  }
}

export const openViaProxy = (
  proxy: URL,
  { agent, times }: { readonly agent: AgentOptions; readonly times: NodeHttpHandlerOptions },
): NodeHttpHandler =>
  new NodeHttpHandler({
    ...times,
    httpAgent: new HttpProxyAgent(proxy, agent),
    // An Agent that makes TLS itself, without being an https.Agent by type.
    httpsAgent: new TunnelAgent(proxy, agent) as unknown as HttpsAgent,
  });
