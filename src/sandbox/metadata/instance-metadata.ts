/** EC2 instance metadata of one instance: IMDSv2 tokens, credentials of its profile's role, identity document, placement. Paths in, answers out. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { assertMayAssume } from '#sandbox/authorise.ts';
import { AwsError } from '#sandbox/errors.ts';
import { issueRoleSession } from '#sandbox/handlers/credentials.ts';
import { findNamed, type Account, type Instance, type Role } from '#sandbox/model/account.ts';
import { tagMap } from '#sandbox/model/caller.ts';
import { compiled } from '#sandbox/model/compiled.ts';
import { trustInForce } from '#sandbox/model/consistency.ts';
import { visibleTrust } from '#sandbox/model/trust.ts';
import type { World } from '#sandbox/model/world.ts';
import { formatTimestamp } from '#sandbox/wire/encode.ts';
import type { Credentials } from '#sandbox/wire/generated/sts-types.ts';

export interface MetadataRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MetadataAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface InstanceMetadata {
  /** `lost`: it would never arrive. */
  answer(request: MetadataRequest): MetadataAnswer | 'lost';
}

// "Get a list of the available versions of the instance metadata": 2021-07-15 and such, or latest.
const VERSION = /^\/(?:latest|\d{4}-\d\d-\d\d)(?:\/|$)/;

/** Of instance metadata, of any version. */
export const isMetadataPath = (path: string): boolean => VERSION.test(path);

const MAX_TTL_SECONDS = 21_600;
const LIFETIME_MS = 6 * 3_600_000;
/** New credentials appear so long before the old ones end; EC2 promises five minutes. */
const REFRESH_MS = 3_600_000;

const text = (body: string): MetadataAnswer => ({ status: 200, body, headers: { 'content-type': 'text/plain' } });
const json = (body: object): MetadataAnswer => ({
  status: 200,
  body: JSON.stringify(body, null, 2),
  headers: { 'content-type': 'application/json' },
});
const refuse = (status: number, title: string): MetadataAnswer => ({
  status,
  body: `${status} - ${title}`,
  headers: { 'content-type': 'text/plain' },
});

/** `find` is asked on each request, since profiles and roles may change under a running instance. */
export const createInstanceMetadata = (
  world: () => World,
  find: () => { readonly account: Account; readonly instance: Instance } | undefined,
): InstanceMetadata => {
  let issued:
    | { readonly roleId: string; readonly at: number; readonly credentials: Credentials; readonly key: Buffer }
    | undefined;

  const credentialsOf = (account: Account, instance: Instance, role: Role): object => {
    const now = world().clock.now();
    const refused = refusalOf(world(), role);
    if (refused)
      return {
        Code: 'AssumeRoleUnauthorizedAccess',
        Message: `EC2 cannot assume the role ${role.name}.  Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html`,
        LastUpdated: formatTimestamp(now),
      };
    const isGood =
      issued?.roleId === role.id && issued.key === world().sealingKey && issued.credentials.Expiration - now > REFRESH_MS;
    if (issued === undefined || !isGood) {
      const session = {
        sessionName: instance.instanceId,
        issuedAt: now,
        expiresAt: now + LIFETIME_MS,
        // Service Authorization Reference, "Condition keys for Amazon EC2". An instance that lets IMDSv1 in is taken to use it.
        conditionKeys: {
          'ec2:RoleDelivery': instance.isTokenRequired ? '2.0' : '1.0',
          'ec2:SourceInstanceARN': `arn:${account.partition}:ec2:${instance.region}:${account.id}:instance/${instance.instanceId}`,
        },
      };
      issued = {
        roleId: role.id,
        at: now,
        credentials: issueRoleSession(world(), account, role, session),
        key: world().sealingKey,
      };
    }
    const { credentials } = issued;
    return {
      Code: 'Success',
      LastUpdated: formatTimestamp(issued.at),
      Type: 'AWS-HMAC',
      AccessKeyId: credentials.AccessKeyId,
      SecretAccessKey: credentials.SecretAccessKey,
      Token: credentials.SessionToken,
      Expiration: formatTimestamp(credentials.Expiration),
    };
  };

  const read = (path: string, account: Account, instance: Instance): MetadataAnswer => {
    const profile = instance.profileName === undefined ? undefined : findNamed(account.instanceProfiles, instance.profileName);
    const role = profile?.roleName === undefined ? undefined : findNamed(account.roles, profile.roleName);
    const now = formatTimestamp(world().clock.now());
    switch (path) {
      case 'meta-data/instance-id':
        return text(instance.instanceId);
      case 'meta-data/placement/region':
        return text(instance.region);
      case 'meta-data/placement/availability-zone':
        return text(`${instance.region}a`);
      case 'meta-data/iam/info':
        if (instance.profileName === undefined) return refuse(404, 'Not Found');
        // "IAM roles for Amazon EC2", troubleshooting: the codes of a profile that was deleted, and of one without a role.
        if (profile === undefined)
          return json({
            Code: 'InstanceProfileNotFound',
            LastUpdated: now,
            Message: `Instance profile ${instance.profileName} was not found. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html`,
          });
        return json({
          ...(role === undefined && {
            Message:
              'Instance Profile does not contain a role. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html',
          }),
          Code: 'Success',
          LastUpdated: now,
          InstanceProfileArn: profile.arn,
          InstanceProfileId: profile.id,
        });
      case 'meta-data/iam/security-credentials':
        return role === undefined ? refuse(404, 'Not Found') : text(role.name);
      case 'dynamic/instance-identity/document':
        return json(identityDocument(account, instance));
      case '':
        return text('dynamic\nmeta-data\nuser-data');
      case 'meta-data':
        return text(LISTING.join('\n'));
      case 'meta-data/iam':
        return profile === undefined ? refuse(404, 'Not Found') : text('info\nsecurity-credentials/');
      case 'meta-data/placement':
        return text('availability-zone\nregion');
      default:
        if (role !== undefined && path === `meta-data/iam/security-credentials/${role.name}`)
          return json(credentialsOf(account, instance, role));
        return refuse(404, 'Not Found');
    }
  };

  return {
    answer: ({ method, path, headers }) => {
      const found = find();
      if (found === undefined) return refuse(404, 'Not Found');
      const { instance } = found;
      if (!instance.isEnabled) return refuse(403, 'Forbidden');
      if (method === 'PUT' && path === '/latest/api/token')
        return instance.clientHops > instance.hopLimit ? 'lost' : issueToken(world(), headers);
      if ((method !== 'GET' && method !== 'HEAD') || path === '/latest/api/token') return refuse(405, 'Method Not Allowed');
      const token = headers['x-aws-ec2-metadata-token'];
      if (token === undefined ? instance.isTokenRequired : !isTokenGood(world(), token)) return refuse(401, 'Unauthorized');
      return isMetadataPath(path)
        ? read(path.replace(VERSION, '').replace(/\/$/, ''), found.account, instance)
        : refuse(404, 'Not Found');
    },
  };
};

