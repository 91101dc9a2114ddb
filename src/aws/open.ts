/** The one entry of this room: from environment variables to AwsAccounts. Nothing is read or called before a method of the result is. */
import type { AwsAccounts, SideOptions } from '#core/ports/aws-accounts.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { SharedHttpHandler } from './http-handler.ts';
import { openRedactor } from './redact.ts';
import { openSessions } from './sessions.ts';
import { readSharedConfig } from './shared-config.ts';
import { openSide, type Room } from './side.ts';
import { openTargetIam } from './target-iam.ts';

type Env = Readonly<Record<string, string | undefined>>;

const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL_IAM'] as const;

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The SDK says `Invalid URL` of these, and not which one. */
const assertEndpoints = ({ endpointUrl }: SideOptions, env: Env): void => {
  const isIgnored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true';
  const given = [
    ['--endpoint-url', endpointUrl] as const,
    ...(isIgnored ? [] : ENDPOINT_VARIABLES.map((name) => [name, env[name]] as const)),
  ];
  for (const [path, text] of given)
    if (text !== undefined && text !== '' && !isHttpUrl(text))
      throw new XacctError(
        problem('INVALID_VALUE', `the endpoint is not an http or https URL: ${text}`, {
          path,
          hints: [
            path === '--endpoint-url'
              ? { text: 'write it with its scheme, such as http://127.0.0.1:4566' }
              : { text: 'correct it, or unset it to reach AWS', command: `unset ${path}` },
          ],
        }),
      );
};

/**
 * `env` must be the process's own environment: proxy variables, a profile's credentials and several settings are read from
 * `process.env` by the SDK itself. `open` throws XacctError for an endpoint or AWS_CA_BUNDLE that cannot be used.
 */
export const openAwsAccounts = (env: Env): AwsAccounts => {
  let room: Room | undefined;
  return {
    open: (options) => {
      assertEndpoints(options, env);
      room ??= { env, redact: openRedactor(env), handler: new SharedHttpHandler(env) };
      const side = openSide(options, room);
      return { sessions: openSessions(side), iam: openTargetIam(side) };
    },
    listProfiles: async () => [...(await readSharedConfig(env)).profiles.keys()],
    configuredRegion: async (source) => {
      // As everywhere in AWS's tools, the environment wins over the profile.
      const fromEnv = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
      if (fromEnv || source.kind === 'ec2') return fromEnv || undefined;
      const name = source.kind === 'profile' ? source.name : env['AWS_PROFILE'] || 'default';
      return (await readSharedConfig(env)).profiles.get(name)?.['region'] || undefined;
    },
  };
};
