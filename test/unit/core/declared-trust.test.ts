/** Whether credentials are of one whom the file names: others are refused rightly, and what nobody can tell counts for them. */
import { expect, test } from 'vitest';
import { parsePrincipal } from '#domain/principal-request.ts';
import { mayBeDeclared, type DeclaredPrincipal } from '#core/declared-trust.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';

const SOURCE = '111111111111';
const OTHER = '999999999999';
const TOKEN = 'github:acme/infra:environment=prod';

const named = (name: string): DeclaredPrincipal => {
  const parsed = parsePrincipal({ value: name, place: 'test' });
  if (!parsed.ok) throw new Error(name);
  return { name, principal: parsed.value };
};

const callerOf = (arn: string, more: Partial<CallerIdentity> = {}): CallerIdentity => ({
  account: arn.split(':')[4] ?? '',
  arn,
  userId: 'A',
  ...more,
});
const session = (role: string, account = SOURCE): CallerIdentity => callerOf(`arn:aws:sts::${account}:assumed-role/${role}/me`);
const user = (name: string, account = SOURCE): CallerIdentity => callerOf(`arn:aws:iam::${account}:user/${name}`);
const tokenOf = (subject: string, issuer = 'token.actions.githubusercontent.com'): CallerIdentity =>
  callerOf(`https://${issuer}`, { claims: {}, userId: subject });
const SSO = 'AWSReservedSSO_Deploy_0123456789abcdef';

test.each<[name: string, is: readonly CallerIdentity[], isNot: readonly CallerIdentity[]]>([
  ['self', [user('jane'), session('ci')], []],
  [SOURCE, [user('jane'), session('ci')], [user('jane', OTHER)]],
  [`arn:aws:iam::${SOURCE}:user/jane`, [user('jane')], [user('joe'), user('jane', OTHER), session('jane')]],
  [`arn:aws:iam::${SOURCE}:role/apps/ci`, [session('ci')], [session('web'), session('ci', OTHER), user('ci')]],
  [`arn:aws:sts::${SOURCE}:assumed-role/ci/run-1`, [session('ci')], [session('web'), session('ci', OTHER), user('ci')]],
  ['sso:Deploy', [session(SSO)], [session('AWSReservedSSO_Admin_0123456789abcdef'), session('Deploy'), user('Deploy')]],
  ['ec2:web', [session('web')], [session('ci'), user('web')]],
  ['ec2', [session('web'), session('ci')], [user('jane')]],
  [
    TOKEN,
    [tokenOf('repo:acme/infra:environment:prod'), tokenOf('repo:acme@1/infra@2:environment:prod')],
    [
      tokenOf('repo:acme/infra:pull_request'),
      tokenOf('repo:acme/infra:environment:prod', 'gitlab.com'),
      user('jane'),
      session('ci'),
    ],
  ],
])('%s', (name, is, isNot) => {
  const judged = (callers: readonly CallerIdentity[]) => callers.map((caller) => mayBeDeclared([named(name)], caller));
  expect(judged(is)).toEqual(is.map(() => true));
  expect(judged(isNot)).toEqual(isNot.map(() => false));
});

test('one of several is enough, and where nobody is named anybody may be meant', () => {
  const two = [named(`arn:aws:iam::${SOURCE}:user/jane`), named(`arn:aws:iam::${SOURCE}:role/ci`)];
  expect([user('jane'), session('ci'), user('joe')].map((caller) => mayBeDeclared(two, caller))).toEqual([true, true, false]);
  expect([undefined, []].map((trusted) => mayBeDeclared(trusted, user('joe')))).toEqual([true, true]);
});