const LISTING = ['iam/', 'instance-id', 'placement/'];

const identityDocument = (account: Account, instance: Instance): object => ({
  accountId: account.id,
  architecture: 'x86_64',
  availabilityZone: `${instance.region}a`,
  imageId: 'ami-0abcdef1234567890',
  instanceId: instance.instanceId,
  instanceType: 't3.micro',
  pendingTime: '2026-01-01T00:00:00Z',
  privateIp: '10.0.0.10',
  region: instance.region,
  version: '2017-09-30',
});

/** True when the role does not trust EC2. */
const refusalOf = (world: World, role: Role): boolean => {
  try {
    assertMayAssume({
      time: new Date(world.clock.now()).toISOString(),
      caller: { arn: 'ec2.amazonaws.com', kind: 'service', sourceAccount: role.accountId },
      role: {
        arn: role.arn,
        trustPolicy: compiled('trust', visibleTrust(world, trustInForce(world, role))),
        tags: tagMap(role.tags),
        uniqueId: role.id,
      },
      request: {},
    });
    return false;
  } catch (thrown) {
    if (thrown instanceof AwsError) return true;
    throw thrown;
  }
};

const issueToken = (world: World, headers: MetadataRequest['headers']): MetadataAnswer => {
  // A request that came through a proxy is refused, so that nobody is tricked into asking for a token.
  if (headers['x-forwarded-for'] !== undefined) return refuse(403, 'Forbidden');
  const ttl = headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? '';
  if (!/^\d{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > MAX_TTL_SECONDS) return refuse(400, 'Bad Request');
  const expiresAt = String(world.clock.now() + Number(ttl) * 1000);
  const token = Buffer.from(`${expiresAt}.${signExpiry(world, expiresAt)}`).toString('base64url');
  return { status: 200, body: token, headers: { 'content-type': 'text/plain', 'x-aws-ec2-metadata-token-ttl-seconds': ttl } };
};

const signExpiry = (world: World, expiresAt: string): string =>
  createHmac('sha256', world.sealingKey).update(`imds:${expiresAt}`).digest('hex');

const isTokenGood = (world: World, token: string): boolean => {
  const [expiresAt = '', mark = ''] = Buffer.from(token, 'base64url').toString('utf8').split('.');
  const expected = Buffer.from(signExpiry(world, expiresAt));
  const given = Buffer.from(mark);
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(expiresAt) > world.clock.now();
};
