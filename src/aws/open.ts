/** The one entry of this room: from environment variables to AwsAccounts. Nothing is read or called before a method of the result is. */
import type { AwsAccounts } from '#core/ports/aws-accounts.ts';
import type { AskMfaCode } from './credentials.ts';
import { assertEndpoints, profileNameOf } from './endpoints.ts';
import { SharedHttpHandler } from './http-handler.ts';
import { loadIam, whenCalled } from './load.ts';
import { openRedactor } from './redact.ts';
import { openOrganizations } from './organizations.ts';
import { openSessions } from './sessions.ts';
import { openTokenSessions } from './token-sessions.ts';
import { readSharedConfig } from './shared-config.ts';
import { openSide, type Room } from './side.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * `env` must be the process's own environment: proxy variables, a profile's credentials and several settings are read from
 * `process.env` by the SDK itself. `open` throws XacctError for an endpoint or AWS_CA_BUNDLE that cannot be used.
 * `signal` ends reads and calls of STS with INTERRUPTED; writes, which may have to be taken back, go on.
 */
export const openAwsAccounts = (env: Env, signal?: AbortSignal): AwsAccounts => {
  let room: Room | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** Both sides may need a code; a person reads one question at a time. */
  const inTurn = (ask: AskMfaCode): AskMfaCode => {
    return (device) => {
      const answer = turn.then(() => ask(device));
      turn = answer.catch(() => undefined);
      return answer;
    };
  };
  return {
    open: ({ askMfaCode, ...rest }) => {
      const options = { ...rest, ...(askMfaCode && { askMfaCode: inTurn(askMfaCode) }) };
      assertEndpoints(options.endpointUrl, env);
      room ??= {
        env,
        redact: openRedactor(env),
        handler: new SharedHttpHandler(env),
        ...(signal && { signal }),
        opened: new Map(),
      };
      const side = openSide(options, room);
      return {
        sessions: rest.tokenFile === undefined ? openSessions(side) : openTokenSessions(side, rest.tokenFile),
        iam: whenCalled(async () => (await loadIam()).openAccountIam(side)),
        principals: whenCalled(async () => (await loadIam()).openPrincipalIam(side)),
        simulator: whenCalled(async () => (await loadIam()).openSimulator(side)),
        organizations: openOrganizations(side),
      };
    },
    listProfiles: async () => [...(await readSharedConfig(env)).profiles.keys()],
    configuredRegion: async (source) => {
      // As everywhere in AWS's tools, the environment wins over the profile.
      const fromEnv = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
      if (fromEnv || source.kind === 'ec2') return fromEnv || undefined;
      return (await readSharedConfig(env)).profiles.get(profileNameOf(source, env))?.['region'] || undefined;
    },
  };
};
