/** Every single value: what is taken, and word for word what is said of the rest. */
import { describe, expect, test } from 'vitest';
import * as field from '#domain/fields.ts';
import type { Field } from '#domain/fields.ts';

const read = <T>(parse: Field<T>, value: string): unknown => {
  const result = parse({ value, place: '--flag' });
  if (result.ok) return result.value;
  expect(result.diagnostics).toHaveLength(1);
  expect(result.diagnostics[0]).toMatchObject({ severity: 'error', code: 'INVALID_VALUE', path: '--flag' });
  return result.diagnostics[0]?.message;
};

const x = (count: number): string => 'x'.repeat(count);

const TABLE: Readonly<Record<string, readonly [Field<unknown>, readonly (readonly [value: string, outcome: unknown])[]]>> = {
  'an account id': [
    field.parseAccount,
    [
      ['222222222222', '222222222222'],
      ['000000000001', '000000000001'],
      ['2222-2222-2222', '"2222-2222-2222" has dashes: an account id is 12 digits'],
      ['22222222222', '"22222222222" is not an account id: 12 digits are needed'],
      ['', '"" is not an account id: 12 digits are needed'],
      ['222222222222\n', '"222222222222\n" is not an account id: 12 digits are needed'],
      ['٢٢٢٢٢٢٢٢٢٢٢٢', '"٢٢٢٢٢٢٢٢٢٢٢٢" is not an account id: 12 digits are needed'],
    ],
  ],
  'a role ARN': [
    field.parseRole,
    [
      ['arn:aws:iam::222222222222:role/ops/ci', { partition: 'aws', account: '222222222222', path: '/ops/', name: 'ci' }],
      ['arn:aws-cn:iam::222222222222:role/ci', { partition: 'aws-cn', account: '222222222222', path: '/', name: 'ci' }],
      ['arn:aws:iam::222222222222:user/ci', '"arn:aws:iam::222222222222:user/ci" is not the ARN of an IAM role'],
      ['arn:aws:iam::22222222222:role/ci', '"arn:aws:iam::22222222222:role/ci" is not the ARN of an IAM role'],
      [
        'arn:aws:iam:us-east-1:222222222222:role/ci',
        '"arn:aws:iam:us-east-1:222222222222:role/ci" is not the ARN of an IAM role',
      ],
      ['arn:mars:iam::222222222222:role/ci', '"arn:mars:iam::222222222222:role/ci" is not the ARN of an IAM role'],
      ['arn:aws:iam::222222222222:role/', '"arn:aws:iam::222222222222:role/" is not the ARN of an IAM role'],
      ['ci', '"ci" is not the ARN of an IAM role'],
    ],
  ],
  'a managed policy': [
    field.parseAttachedPolicy,
    [
      ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ['arn:aws:iam::222222222222:policy/a/b', 'arn:aws:iam::222222222222:policy/a/b'],
      ['ReadOnlyAccess', '"ReadOnlyAccess" is not the ARN of a managed policy'],
      ['arn:aws:iam::222222222222:role/a', '"arn:aws:iam::222222222222:role/a" is not the ARN of a managed policy'],
    ],
  ],
  'a region': [
    field.parseRegion,
    [
      ['eu-central-1', 'eu-central-1'],
      ['us-gov-west-1', 'us-gov-west-1'],
      ['cn-north-1', 'cn-north-1'],
      ['europe', '"europe" is not an AWS region'],
      ['EU-CENTRAL-1', '"EU-CENTRAL-1" is not an AWS region'],
    ],
  ],
  'a role name': [
    field.parseRoleName,
    [
      ['xacct-terraform', 'xacct-terraform'],
      [x(64), x(64)],
      [x(65), `"${x(65)}" has 65 characters: AWS wants a length less than or equal to 64`],
      ['', '"" has 0 characters: AWS wants a length greater than or equal to 1'],
      ['my role', '"my role" has a character that AWS does not take here: letters, digits and _ + = , . @ - are allowed'],
      ['rôle', '"rôle" has a character that AWS does not take here: letters, digits and _ + = , . @ - are allowed'],
    ],
  ],
  'a session name': [
    field.parseSessionName,
    [
      ['terraform', 'terraform'],
      ['a', '"a" has 1 characters: AWS wants a length greater than or equal to 2'],
      [x(65), `"${x(65)}" has 65 characters: AWS wants a length less than or equal to 64`],
      ['a/b', '"a/b" has a character that AWS does not take here: letters, digits and _ + = , . @ - are allowed'],
    ],
  ],
  'an external id': [
    field.parseExternalId,
    [
      ['a:b/c@d', 'a:b/c@d'],
      [x(1224), x(1224)],
      ['a', '"a" has 1 characters: AWS wants a length greater than or equal to 2'],
      ['a b', '"a b" has a character that AWS does not take here: letters, digits and _ + = , . @ : / - are allowed, no spaces'],
    ],
  ],
  'a description': [
    field.parseDescription,
    [
      ['', ''],
      ['für die Maschine', 'für die Maschine'],
      ['日本', '"日本" has a character that AWS does not take here: only Latin-1 text is allowed'],
      [x(1001), `"${x(1001)}" has 1001 characters: AWS wants a length less than or equal to 1000`],
    ],
  ],
  'a path': [
    field.parsePath,
    [
      ['/', '/'],
      ['/ops/eu/', '/ops/eu/'],
      ['ops', '"ops" is not a path: it begins and ends with /, with letters, digits and . , + @ = _ - between'],
      ['/ops', '"/ops" is not a path: it begins and ends with /, with letters, digits and . , + @ = _ - between'],
      ['//', '"//" is not a path: it begins and ends with /, with letters, digits and . , + @ = _ - between'],
    ],
  ],
  "a role's maximum": [
    field.parseMaxSessionDuration,
    [
      ['1h', 3600],
      ['43200', 43_200],
      ['59m', '"59m" is 3540 seconds: a role\'s maximum is between 1h and 12h'],
      ['13h', '"13h" is 46800 seconds: a role\'s maximum is between 1h and 12h'],
      ['soon', '"soon" is not a duration'],
    ],
  ],
  'a session': [
    field.parseSessionDuration,
    [
      ['15m', 900],
      ['12h', 43_200],
      ['899', '"899" is 899 seconds: a session lasts between 15m and 12h'],
      ['-1', '"-1" is not a duration'],
      ['1.5h', '"1.5h" is not a duration'],
    ],
  ],
  'a timeout': [
    field.parseTimeout,
    [
      ['0', 0],
      ['10m', 600],
      ['11m', '"11m" is 660 seconds: waiting is limited to 10m'],
    ],
  ],
  'a tag': [
    field.parseTag,
    [
      ['team=infra', ['team', 'infra']],
      ['empty=', ['empty', '']],
      ['url=a=b', ['url', 'a=b']],
      ['名前=値', ['名前', '値']],
      ['team', '"team" is not a tag'],
      ['=x', '"=x" is not a tag'],
      ['aws:x=1', '"aws:x=1" begins with aws:, which AWS keeps for itself'],
      ['XACCT:id=1', '"XACCT:id=1" begins with xacct:, which marks what xacct made'],
      ['a*=1', '"a*=1" has a character that AWS does not take in tags'],
      [`${x(129)}=`, `"${x(129)}=" is too long: 128 characters for the key, 256 for the value`],
      [`k=${x(257)}`, `"k=${x(257)}" is too long: 128 characters for the key, 256 for the value`],
    ],
  ],
  'an endpoint': [
    field.parseEndpoint,
    [
      ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
      ['https://localhost/path', 'https://localhost/path'],
      ['localhost', '"localhost" is not a URL'],
      ['localhost:4566', '"localhost:4566" is not an http or https URL'],
      ['http://h/?q=1', '"http://h/?q=1" has more than a scheme, host, port and path'],
      ['http://h/#f', '"http://h/#f" has more than a scheme, host, port and path'],
    ],
  ],
};

describe.each(Object.entries(TABLE))('%s', (_title, [parse, rows]) => {
  test.each(rows)('%j', (value, outcome) => {
    expect(read(parse, value)).toEqual(outcome);
  });
});

describe('an endpoint with a password', () => {
  test.each([
    ['http://user:hunter2@h', 'has more than a scheme, host, port and path'],
    ['http://:hunter2@h', 'has more than a scheme, host, port and path'],
    ['ftp://u:hunter2@h/', 'is not an http or https URL'],
    ['ftp://u:p@hunter2@h/', 'is not an http or https URL'],
    ['u:hunter2@h', 'is not an http or https URL'],
    ['//u:hunter2@h', 'is not a URL'],
  ])('%s is refused without repeating it', (value, why) => {
    const said = read(field.parseEndpoint, value);
    expect(said).toContain(why);
    expect(said).not.toContain('hunter2');
  });
});
