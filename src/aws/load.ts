/** What this room loads when it is wanted: most runs of verify ask IAM nothing, and few machines have a proxy. */
import type { iam } from './iam.ts';
import type { openViaProxy } from './via-proxy.ts';

export const loadIam = async (): Promise<typeof iam> => (await import('./iam.ts')).iam;

export const loadViaProxy = async (): Promise<typeof openViaProxy> => (await import('./via-proxy.ts')).openViaProxy;

/** A port whose adapter is loaded with the first call. Its methods are asynchronous; what one without an answer does is not waited for. */
export const whenCalled = <Port extends object>(load: () => Promise<Port>): Port => {
  let loading: Promise<Port> | undefined;
  const call = async (method: string, given: readonly unknown[]): Promise<unknown> => {
    loading ??= load();
    const port = await loading;
    return Reflect.apply(Reflect.get(port, method) as (...args: readonly unknown[]) => unknown, port, given);
  };
  return new Proxy({} as Port, {
    // What is asked of every object is none of its methods: with a `then` it would be a promise to whoever awaits it.
    get: (_, name) =>
      typeof name === 'symbol' || name === 'then' ? undefined : (...given: readonly unknown[]) => call(name, given),
  });
};
