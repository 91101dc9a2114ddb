/** What keeps verify from an answer, as data: how to bring it about, the cause that it must name, and what cures it. */
import type { Keys } from '../../support/run-patch.ts';
import type { Actor } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { SandboxSeed } from '#sandbox/open.ts';
import { closedPort, openStub, refusal, type Canned } from '../../support/aws-stub.ts';
import { SOURCE, TARGET, type Product } from '../../support/product.ts';
import { openProxy, openTlsFront } from '../../support/fronts.ts';
import { CA_PATH, HOST } from '../../support/tls-authority.ts';
import { ID, ROLE } from './set-up.ts';

type Env = Readonly<Record<string, string>>;

export interface Broken {
  /** Beside the good environment; an empty value takes a variable away. */
  readonly env?: Env;
  readonly argv?: readonly string[];
  /** The same for the cure; by default the good environment. */
  readonly cured?: { readonly env?: Env; readonly argv?: readonly string[] };
  readonly close?: () => void | Promise<void>;
}

export interface NoAnswer {
  readonly title: string;
  readonly seed?: SandboxSeed;
  readonly break: (product: Product) => Broken | Promise<Broken>;
  /** What removes a fault of the sandbox. */
  readonly cure?: (product: Product) => void;
  readonly cause: CauseCode;
  readonly actor: Actor;
  readonly status: 3 | 7;
}

const keysEnv = ({ accessKeyId, secretAccessKey, sessionToken = '' }: Keys): Env => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

const NO_KEYS: Env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };
const userKeys = ({ sandbox }: Product): Keys => sandbox.userCredentials(SOURCE, 'ci');

const credentials = (title: string, cause: CauseCode, broken: (product: Product) => Broken | Promise<Broken>): NoAnswer => ({
  title,
  cause,
  break: broken,
  actor: 'you',
  status: 3,
});

