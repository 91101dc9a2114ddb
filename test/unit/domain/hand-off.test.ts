/** A hand-off is a stranger's text: what xacct writes is taken, and everything else is refused with what is too much. */
import { describe, expect, test } from 'vitest';
import { formatHandOff, parseHandOff, type GrantStep, type MakeRoleStep } from '#domain/hand-off.ts';
import { inputOfStep, makeRoleStepOf } from '#domain/hand-off-input.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { withoutPermissions } from '#domain/said-permissions.ts';
import { aSpec } from '../../support/builders.ts';

const GRANT: GrantStep = {
  kind: 'grant',
  principal: 'arn:aws:iam::111111111111:role/ci',
  roleArn: 'arn:aws:iam::222222222222:role/xacct-terraform',
  actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
};

const CONDITIONS = {
  mfa: true,
  sourceIps: ['203.0.113.0/24'],
  orgId: 'o-a1b2c3d4e5',
  orgPaths: [],
  sourceIdentities: ['jane'],
  sessionNamePrefix: 'tf-',
  sessionTags: { team: 'web', cost: undefined, 'a=b': 'c', 'x=y': undefined },
};

const ROLE: MakeRoleStep = makeRoleStepOf(aSpec({ role: { conditions: CONDITIONS } }));

const said = (text: string): readonly string[] => {
  const parsed = parseHandOff(text, 'f.json');
  return parsed.ok ? ['taken'] : parsed.diagnostics.map(({ message }) => message);
};

type Json = Record<string, unknown>;

const changed = (step: object, change: (file: Json & { step: Json }) => void): string => {
  const file = structuredClone({ schema: 1, kind: 'xacct-handoff', step }) as Json & { step: Json };
  change(file);
  return `${JSON.stringify(file, null, 2)}\n`;
};

