/** Calls that are not IAM's or STS's, with nobody behind the sandbox to take them: refused in words that lead on, in the form that each client reads. */
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { SOURCE } from '../support/sandbox-clients.ts';
import { Sha256 } from '../support/sha256.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_1_0 = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' };
const SECRET = 'not-the-secret';

const call = async (service: string, body: string, more: Record<string, string>, secretAccessKey?: string) => {
  const { hostname, port } = new URL(sandbox.endpoint);
  const keys = sandbox.credentials(SOURCE);
  const credentials = secretAccessKey === undefined ? keys : { ...keys, secretAccessKey };
  const signer = new SignatureV4({ service, region: 'us-east-1', credentials, sha256: Sha256 });
  const request = { method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', query: {}, body };
  const { headers } = await signer.sign({ ...request, headers: { host: `${hostname}:${port}`, ...more } });
  const response = await fetch(sandbox.endpoint, { method: 'POST', headers, body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

test.each([
  ['s3', '', {}, 'text/xml', /^<\?xml[^<]*<Error><Code>NotImplemented<\/Code><Message>/],
  ['sqs', 'Action=ListQueues&Version=2012-11-05', FORM, 'text/xml', /<Error><Type>Receiver<\/Type><Code>NotImplemented<\/Code>/],
  ['ec2', 'Action=DescribeVpcs&Version=2016-11-15', FORM, 'text/xml', /^<Response><Errors><Error><Code>NotImplemented<\/Code>/],
  ['dynamodb', '{}', JSON_1_0, 'application/x-amz-json-1.1', /^\{"__type":"NotImplemented","message":"/],
])('%s is told which option takes it further', async (service, body, headers, type, form) => {
  const answer = await call(service, body, headers);
  expect(answer).toEqual({ status: 501, type, text: expect.stringMatching(form) });
  expect(answer.text).toContain(`and not ${service}: open it with --upstream URL`);
});

test('the log says who asked for what', async () => {
  await call('dynamodb', '{}', JSON_1_0);
  expect(sandbox.log().at(-1)).toMatchObject({
    caller: `arn:aws:iam::${SOURCE}:user/admin`,
    service: 'dynamodb',
    action: 'ListTables',
    decision: 'invalid',
    reason: 'NO_UPSTREAM',
  });
});

test('whoever cannot sign is told that, and nothing else', async () => {
  const answer = await call('dynamodb', '{}', JSON_1_0, SECRET);
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('SignatureDoesNotMatch');
});

test('calls that are refused so use up no fault', async () => {
  sandbox.setFaults({ throttle: 1 });
  expect((await call('dynamodb', '{}', JSON_1_0)).status).toBe(501);
  const sts = await call('sts', 'Action=GetCallerIdentity&Version=2011-06-15', FORM);
  sandbox.setFaults({});
  expect(sts.text).toContain('Rate exceeded');
});

test('an action as long as a request is no line of the log as long as that', async () => {
  await fetch(sandbox.endpoint, { method: 'POST', headers: FORM, body: `Version=2010-05-08&Action=${'A'.repeat(900_000)}` });
  const entry = sandbox.log().at(-1);
  expect(entry?.action).toMatch(/^A+…$/);
  expect(JSON.stringify(entry).length).toBeLessThan(3_000);
});

test('what is not the ARN of a role is told so', () => {
  for (const wrong of ['deploy', '', 'arn:aws:iam::111111111111:user/admin'])
    expect(() => sandbox.sessionFor(wrong)).toThrow(`"${wrong}" is not the ARN of a role`);
  expect(() => sandbox.sessionFor('arn:aws:iam::999999999999:role/x')).toThrow('the sandbox has no account 999999999999');
});

test('has what its type says, and nothing else', () => {
  expect(Object.keys(sandbox)).not.toContain('issueToken');
  expect(Object.keys(sandbox)).not.toContain('now');
});
