/** Answers of IAM that the sandbox never gives: several pages, a default version other than the first, documents that are none. */
import { afterEach, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import {
  KEYS,
  failure,
  openStub,
  refusal,
  success,
  useEnvironment,
  type Asked,
  type Canned,
  type Stub,
} from '../../support/aws-stub.ts';

const stubs: Stub[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

const open = async (answer: (asked: Asked) => Canned) => {
  const stub = await openStub(answer);
  stubs.push(stub);
  const { iam } = openAwsAccounts(useEnvironment(KEYS)).open({
    source: { kind: 'default' },
    region: 'us-east-1',
    endpointUrl: stub.url,
  });
  return { iam, stub };
};

const ARN = 'arn:aws:iam::222222222222:policy/p';
const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] } as const;
const encoded = encodeURIComponent(JSON.stringify(DOCUMENT));

const role = (document: string): Canned =>
  success(
    'GetRole',
    `<Role><Path>/</Path><RoleName>ci</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::222222222222:role/ci</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>` +
      `<AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument><RoleLastUsed><LastUsedDate>2024-02-03T04:05:06Z</LastUsedDate></RoleLastUsed></Role>`,
  );

const policy = (version: string): Canned =>
  success(
    'GetPolicy',
    `<Policy><PolicyName>p</PolicyName><Arn>${ARN}</Arn><Path>/</Path><DefaultVersionId>${version}</DefaultVersionId></Policy>`,
  );

const versionOf = (document: string, id: string): Canned =>
  success(
    'GetPolicyVersion',
    `<PolicyVersion><Document>${document}</Document><VersionId>${id}</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>`,
  );

test('all pages are read, an empty one with more to come included', async () => {
  const page = (arns: readonly string[], marker?: string): Canned =>
    success(
      'ListAttachedRolePolicies',
      `<AttachedPolicies>${arns.map((arn) => `<member><PolicyName>x</PolicyName><PolicyArn>${arn}</PolicyArn></member>`).join('')}</AttachedPolicies>` +
        (marker === undefined ? '<IsTruncated>false</IsTruncated>' : `<IsTruncated>true</IsTruncated><Marker>${marker}</Marker>`),
    );
  const { iam, stub } = await open(({ params }) => {
    switch (params.get('Marker')) {
      case null:
        return page(['a', 'b'], 'second');
      case 'second':
        return page([], 'third');
      default:
        return page(['c']);
    }
  });
  expect(await iam.listAttachedPolicies('ci')).toEqual(['a', 'b', 'c']);
  expect(stub.asked.map(({ params }) => params.get('Marker'))).toEqual([null, 'second', 'third']);
});

test('a role without description, duration and tags has the defaults of IAM', async () => {
  const { iam } = await open(() => role(encoded));
  expect(await iam.readRole('ci')).toEqual({
    arn: 'arn:aws:iam::222222222222:role/ci',
    name: 'ci',
    path: '/',
    description: '',
    maxSessionSeconds: 3600,
    trustPolicy: DOCUMENT,
    tags: {},
    createdAt: Date.parse('2024-01-01T00:00:00Z'),
    lastUsedAt: '2024-02-03T04:05:06.000Z',
  });
});

test('a document that is not percent-encoded is read all the same', async () => {
  const { iam } = await open(() => role(JSON.stringify({ ...DOCUMENT, Id: '100%' }).replaceAll('"', '&quot;')));
  expect((await iam.readRole('ci'))?.trustPolicy).toEqual({ ...DOCUMENT, Id: '100%' });
});

test.each([
  ['no JSON', 'not%20json'],
  ['JSON of something else', '%7B%7D'],
  ['nothing', ''],
])('a document that is %s is told as such', async (_what, document) => {
  const { iam } = await open(({ action }) =>
    action === 'GetRole' ? role(document) : action === 'GetPolicy' ? policy('v1') : versionOf(document, 'v1'),
  );
  const error = await failure(iam.readRole('ci'));
  expect(error.code).toBe('INVALID_POLICY');
  expect(error.message).toBe('the trust policy of role ci, as the endpoint returned it, is not a policy document in JSON');
  expect((await failure(iam.readPolicy(ARN))).message).toMatch(/^version v1 of policy arn:aws:iam::222222222222:policy\/p, /);
});

test('another default version than the first is read, whatever became of the first', async () => {
  const { iam } = await open(({ action, params }) => {
    if (action === 'GetPolicy') return policy('v3');
    return params.get('VersionId') === 'v3' ? versionOf(encoded, 'v3') : refusal('NoSuchEntity', 'no v1', 404);
  });
  expect(await iam.readPolicy(ARN)).toMatchObject({ versionId: 'v3', document: DOCUMENT });
});

test('a policy whose version may not be read is an error and not absent', async () => {
  const { iam } = await open(({ action }) => (action === 'GetPolicy' ? policy('v1') : refusal('AccessDenied', 'no', 403)));
  expect((await failure(iam.readPolicy(ARN))).message).toMatch(/^iam:GetPolicyVersion was refused \(AccessDenied\)/);
});

test('room for a sixth version is made by the oldest that is not the default', async () => {
  const versions = [5, 4, 3, 2, 1].map(
    (id) => `<member><VersionId>v${id}</VersionId><IsDefaultVersion>${id === 1}</IsDefaultVersion></member>`,
  );
  const { iam, stub } = await open(({ action }) =>
    success(action, action === 'ListPolicyVersions' ? `<Versions>${versions.join('')}</Versions>` : ''),
  );
  await iam.updatePolicy(ARN, DOCUMENT);
  expect(stub.asked.map(({ action, params }) => [action, params.get('VersionId')])).toEqual([
    ['ListPolicyVersions', null],
    ['DeletePolicyVersion', 'v2'],
    ['CreatePolicyVersion', null],
  ]);
});

test('an update that is refused after a silence is refused, unless what it wanted is there', async () => {
  const answer = (found: string) => {
    let created = 0;
    return ({ action }: Asked): Canned => {
      if (action === 'CreatePolicyVersion')
        return ++created === 1 ? refusal('InternalFailure', 'x', 500) : refusal('LimitExceeded', 'full', 409);
      if (action === 'GetPolicy') return policy('v1');
      return action === 'GetPolicyVersion' ? versionOf(encodeURIComponent(found), 'v1') : success(action);
    };
  };
  const settled = await open(answer(JSON.stringify(DOCUMENT)));
  await settled.iam.updatePolicy(ARN, DOCUMENT);
  const other = JSON.stringify({ ...DOCUMENT, Id: 'theirs', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
  const { iam } = await open(answer(other));
  expect((await failure(iam.updatePolicy(ARN, DOCUMENT))).message).toBe(
    'iam:CreatePolicyVersion was refused (LimitExceeded): full',
  );
});

test('an update that is refused at once is not looked at again', async () => {
  const { iam, stub } = await open(({ action }) =>
    action === 'CreatePolicyVersion' ? refusal('LimitExceeded', 'full', 409) : success(action),
  );
  await failure(iam.updatePolicy(ARN, DOCUMENT));
  expect(stub.asked.map(({ action }) => action)).toEqual(['ListPolicyVersions', 'CreatePolicyVersion']);
});
