/**
 * Which endpoint each service is called at when it is not AWS's own. The SDK looks at AWS_PROFILE's settings even when a client is
 * given another profile, and would leave a sandbox's profile for the real AWS: so it is decided here, for every source alike.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
import type { CredentialSource } from '#domain/credential-source.ts';
import { problem } from '#domain/diagnostic.ts';
import { withoutUser } from '#domain/fields.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { SharedConfig } from './shared-config.ts';

type Env = Readonly<Record<string, string | undefined>>;
export type Service = 'iam' | 'sts' | 'organizations';

interface Found {
  /** The flag, variable or setting that says so. */
  readonly path: string;
  readonly url: string;
}

/** The profile whose settings hold for a side. */
export const profileNameOf = (source: CredentialSource, env: Env): string =>
  source.kind === 'profile' ? source.name : env['AWS_PROFILE'] || 'default';

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const assertUrl = ({ path, url }: Found): string => {
  if (isHttpUrl(url)) return url;
  const hint = path.startsWith('AWS_')
    ? { text: 'correct it, or unset it to reach AWS', command: `unset ${path}` }
    : { text: 'write it with its scheme, such as http://127.0.0.1:4566' };
  const message = `the endpoint is not an http or https URL: ${withoutUser(url)}`;
  throw new XacctError(problem('INVALID_VALUE', message, { path, hints: [hint] }));
};

const fromEnvironment = (service: Service, env: Env): Found | undefined => {
  for (const path of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const url = env[path];
    if (url) return { path, url };
  }
  return undefined;
};

const fromProfile = (service: Service, name: string, config: SharedConfig): Found | undefined => {
  const settings = config.profiles.get(name);
  if (settings?.['ignore_configured_endpoint_urls'] === 'true') return undefined;
  const url = config.services.get(settings?.['services'] ?? '')?.[`${service}.endpoint_url`] ?? settings?.['endpoint_url'];
  return url === undefined ? undefined : { path: `endpoint_url of profile ${name}`, url };
};

/** Throws INVALID_VALUE for a flag or a variable that is no URL, before anything is read. */
export const assertEndpoints = (flag: string | undefined, env: Env): void => {
  if (flag !== undefined) assertUrl({ path: '--endpoint-url', url: flag });
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return;
  for (const service of ['iam', 'sts', 'organizations'] as const) {
    const found = fromEnvironment(service, env);
    if (found !== undefined) assertUrl(found);
  }
};

export interface EndpointQuestion {
  readonly flag: string | undefined;
  readonly source: CredentialSource;
  readonly env: Env;
  readonly config: SharedConfig;
}

/** Undefined for AWS's own endpoint. */
export const endpointOf = (service: Service, { flag, source, env, config }: EndpointQuestion): string | undefined => {
  if (flag !== undefined) return flag;
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined;
  const found = fromEnvironment(service, env) ?? fromProfile(service, profileNameOf(source, env), config);
  return found === undefined ? undefined : assertUrl(found);
};
