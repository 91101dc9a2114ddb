import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeInput } from '#sandbox/wire/decode.ts';
import { encodeAnswer, encodeError } from '#sandbox/wire/encode.ts';
import { parseForm } from '#sandbox/wire/form.ts';
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import { STS_MODEL } from '#sandbox/wire/generated/sts-model.ts';
import { wholeMatch } from '#sandbox/wire/pattern.ts';
import { validateInput } from '#sandbox/wire/validate.ts';

const decodeRole = (query: string) => decodeInput(IAM_MODEL, 'CreateRoleRequest', parseForm(query));
const faultOf = (shape: string, query: string, model = IAM_MODEL) =>
  validateInput(model, shape, decodeInput(model, shape, parseForm(query)))?.message;

describe('decoding', () => {
  test.each([
    ['a plus is a space', 'Description=a+b', { Description: 'a b' }],
    ['%20 is a space', 'Description=a%20b', { Description: 'a b' }],
    ['%2B is a plus', 'Description=a%2Bb', { Description: 'a+b' }],
    ['a structure in a list', 'Tags.member.1.Key=k&Tags.member.1.Value=', { Tags: [{ Key: 'k', Value: '' }] }],
    [
      'lists by number, whatever the order and gaps',
      'Tags.member.10.Key=b&Tags.member.2.Key=a',
      { Tags: [{ Key: 'a' }, { Key: 'b' }] },
    ],
    ['an empty list', 'Tags=', { Tags: [] }],
    ['numbers', 'MaxSessionDuration=3600', { MaxSessionDuration: 3600 }],
    ['unknown parameters are passed over', 'Surprise=1', {}],
  ])('%s', (_title, query, expected) => {
    expect(decodeRole(query)).toEqual(expected);
  });

  test('a number that is none is MalformedInput', () => {
    expect(() => decodeRole('MaxSessionDuration=an+hour')).toThrow(
      expect.objectContaining({ code: 'MalformedInput', status: 400 }),
    );
  });

  test('a lower-case member name is taken as the model spells it', () => {
    expect(decodeInput(STS_MODEL, 'AssumeRoleRequest', parseForm('PolicyArns.member.1.arn=x'))).toEqual({
      PolicyArns: [{ arn: 'x' }],
    });
  });

  test('a name of a thousand dots does no harm', () => {
    expect(decodeRole(`${'a.'.repeat(1000)}=1&RoleName=x`)).toEqual({ RoleName: 'x' });
  });
});

describe('validation', () => {
  const good = 'RoleName=a&AssumeRolePolicyDocument=%7B%7D';

  test.each([
    [good, undefined],
    [
      'AssumeRolePolicyDocument=%7B%7D',
      "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
    ],
    [
      `${good}&MaxSessionDuration=3599`,
      "1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
    ],
    [
      `AssumeRolePolicyDocument=%7B%7D&RoleName=${'x'.repeat(65)}`,
      `1 validation error detected: Value '${'x'.repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      'AssumeRolePolicyDocument=%7B%7D&RoleName=a+b&MaxSessionDuration=43201',
      "2 validation errors detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; Value '43201' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      `${good}&Tags.member.1.Key=k`,
      "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    ],
  ])('%#: %s', (query, expected) => {
    expect(faultOf('CreateRoleRequest', query)).toBe(expected);
  });

  test('a value outside an enum names the set', () => {
    expect(faultOf('ListPoliciesRequest', 'Scope=Mine')).toBe(
      "1 validation error detected: Value 'Mine' at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [All, AWS, Local]",
    );
  });

  test('a list that is too long is shown as AWS shows it', () => {
    const tags = Array.from({ length: 51 }, (_, i) => `Tags.member.${i + 1}.Key=k${i}&Tags.member.${i + 1}.Value=v`).join('&');
    expect(faultOf('CreateRoleRequest', `${good}&${tags}`)).toMatch(
      /^1 validation error detected: Value '\[\{key=k0, value=v\}, .*\]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50$/,
    );
  });
});

describe('patterns', () => {
  const patterns = [IAM_MODEL, STS_MODEL].flatMap(({ shapes }) => Object.values(shapes).flatMap(({ pattern }) => pattern ?? []));

  test('every pattern of the models compiles', () => {
    for (const pattern of new Set(patterns)) expect(() => wholeMatch(pattern, 'x')).not.toThrow();
  });

  test.each([
    ['[\\w+=,.@:\\/-]*', 'a/b:c-d', true],
    ['[\\w+=,.@:\\/-]*', 'a b', false],
    ['[\\w+=,.@:\\/-]*', 'é', false],
    ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+', 'Größe 1', true],
    ['[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+', 'a#b', false],
    ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/', true],
    ['(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)', '/a', false],
    ['[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+', 'a\u{1f600}', true],
    ['[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+', 'a\u0100', false],
  ])('%s on %s', (pattern, text, expected) => {
    expect(wholeMatch(pattern, text)).toBe(expected);
  });
});

describe('encoding', () => {
  const anyText = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes));

  test('members come in the order of the model, absent ones not at all', () => {
    const output = { Arn: 'a', UserId: 'u' };
    expect(encodeAnswer(STS_MODEL, 'GetCallerIdentity', output, 'id')).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>u</UserId><Arn>a</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n',
    );
  });

  test('lists, times and booleans', () => {
    const output = { Roles: [{ RoleName: 'a', CreateDate: 1_700_000_000_123 }], IsTruncated: false };
    expect(encodeAnswer(IAM_MODEL, 'ListRoles', output, 'id')).toContain(
      '<ListRolesResult><Roles><member><RoleName>a</RoleName><CreateDate>2023-11-14T22:13:20Z</CreateDate></member></Roles><IsTruncated>false</IsTruncated></ListRolesResult>',
    );
  });

  test('an operation without output has the metadata only', () => {
    expect(encodeAnswer(IAM_MODEL, 'DeleteRole', undefined, 'id')).toBe(
      '<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DeleteRoleResponse>\n',
    );
  });

  test.each([
    [403, 'Sender'],
    [500, 'Receiver'],
  ])('a %d is the fault of the %s', (status, type) => {
    expect(encodeError('urn:x', { code: 'C', message: '<&>', status }, 'id')).toBe(
      `<ErrorResponse xmlns="urn:x"><Error><Type>${type}</Type><Code>C</Code><Message>&lt;&amp;&gt;</Message></Error><RequestId>id</RequestId></ErrorResponse>\n`,
    );
  });

  test('no text can break out of its element', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const xml = encodeError('urn:x', { code: 'C', message: text, status: 400 }, 'id');
        const inner = /<Message>(.*)<\/Message>/su.exec(xml)?.[1] ?? '<';
        expect(inner).not.toMatch(/[<>\r]|&(?!amp;|lt;|gt;|quot;|#xD;)/);
      }),
    );
  });
});
