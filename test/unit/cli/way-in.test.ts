import { expect, test } from 'vitest';
import { entersThrough } from '#cli/way-in.ts';
import { anAccess } from '../../support/builders.ts';

const HUB = 'arn:aws:iam::111111111111:role/xacct-hub';
const token = { issuer: 'https://gitlab.com', audience: undefined, tokenFile: undefined };

test('nothing is said where the source enters the role itself', () => {
  expect(entersThrough(anAccess())).toBeUndefined();
});

test('a hub is named before its token', () => {
  const via = [{ ...anAccess(), roleArn: HUB }];
  expect(entersThrough(anAccess({ via, webIdentity: token }))?.message).toContain(`entered by sessions of ${HUB}`);
});

test.each([
  [token, 'with a token of https://gitlab.com, and'],
  [{ ...token, issuer: undefined }, 'with a token, and'],
])('a token alone is said to be no part of the proof: %j', (webIdentity, said) => {
  expect(entersThrough(anAccess({ webIdentity }))?.message).toContain(said);
});
