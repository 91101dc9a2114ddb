/** proxy-from-env ships no declarations; this is the one function of it that is used. */
declare module 'proxy-from-env' {
  /** The proxy that *_PROXY and NO_PROXY (either case, read from process.env) choose for this URL; empty for none. */
  export function getProxyForUrl(url: string | URL): string;
}