const CREDENTIALS: readonly NoAnswer[] = [
  credentials('the session has expired', 'EXPIRED_TOKEN', (product) => {
    const env = keysEnv(product.sandbox.sessionFor(`arn:aws:iam::${SOURCE}:role/runner`, 'run-1'));
    product.sandbox.advanceClock(24 * 3600_000);
    return { env };
  }),
  credentials('the access key is unknown', 'UNKNOWN_ACCESS_KEY', () => ({ env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' } })),
  credentials('the session token is of another session', 'UNKNOWN_ACCESS_KEY', ({ sandbox }) => {
    const one = sandbox.sessionFor(`arn:aws:iam::${SOURCE}:role/runner`, 'run-1');
    const other = sandbox.sessionFor(`arn:aws:iam::${SOURCE}:role/runner`, 'run-2');
    return { env: keysEnv({ ...one, sessionToken: other.sessionToken }) };
  }),
  credentials('the secret is of another key', 'WRONG_SIGNATURE', () => ({ env: { AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) } })),
  credentials('nobody is signed in', 'NO_CREDENTIALS', () => ({ env: NO_KEYS })),
  credentials('the profile is not on this machine', 'PROFILE_MISSING', () => ({ argv: ['--source-profile', 'absent'] })),
  credentials("the credentials are the target's", 'SOURCE_IS_TARGET', () => ({ argv: ['--source-profile', 'target'] })),
  credentials('the credentials are of another account than the source', 'SOURCE_OF_OTHER_ACCOUNT', () => ({
    argv: ['--source-account', '333333333333'],
  })),
];

const network = (
  title: string,
  cause: CauseCode,
  broken: (product: Product) => Broken | Promise<Broken>,
  more: Partial<NoAnswer> = {},
): NoAnswer => ({ title, cause, break: broken, actor: 'network', status: 7, ...more });

const at = (AWS_ENDPOINT_URL: string): Broken => ({ env: { AWS_ENDPOINT_URL } });
const page = (status: number): Canned => ({ status, body: '<html>Sign in to this Wi-Fi</html>', type: 'text/html' });

/** The way out is a proxy; loopback itself never needs one, so the endpoint has a name that only the proxy knows. */
const proxied = async ({ sandbox }: Product, broken: { readonly refuses: number } | 'absent'): Promise<Broken> => {
  const front = await openTlsFront(sandbox.endpoint);
  const good = await openProxy();
  const bad = broken === 'absent' ? undefined : await openProxy(broken.refuses);
  const env = (HTTPS_PROXY: string) => ({
    AWS_ENDPOINT_URL: `https://${HOST}:${front.port}`,
    AWS_CA_BUNDLE: CA_PATH,
    HTTPS_PROXY,
  });
  const close = (): void => [front, good, bad].forEach((server) => server?.close());
  return { env: env(bad?.url ?? `http://127.0.0.1:${await closedPort()}`), cured: { env: env(good.url) }, close };
};

const NETWORK: readonly NoAnswer[] = [
  network('nobody listens at the endpoint', 'CONNECTION_REFUSED', async () => at(`http://127.0.0.1:${await closedPort()}`)),
  network('the host of the endpoint does not exist', 'HOST_UNKNOWN', () => at('http://sts.xacct-test.invalid')),
  network('the endpoint shows a certificate of an unknown authority', 'CERTIFICATE_NOT_TRUSTED', async ({ sandbox }) => {
    const front = await openTlsFront(sandbox.endpoint);
    const env = { AWS_ENDPOINT_URL: `https://127.0.0.1:${front.port}` };
    return { env, cured: { env: { ...env, AWS_CA_BUNDLE: CA_PATH } }, close: front.close };
  }),
  network('the certificate is of another host', 'TLS_FAILED', async ({ sandbox }) => {
    const front = await openTlsFront(sandbox.endpoint);
    const env = (host: string) => ({ AWS_CA_BUNDLE: CA_PATH, AWS_ENDPOINT_URL: `https://${host}:${front.port}` });
    return { env: env('localhost'), cured: { env: env('127.0.0.1') }, close: front.close };
  }),
  network('the endpoint speaks no TLS', 'TLS_FAILED', ({ sandbox }) => at(sandbox.endpoint.replace('http:', 'https:'))),
  network('the proxy does not let the call through', 'PROXY_REFUSED', (product) => proxied(product, { refuses: 407 })),
  network('the proxy forbids the host', 'NOT_AWS', (product) => proxied(product, { refuses: 403 })),
  network('nobody listens at the proxy', 'CONNECTION_REFUSED', (product) => proxied(product, 'absent')),
  network('a captive portal answers', 'NOT_AWS', async () => {
    const stub = await openStub(() => page(200));
    return { ...at(stub.url), close: stub.close };
  }),
  network('a page of a gateway answers', 'NOT_AWS', async () => {
    const stub = await openStub(() => page(404));
    return { ...at(stub.url), close: stub.close };
  }),
  network(
    'the connection is closed without an answer',
    'NO_ANSWER',
    ({ sandbox }) => {
      sandbox.setFaults({ rules: [{ kind: 'drop', times: 99 }] });
      return {};
    },
    { cure: ({ sandbox }) => sandbox.setFaults({}) },
  ),
  network(
    'AWS throttles',
    'THROTTLED',
    ({ sandbox }) => {
      sandbox.setFaults({ rules: [{ kind: 'throttle', times: 99 }] });
      return {};
    },
    { cure: ({ sandbox }) => sandbox.setFaults({}), actor: 'you' },
  ),
  network(
    'AWS fails',
    'AWS_FAILED',
    ({ sandbox }) => {
      sandbox.setFaults({ rules: [{ kind: 'server-error', times: 99 }] });
      return {};
    },
    { cure: ({ sandbox }) => sandbox.setFaults({}), actor: 'you' },
  ),
  network(
    'STS is switched off in the region',
    'STS_REGION_DISABLED',
    async () => {
      const said = `STS is not activated in this region for account:${SOURCE}. Your account administrator can activate STS in this region using the IAM Console.`;
      const stub = await openStub(() => refusal('RegionDisabledException', said, 403));
      return { ...at(stub.url), close: stub.close };
    },
    { actor: 'source-admin', status: 3 },
  ),
  network(
    'the clock is wrong',
    'CLOCK_SKEWED',
    async () => {
      const said = 'Signature expired: 20261122T100000Z is now earlier than 20261122T101500Z (20261122T103000Z - 15 min.)';
      const stub = await openStub(() => refusal('SignatureDoesNotMatch', said, 403));
      return { ...at(stub.url), close: stub.close };
    },
    { actor: 'you', status: 3 },
  ),
];

const I = 'i-0123456789abcdef0';
const EC2 = ['--source', 'ec2'];
const ASSUMES = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
};
const byService = (Service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});

