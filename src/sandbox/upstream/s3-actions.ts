/**
 * What an S3 request needs permission for, from its method, path and query. Source: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon S3", and the S3 API reference.
 */
import type { Permission } from '#sandbox/authorise.ts';
import type { SignedRequest } from '#sandbox/signature/sigv4.ts';

type Verbs = Readonly<Partial<Record<'GET' | 'PUT' | 'POST' | 'DELETE', string>>>;

const getPut = (noun: string, remove = `Put${noun}`): Verbs => ({ GET: `Get${noun}`, PUT: `Put${noun}`, DELETE: remove });

const BUCKET: Readonly<Record<string, Verbs>> = {
  accelerate: getPut('AccelerateConfiguration'),
  acl: getPut('BucketAcl'),
  analytics: getPut('AnalyticsConfiguration'),
  cors: getPut('BucketCORS'),
  encryption: getPut('EncryptionConfiguration'),
  'intelligent-tiering': getPut('IntelligentTieringConfiguration'),
  inventory: getPut('InventoryConfiguration'),
  lifecycle: getPut('LifecycleConfiguration'),
  location: { GET: 'GetBucketLocation' },
  logging: getPut('BucketLogging'),
  metrics: getPut('MetricsConfiguration'),
  notification: getPut('BucketNotification'),
  'object-lock': getPut('BucketObjectLockConfiguration'),
  ownershipControls: getPut('BucketOwnershipControls'),
  policy: getPut('BucketPolicy', 'DeleteBucketPolicy'),
  policyStatus: { GET: 'GetBucketPolicyStatus' },
  publicAccessBlock: getPut('BucketPublicAccessBlock'),
  replication: getPut('ReplicationConfiguration'),
  requestPayment: getPut('BucketRequestPayment'),
  tagging: getPut('BucketTagging'),
  uploads: { GET: 'ListBucketMultipartUploads' },
  versioning: getPut('BucketVersioning'),
  versions: { GET: 'ListBucketVersions' },
  website: getPut('BucketWebsite', 'DeleteBucketWebsite'),
};

const OBJECT: Readonly<Record<string, Verbs>> = {
  acl: getPut('ObjectAcl'),
  attributes: { GET: 'GetObjectAttributes' },
  'legal-hold': getPut('ObjectLegalHold'),
  restore: { POST: 'RestoreObject' },
  retention: getPut('ObjectRetention'),
  select: { POST: 'GetObject' },
  tagging: getPut('ObjectTagging', 'DeleteObjectTagging'),
  torrent: { GET: 'GetObjectTorrent' },
  uploadId: { GET: 'ListMultipartUploadParts', PUT: 'PutObject', POST: 'PutObject', DELETE: 'AbortMultipartUpload' },
  uploads: { POST: 'PutObject' },
};

/** Listing parameters that S3 makes condition keys of. */
const LIST_KEYS = ['prefix', 'delimiter', 'max-keys'];

const VIRTUAL_HOST = /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?:localhost|s3[.-][\w.-]+|s3\.localhost[\w.]*)(?::\d+)?$/;

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
  /** In path style, percent-encoded as it came. */
  readonly path: string;
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Bucket and key, in path style or by virtual host. */
export const placeOf = ({ path, headers }: SignedRequest): S3Place => {
  const hosted = VIRTUAL_HOST.exec(headers['host'] ?? '')?.[1];
  const full = hosted === undefined ? path : `/${hosted}${path}`;
  const [, bucket = '', ...key] = full.split('/');
  return { bucket: decode(bucket), key: decode(key.join('/')), path: full };
};

const deletedKeys = (body: string): readonly string[] =>
  [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) =>
    key.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'"),
  );

const subresourceOf = (table: Readonly<Record<string, Verbs>>, query: URLSearchParams): Verbs | undefined => {
  const name = Object.keys(table).find((one) => query.has(one));
  return name === undefined ? undefined : table[name];
};

/** What a new bucket's headers ask for besides: "If you set the ACL to private, … only the s3:CreateBucket permission is required" (CreateBucket). */
const createExtras = ({ headers }: SignedRequest): readonly string[] => [
  ...((headers['x-amz-acl'] ?? 'private') === 'private' ? [] : ['PutBucketAcl']),
  ...(headers['x-amz-object-ownership'] === undefined ? [] : ['PutBucketOwnershipControls']),
  ...(headers['x-amz-bucket-object-lock-enabled'] === undefined
    ? []
    : ['PutBucketObjectLockConfiguration', 'PutBucketVersioning']),
];

