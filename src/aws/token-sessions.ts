/** STS for whoever has an OIDC token in the place of credentials: AssumeRoleWithWebIdentity, which nobody signs. */
import { readFile } from 'node:fs/promises';
import type { CallerIdentity, Refusal, Sessions } from '#core/ports/sessions.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { isAboutCaller } from './errors.ts';
import { tokenCommand } from './session-commands.ts';
import { askForSession } from './sessions.ts';
import type { Side } from './side.ts';

const unusable = (path: string, why: string): XacctError =>
  new XacctError(
    problem('NO_CREDENTIALS', `the web identity token cannot be used: ${why}`, {
      path: 'AWS_WEB_IDENTITY_TOKEN_FILE',
      hints: [{ text: `whoever signs tokens writes it to ${path}, and anew before it expires` }],
    }),
  );

const readToken = async (path: string, { redact }: Side): Promise<string> => {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    redact.know(token);
    return token;
  } catch {
    throw unusable(path, `there is no file ${path} that can be read`);
  }
};

type Claims = NonNullable<CallerIdentity['claims']>;

/** The middle part is JSON, in base64url: https://datatracker.ietf.org/doc/html/rfc7519#section-3 */
const claimsOf = (token: string, path: string): Claims => {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null) return claims as Claims;
  } catch {
    // It says so below.
  }
  throw unusable(path, `${path} holds no OIDC token`);
};

const textOf = (claim: unknown): string => (typeof claim === 'string' ? claim : '');

const LABEL = 'web identity token';

export const openTokenSessions = (side: Side, path: string): Sessions => ({
  identity: async () => {
    const claims = claimsOf(await readToken(path, side), path);
    return { account: '', arn: textOf(claims['iss']), userId: textOf(claims['sub']), claims };
  },
  credentialSource: () => LABEL,
  credentialLife: () => ({
    kind: 'renewed',
    by: 'the web identity token is exchanged again, as long as somebody keeps its file fresh',
  }),
  endpoint: side.endpoint,
  withMfa: async () => undefined,
  assumeRole: async (request, given) => {
    const command = tokenCommand(request, await readToken(path, side));
    const send = async (abortSignal: AbortSignal) => (await side.stsBy(undefined, request.region)).send(command, { abortSignal });
    // A token that has expired is what was asked about.
    const isData = (refusal: Refusal): boolean => refusal.code.startsWith('ExpiredToken') || !isAboutCaller(refusal);
    return askForSession({ action: 'sts:AssumeRoleWithWebIdentity', send, given, isData }, side);
  },
});