const instance = (more: object, service = 'ec2.amazonaws.com', Roles: readonly string[] = ['builder']): SandboxSeed => ({
  accounts: {
    [SOURCE]: {
      roles: [
        {
          RoleName: 'builder',
          AssumeRolePolicyDocument: byService(service),
          Policies: [{ PolicyName: 'p', PolicyDocument: ASSUMES }],
        },
      ],
      instanceProfiles: [{ InstanceProfileName: 'builder', Roles }],
      instances: [{ InstanceId: I, InstanceProfileName: 'builder', ...more }],
    },
  },
});

const fromMetadata = async (product: Product): Promise<Broken> => ({
  argv: EC2,
  env: {
    ...NO_KEYS,
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: await product.sandbox.instanceEndpoint(I),
  },
});

const onInstance = (title: string, cause: CauseCode, seed: SandboxSeed, healed: SandboxSeed = instance({})): NoAnswer => ({
  title,
  cause,
  seed,
  actor: 'source-admin',
  status: 3,
  break: async (product) => {
    const broken = await fromMetadata(product);
    return { ...broken, cured: broken };
  },
  cure: ({ sandbox }) => sandbox.addSeed(healed),
});

const METADATA: readonly NoAnswer[] = [
  onInstance('the metadata of the instance is switched off', 'METADATA_SWITCHED_OFF', instance({ HttpEndpoint: 'disabled' })),
  onInstance('a container is one hop too far away', 'METADATA_HOP_LIMIT', instance({ ClientHops: 2 })),
  onInstance(
    'a container is one hop too far away, and version 1 answers',
    'METADATA_HOP_LIMIT',
    instance({ ClientHops: 2, HttpTokens: 'optional' }),
  ),
  onInstance('the instance has no profile', 'INSTANCE_WITHOUT_ROLE', instance({ InstanceProfileName: undefined })),
  onInstance('the profile of the instance holds no role', 'INSTANCE_WITHOUT_ROLE', instance({}, 'ec2.amazonaws.com', [])),
  onInstance(
    'the role of the instance trusts another service',
    'INSTANCE_ROLE_WITHOUT_TRUST',
    instance({}, 'lambda.amazonaws.com'),
  ),
  {
    title: 'the environment forbids to ask the metadata',
    seed: instance({}),
    cause: 'METADATA_SWITCHED_OFF_HERE',
    actor: 'you',
    status: 3,
    break: async (product) => {
      const { env, argv } = await fromMetadata(product);
      return {
        env: { ...env, AWS_EC2_METADATA_DISABLED: 'true' },
        argv: argv ?? [],
        cured: { env: env ?? {}, argv: argv ?? [] },
      };
    },
  },
  {
    title: 'the machine is no instance',
    seed: instance({}),
    cause: 'METADATA_UNREACHABLE',
    actor: 'network',
    status: 3,
    break: async (product) => {
      const { env = {}, argv = [] } = await fromMetadata(product);
      const url = `http://127.0.0.1:${await closedPort()}`;
      return { env: { ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: url }, argv, cured: { env, argv } };
    },
  },
];

export const NO_ANSWERS: readonly NoAnswer[] = [...CREDENTIALS, ...NETWORK, ...METADATA];

/** What is sound in all of them. */
export const SOUND_SEED: SandboxSeed = {
  accounts: {
    [SOURCE]: { users: [{ UserName: 'ci', Policies: [{ PolicyName: 'p', PolicyDocument: ASSUMES }] }] },
    [TARGET]: {
      roles: [
        {
          RoleName: 'deploy',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: SOURCE },
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'sts:ExternalId': ID } },
              },
            ],
          },
        },
      ],
    },
  },
};

export const goodEnv = (product: Product): Env => ({
  ...keysEnv(userKeys(product)),
  AWS_MAX_ATTEMPTS: '1',
  AWS_REGION: 'us-east-1',
});
export const ARGV = ['--role-arn', ROLE, '--external-id', ID, '--region', 'us-east-1'] as const;
