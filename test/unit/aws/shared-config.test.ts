/** What the shared config and credentials files say of profiles and regions. */
import { describe, expect, test } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { DEFAULT, profile } from '../../support/aws-profiles.ts';
import { sharedFiles, useEnvironment } from '../../support/aws-stub.ts';

describe('what the shared files say', () => {
  const accounts = (settings: Readonly<Record<string, string>>) => openAwsAccounts(useEnvironment(settings));

  test('profiles, in the order of the files', async () => {
    const files = sharedFiles(
      '[default]\nregion=a\n[profile "with space"]\nregion = b # why\ns3 =\n  region = no\n[sso-session x]\n[services y]\n',
      '; comment\n[ci]\nregion = c\n[default]\naws_access_key_id = A\n',
    );
    expect(await accounts(files).listProfiles()).toEqual(['default', 'with space', 'ci']);
    expect(await accounts(files).configuredRegion(profile('with space'))).toBe('b');
    expect(await accounts(files).configuredRegion(profile('ci'))).toBe('c');
    expect(await accounts(files).configuredRegion(DEFAULT)).toBe('a');
  });

  test('no files, no profiles', async () => {
    expect(await accounts({}).listProfiles()).toEqual([]);
    expect(await accounts({}).configuredRegion(DEFAULT)).toBeUndefined();
  });

  test('the region of the environment wins', async () => {
    const files = sharedFiles('[default]\nregion=a\n');
    expect(await accounts({ ...files, AWS_DEFAULT_REGION: 'd' }).configuredRegion(DEFAULT)).toBe('d');
    expect(await accounts({ ...files, AWS_DEFAULT_REGION: 'd', AWS_REGION: 'r' }).configuredRegion(profile('default'))).toBe('r');
  });
});
