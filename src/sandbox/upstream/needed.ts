/** What a request to another service needs permission for: by name where the protocol names the action, by method and path for S3. */
import type { Permission } from '#sandbox/authorise.ts';
import { formValue, parseForm } from '#sandbox/wire/form.ts';
import type { Claim, SignedRequest } from '#sandbox/signature/sigv4.ts';
import { s3Needs } from './s3-actions.ts';

/** IAM's prefix where it is not the name that requests are signed for. */
const PREFIXES: Readonly<Record<string, string>> = { email: 'ses', monitoring: 'cloudwatch' };

const prefixOf = (service: string): string => PREFIXES[service] ?? service;

type Fields = Readonly<Record<string, unknown>>;
type Locate = (fields: Fields, place: { readonly region: string; readonly account: string }) => string | undefined;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** An ARN as it is, a name by the pattern. */
const named =
  (field: string, toArn: (name: string, region: string, account: string) => string): Locate =>
  (fields, { region, account }) => {
    const value = text(fields[field]);
    return value === undefined || value.startsWith('arn:') ? value : toArn(value, region, account);
  };

/** Services whose requests name one resource. For all others the resource is `*`, which a policy meets with `"Resource": "*"` only. */
const RESOURCES: Readonly<Record<string, Locate>> = {
  dynamodb: named('TableName', (name, region, account) => `arn:aws:dynamodb:${region}:${account}:table/${name}`),
  sqs: (fields, { region, account }) => {
    const name = text(fields['QueueName']) ?? text(fields['QueueUrl'])?.split('/').at(-1);
    return name === undefined ? undefined : `arn:aws:sqs:${region}:${account}:${name}`;
  },
  sns: (fields, { region, account }) => {
    const name = text(fields['Name']);
    return text(fields['TopicArn']) ?? text(fields['ResourceArn']) ?? (name && `arn:aws:sns:${region}:${account}:${name}`);
  },
  kms: named(
    'KeyId',
    (name, region, account) => `arn:aws:kms:${region}:${account}:${name.startsWith('alias/') ? name : `key/${name}`}`,
  ),
  secretsmanager: named('SecretId', (name, region, account) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`),
  ssm: named('Name', (name, region, account) => `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`),
  logs: named('logGroupName', (name, region, account) => `arn:aws:logs:${region}:${account}:log-group:${name}`),
  kinesis: named('StreamName', (name, region, account) => `arn:aws:kinesis:${region}:${account}:stream/${name}`),
  ecr: named('repositoryName', (name, region, account) => `arn:aws:ecr:${region}:${account}:repository/${name}`),
};

const jsonFields = (body: Buffer): Fields => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
};

/** `DynamoDB_20120810.GetItem` */
const targetAction = (target: string | undefined): string | undefined => /\.([A-Za-z]\w*)$/.exec(target ?? '')?.[1];

const isForm = (request: SignedRequest): boolean =>
  (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

/** All must be allowed. Undefined: the request does not name its action, and is not S3's. `account` is the caller's. */
export const neededFor = (request: SignedRequest, claim: Claim, account: string): readonly Permission[] | undefined => {
  const { service, region } = claim;
  if (service === 's3') return s3Needs(request);
  const target = targetAction(request.headers['x-amz-target']);
  const form =
    target === undefined && (isForm(request) || request.query !== '')
      ? parseForm(isForm(request) ? request.body.toString('utf8') : request.query)
      : undefined;
  const action = target ?? (form === undefined || request.path !== '/' ? undefined : formValue(form, 'Action'));
  if (action === undefined || action === '') return undefined;
  const fields: Fields =
    form === undefined
      ? jsonFields(request.body)
      : Object.fromEntries([...form.children].map(([name, { value }]) => [name, value]));
  const resource = RESOURCES[service]?.(fields, { region, account }) ?? '*';
  return [{ action: `${prefixOf(service)}:${action}`, resource }];
};