describe('a hand-off', () => {
  test.each([['a grant', GRANT] as const, ['a role', ROLE] as const])('of %s is read as it was written', (_, step) => {
    expect(parseHandOff(formatHandOff(step), 'f.json')).toEqual({ ok: true, value: step });
  });

  test('of a role is the trust that it was made from, conditions and all', () => {
    const request = parseSpecRequest(withoutPermissions(inputOfStep(ROLE, 'f.json'), '--handoff'), '');
    expect(request).toMatchObject({
      ok: true,
      value: {
        targetAccount: '222222222222',
        sourceAccount: '111111111111',
        role: { name: 'xacct-terraform', externalId: { kind: 'given', values: ['7f3c'] }, conditions: CONDITIONS },
      },
    });
  });

  test.each<readonly [string, (file: Json & { step: Json }) => void, RegExp]>([
    ['a second step', (file) => (file['steps'] = [GRANT]), /^steps is too much/],
    ['a key beside the step', (file) => (file['run'] = 'rm -rf /'), /^run is too much/],
    ['a key in the step', ({ step }) => (step['policy'] = { Statement: [] }), /^step\.policy is too much/],
    ['a list of steps', (file) => (file['step'] = [GRANT, GRANT] as unknown as Json), /^step/],
    ['a kind that nobody knows', ({ step }) => (step['kind'] = 'attach-policy'), /^step\.kind is "attach-policy"/],
    ['a prototype', (file) => Object.defineProperty(file, '__proto__', { value: {}, enumerable: true }), /__proto__/],
    ['an action too many', ({ step }) => (step['actions'] = ['sts:AssumeRole', 'iam:*']), /"iam:\*" is too much/],
    ['a wildcard of actions', ({ step }) => (step['actions'] = ['sts:*']), /"sts:\*" is too much/],
    ['an action in other letters', ({ step }) => (step['actions'] = ['STS:AssumeRole']), /"STS:AssumeRole" is too much/],
    ['no action', ({ step }) => (step['actions'] = []), /lacks sts:AssumeRole/],
    ['an action twice', ({ step }) => (step['actions'] = ['sts:AssumeRole', 'sts:AssumeRole']), /one twice/],
    ['actions as text', ({ step }) => (step['actions'] = 'sts:AssumeRole'), /^step\.actions is/],
    ['every role', ({ step }) => (step['roleArn'] = 'arn:aws:iam::222222222222:role/*'), /not the ARN of one role/],
    ['roles of a prefix', ({ step }) => (step['roleArn'] = 'arn:aws:iam::222222222222:role/xacct-?'), /not the ARN of one role/],
    ['roles of a path', ({ step }) => (step['roleArn'] = 'arn:aws:iam::222222222222:role/ops*/x'), /not the ARN of one role/],
    [
      'roles by a variable',
      ({ step }) => (step['roleArn'] = 'arn:aws:iam::222222222222:role/${aws:username}/x'),
      /not the ARN of one role/,
    ],
    ['any account', ({ step }) => (step['roleArn'] = 'arn:aws:iam::*:role/x'), /not the ARN of one role/],
    [
      'a user in the place of the role',
      ({ step }) => (step['roleArn'] = 'arn:aws:iam::222222222222:user/x'),
      /not the ARN of one/,
    ],
    ['a whole account', ({ step }) => (step['principal'] = 'arn:aws:iam::111111111111:root'), /not the ARN of one user or role/],
    ['a session', ({ step }) => (step['principal'] = 'arn:aws:sts::111111111111:assumed-role/ci/x'), /not the ARN of one user/],
    ['everybody', ({ step }) => (step['principal'] = '*'), /not the ARN of one user or role/],
    ['one account', ({ step }) => (step['principal'] = 'arn:aws:iam::222222222222:role/ci'), /not of two accounts/],
    ['two partitions', ({ step }) => (step['principal'] = 'arn:aws-cn:iam::111111111111:role/ci'), /not of two accounts/],
    [
      'a service-linked role',
      ({ step }) => (step['principal'] = 'arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX'),
      /whose policies AWS writes/,
    ],
    ['another schema', (file) => (file['schema'] = 2), /^schema is 2/],
    [
      'the order of keys',
      (file) => Object.assign(file, { step: Object.fromEntries(Object.entries(GRANT).toReversed()) }),
      /not written as xacct/,
    ],
  ])('of a grant with %s is refused', (_, change, message) => {
    expect(said(changed(GRANT, change)).join('\n')).toMatch(message);
  });

  test.each<readonly [string, (file: Json & { step: Json }) => void, RegExp]>([
    [
      'permissions',
      ({ step }) => (step['policyArns'] = ['arn:aws:iam::aws:policy/AdministratorAccess']),
      /policyArns is too much/,
    ],
    ['a trust policy', ({ step }) => (step['trustPolicy'] = {}), /trustPolicy is too much/],
    [
      'a condition of its own',
      ({ step }) => (step['conditions'] = { ...ROLE.conditions, any: 'x' }),
      /conditions\.any is too much/,
    ],
    ['everybody', ({ step }) => (step['trust'] = ['*']), /wildcard/],
    ['another account', ({ step }) => (step['trust'] = ['arn:aws:iam::999999999999:root']), /is too much: only principals/],
    ['a bare account', ({ step }) => (step['trust'] = ['111111111111']), /is too much: only principals/],
    ['whoever reads it', ({ step }) => (step['trust'] = ['self']), /is too much: only principals/],
    ['a service', ({ step }) => (step['trust'] = ['ec2.amazonaws.com']), /is a service/],
    ['tokens', ({ step }) => (step['trust'] = ['github:evil/repo:pull_request']), /is too much: only principals/],
    ['a permission set of elsewhere', ({ step }) => (step['trust'] = ['sso:999999999999/Admin']), /is too much: only principals/],
    ['nobody', ({ step }) => (step['trust'] = []), /step\.trust is empty/],
    ['none for an external ID', ({ step }) => (step['externalIds'] = ['none']), /"none" is no external ID/],
    ['generate for an external ID', ({ step }) => (step['externalIds'] = ['generate']), /"generate" is no external ID/],
    ['one account', ({ step }) => (step['targetAccount'] = '111111111111'), /are one/],
  ])('of a role with %s is refused', (_, change, message) => {
    expect(said(changed(ROLE, change)).join('\n')).toMatch(message);
  });

  const text = formatHandOff(GRANT);

  test.each([
    [
      'a key twice',
      text.replace('"roleArn"', '"roleArn": "arn:aws:iam::222222222222:role/admin",\n    "roleArn"'),
      /stands twice/,
    ],
    ['letters as escapes', text.replace('role/ci', 'role/\\u0063i'), /not written as xacct writes it/],
    ['letters that look alike', text.replace('role/ci', 'role/с\u0456'), /beside plain ASCII/],
    ['a mark that turns text round', text.replace('role/ci', 'role/\u202eci'), /beside plain ASCII/],
    ['a NUL', `${text}\u0000`, /beside plain ASCII/],
    ['other spaces', text.replaceAll('  ', ' '), /not written as xacct writes it/],
    ['Windows lines', text.replaceAll('\n', '\r\n'), /beside plain ASCII/],
    ['something after it', `${text}{}`, /is not JSON/],
    ['a comment', `// hi\n${text}`, /is not JSON/],
    ['no step', '{}\n', /is missing/],
    ['nothing', '', /is not JSON/],
    ['a list', '[]\n', /^schema is missing/],
    ['megabytes', `${text}${' '.repeat(20_000)}`, /characters: a hand-off has at most/],
    ['depth', '['.repeat(5000), /is not JSON/],
  ])('with %s is refused', (_, hostile, message) => {
    expect(said(hostile).join('\n')).toMatch(message);
  });
});
