/** What the build puts in: the version, and templates compiled to functions (scripts/template-plugin.mjs). */
declare const XACCT_VERSION: string;

declare module '*.eta' {
  /** Renders the template; every `<%= value %>` goes through `quote`. */
  const render: (model: unknown, quote: (value: unknown) => string) => string;
  export default render;
}