const bucketNeeds = (request: SignedRequest, arn: string, query: URLSearchParams): readonly Permission[] | undefined => {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const sub = subresourceOf(BUCKET, query);
  const one = (name: string, context = {}): readonly Permission[] => [{ action: `s3:${name}`, resource: arn, context }];
  if (sub !== undefined) {
    const name = sub[method as keyof Verbs];
    return name === undefined ? undefined : one(name);
  }
  if (method === 'GET') {
    const context = LIST_KEYS.flatMap((key) => (query.has(key) ? [[`s3:${key}`, query.get(key) ?? ''] as const] : []));
    return one('ListBucket', Object.fromEntries(context));
  }
  if (method === 'PUT') return [...one('CreateBucket'), ...createExtras(request).flatMap((name) => one(name))];
  if (method === 'DELETE') return one('DeleteBucket');
  if (method === 'POST' && query.has('delete'))
    return deletedKeys(request.body.toString('utf8')).map((key) => ({ action: 's3:DeleteObject', resource: `${arn}/${key}` }));
  return undefined;
};

const copySource = (header: string): string =>
  decode(header)
    .replace(/^\//, '')
    .replace(/\?versionId=.*$/, '');

const objectNeeds = (request: SignedRequest, arn: string, query: URLSearchParams): readonly Permission[] | undefined => {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const one = (name: string): readonly Permission[] => [{ action: `s3:${name}`, resource: arn }];
  const source = request.headers['x-amz-copy-source'];
  const read: readonly Permission[] =
    source === undefined ? [] : [{ action: 's3:GetObject', resource: `arn:aws:s3:::${copySource(source)}` }];
  const sub = subresourceOf(OBJECT, query);
  if (sub !== undefined) {
    const name = sub[method as keyof Verbs];
    return name === undefined ? undefined : [...one(name), ...read];
  }
  const version = query.has('versionId') ? 'Version' : '';
  if (method === 'GET') return one(`GetObject${version}`);
  if (method === 'DELETE') return one(`DeleteObject${version}`);
  if (method !== 'PUT') return undefined;
  const tags = request.headers['x-amz-tagging'] === undefined ? [] : one('PutObjectTagging');
  const acl = request.headers['x-amz-acl'] === undefined ? [] : one('PutObjectAcl');
  return [...one('PutObject'), ...tags, ...acl, ...read];
};

/**
 * Whether an object is absent is told only to whoever may list its bucket; everybody else gets a 403.
 * Source: S3 API reference, GetObject and HeadObject, "Permissions".
 */
export const absenceNeeds = (request: SignedRequest): Permission | undefined => {
  const { bucket, key } = placeOf(request);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && key !== '' && !request.path.startsWith('/v20180820/')
    ? { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }
    : undefined;
};

/** S3 Control's tags, which the Terraform provider reads. */
const CONTROL_TAGS = /^\/v20180820\/tags\/(.+)$/;
const TAG_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:ListTagsForResource',
  POST: 's3:TagResource',
  DELETE: 's3:UntagResource',
};

/** Undefined for a request that is none of S3's known ones. All that is named must be allowed. */
export const s3Needs = (request: SignedRequest): readonly Permission[] | undefined => {
  const tagged = CONTROL_TAGS.exec(request.path)?.[1];
  const tagAction = TAG_ACTIONS[request.method];
  if (tagged !== undefined && tagAction !== undefined) return [{ action: tagAction, resource: decode(tagged) }];
  if (request.path.startsWith('/v20180820/')) return undefined;
  const query = new URLSearchParams(request.query);
  const { bucket, key } = placeOf(request);
  if (bucket === '') return request.method === 'GET' ? [{ action: 's3:ListAllMyBuckets', resource: '*' }] : undefined;
  const arn = `arn:aws:s3:::${bucket}`;
  return key === '' ? bucketNeeds(request, arn, query) : objectNeeds(request, `${arn}/${key}`, query);
};
