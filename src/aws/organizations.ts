/**
 * Organizations as a port: one read, signed by hand. The SDK's client would bring the shapes of sixty operations for it, and whatever goes
 * wrong here only means that nothing is known.
 */
import type { Readable } from 'node:stream';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Organizations } from '#core/ports/organizations.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import type { Side } from './side.ts';

/** It goes along with reads that are needed anyway, and must not hold them up. */
const PATIENCE_MS = 2000;

/** One endpoint in a partition: https://docs.aws.amazon.com/general/latest/gr/ao.html */
const ENDPOINTS: Readonly<Record<string, readonly [region: string, endpoint: string]>> = {
  aws: ['us-east-1', 'https://organizations.us-east-1.amazonaws.com'],
  'aws-cn': ['cn-northwest-1', 'https://organizations.cn-northwest-1.amazonaws.com.cn'],
  'aws-us-gov': ['us-gov-west-1', 'https://organizations.us-gov-west-1.amazonaws.com'],
};

const BODY = '{}';

const textOf = async (body: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const idIn = (text: string): string | undefined => {
  const { Organization } = JSON.parse(text) as { readonly Organization?: { readonly Id?: unknown } };
  return typeof Organization?.Id === 'string' && /^o-[a-z0-9]{10,32}$/.test(Organization.Id) ? Organization.Id : undefined;
};

const ask = async (side: Side): Promise<string | undefined> => {
  const [region, own] = ENDPOINTS[partitionOfRegion(side.region)?.id ?? ''] ?? [];
  const endpoint = await side.organizationsEndpoint();
  if (region === undefined || endpoint === 'unknown') return undefined;
  const { protocol, hostname, port, pathname } = new URL(endpoint ?? own ?? '');
  const request = {
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    query: {},
    ...(port !== '' && { port: Number(port) }),
    headers: {
      host: port === '' ? hostname : `${hostname}:${port}`,
      'content-type': 'application/x-amz-json-1.1',
      'content-length': String(BODY.length),
      'x-amz-target': 'AWSOrganizationsV20161128.DescribeOrganization',
    },
    body: BODY,
  };
  const { sha256 } = (await side.iam()).config;
  const signer = new SignatureV4({ service: 'organizations', region, credentials: side.credentials.resolve, sha256 });
  const signed = (await signer.sign(request)) as Parameters<SharedHttpHandler['handle']>[0];
  const signals = [AbortSignal.timeout(PATIENCE_MS), side.signal].filter((signal) => signal !== undefined);
  const abortSignal = AbortSignal.any(signals);
  const { response } = await side.handler.handle(signed, { abortSignal });
  const text = await textOf(response.body as Readable);
  return response.statusCode === 200 ? idIn(text) : undefined;
};

export const openOrganizations = (side: Side): Organizations => ({
  organizationId: () => ask(side).catch(() => undefined),
});
