/** The environment of a program inside the sandbox: led there by AWS's own variables, and by nothing else of AWS's that was set before. */
import { shellWord } from '#domain/shell-word.ts';
import type { Context, OpenSandbox } from './context.ts';

type Environment = Context['env'];

/** How a program behaves, not where it goes or as whom. */
const HARMLESS =
  /^AWS_(?:PROFILE|(?:DEFAULT_)?(?:REGION|OUTPUT)|PAGER|CLI_\w+|MAX_ATTEMPTS|RETRY_MODE|SDK_LOAD_CONFIG|SDK_JS_\w+|ROLE_SESSION_NAME)$/;

/** The one comes before AWS_ENDPOINT_URL in xacct itself, the other is of a sandbox around this one. */
const OWN = ['XACCT_ENDPOINT_URL', 'XACCT_SANDBOX_PID'];

/** Variables that would lead out of the sandbox, or past its accounts. A profile is kept where the sandbox has one of that name. */
export const foreignVariables = (env: Environment, profiles: readonly string[]): readonly string[] =>
  Object.keys(env).filter((name) => {
    if (env[name] === undefined) return false;
    if (OWN.includes(name)) return true;
    if (!name.startsWith('AWS_')) return false;
    return name === 'AWS_PROFILE' ? !profiles.includes(env[name]) : !HARMLESS.test(name);
  });

/** What a program inside the sandbox needs to know, by the names that SDKs, the AWS CLI and Terraform read. */
export const sandboxVariables = (
  env: Environment,
  sandbox: OpenSandbox,
  configFile: string,
): Readonly<Record<string, string>> => {
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const hasProxy = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => (env[name] ?? '') !== '');
  const direct = [env['NO_PROXY'] ?? env['no_proxy'] ?? '', '127.0.0.1,localhost'].filter((part) => part !== '').join(',');
  return {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_CONFIG_FILE: configFile,
    // A file of that name in the person's home would come before the config file.
    AWS_SHARED_CREDENTIALS_FILE: `${configFile}.none`,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: sandbox.metadataEndpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(hasProxy && { NO_PROXY: direct, no_proxy: direct }),
  };
};

/** The whole environment of a program that runs inside. */
export const sandboxEnvironment = (
  env: Environment,
  sandbox: OpenSandbox,
  configFile: string,
  profiles: readonly string[],
): Environment => {
  const foreign = new Set(foreignVariables(env, profiles));
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.has(name))),
    ...sandboxVariables(env, sandbox, configFile),
  };
};

/** Lines for `eval` of a POSIX shell. */
export const exportLines = (variables: Readonly<Record<string, string>>, foreign: readonly string[]): string =>
  [
    ...(foreign.length > 0 ? [`unset ${foreign.join(' ')}`] : []),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    '',
  ].join('\n');
