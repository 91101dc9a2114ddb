/** The registry of known secrets: every text that leaves this room goes through it. It never stores what it may not forget with the process. */

export interface Redactor {
  /** Secrets seen from now on: secret keys, session tokens, web identity tokens. */
  readonly know: (...secrets: readonly (string | undefined)[]) => void;
  readonly clean: (text: string) => string;
}

const SHORTEST_SECRET = 8;

/** AWS's SignatureDoesNotMatch repeats the canonical request, session token included; proxies repeat their own URL with its password. */
const LEAKS: readonly (readonly [RegExp, string])[] = [
  [/(x-amz-security-token:)\S+/gi, '$1***'],
  [/(Signature=)[0-9a-f]{16,}/gi, '$1***'],
  [/(:\/\/)[^\s/@]+@/g, '$1***@'],
  [/((?:secret_?access_?key|session_?token)["']?\s*[=:]\s*["']?)[^\s"',]+/gi, '$1***'],
];

export const openRedactor = (env: Readonly<Record<string, string | undefined>>): Redactor => {
  const known = new Set<string>();
  const know: Redactor['know'] = (...secrets) => {
    for (const secret of secrets) if (secret !== undefined && secret.length >= SHORTEST_SECRET) known.add(secret);
  };
  know(env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN'], env['AWS_CONTAINER_AUTHORIZATION_TOKEN']);
  return {
    know,
    clean: (text) => {
      const shown = [...known].reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
      return LEAKS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), shown);
    },
  };
};
