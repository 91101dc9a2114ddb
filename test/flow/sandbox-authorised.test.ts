/** Every operation of IAM asks for the permission that bears its name: a handler that forgets to is found here, whatever it does. */
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import { shapeOf } from '#sandbox/wire/service-model.ts';
import { SOURCE } from '../support/sandbox-clients.ts';
import { Sha256 } from '../support/sha256.ts';

const textFor = (pattern: string | undefined, least: number): string => {
  const texts = ['a', '1', '/'].map((character) => character.repeat(Math.max(least, 1)));
  return [...texts, 'v1'].find((text) => new RegExp(`^(?:${pattern ?? '.*'})$`, 'u').test(text)) ?? 'a';
};

/** The least that passes validation, as form fields. */
const fieldsOf = (shapeName: string, prefix = ''): readonly (readonly [string, string])[] => {
  const shape = shapeOf(IAM_MODEL, shapeName);
  if (shape.type === 'structure')
    return (shape.required ?? []).flatMap((name) =>
      fieldsOf(shape.members?.[name] ?? '', prefix === '' ? name : `${prefix}.${name}`),
    );
  if (shape.type === 'list') return fieldsOf(shape.member ?? '', `${prefix}.member.1`);
  if (shape.type === 'integer') return [[prefix, String(shape.min ?? 1)]];
  if (shape.type === 'boolean') return [[prefix, 'true']];
  return [[prefix, shape.enum?.[0] ?? textFor(shape.pattern, shape.min ?? 1)]];
};

describe('without any policy', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'nobody' }] } } } });
  });
  afterAll(() => sandbox.close());

  test.each(Object.entries(IAM_MODEL.operations))('%s is refused', async (Action, { input }) => {
    const { hostname, port } = new URL(sandbox.endpoint);
    const fields = input === undefined ? [] : fieldsOf(input).map(([name, value]) => [name, value] as [string, string]);
    const body = new URLSearchParams([['Action', Action], ['Version', IAM_MODEL.version], ...fields]).toString();
    const credentials = sandbox.userCredentials(SOURCE, 'nobody');
    const signer = new SignatureV4({ service: 'iam', region: 'us-east-1', credentials, sha256: Sha256 });
    const headers = { host: `${hostname}:${port}`, 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', query: {}, headers, body };
    const signed = await signer.sign(request);
    const response = await fetch(sandbox.endpoint, { method: 'POST', headers: signed.headers, body });
    const text = await response.text();
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(text).toContain(`is not authorized to perform: iam:${Action} on resource`);
  });
});
