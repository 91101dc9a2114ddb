/** The two ordinary AWS files with the profiles `source` and `target`, as a person has them. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from './child.ts';
import type { AccessKey } from './moto.ts';

/** `target` is entered through the role that AWS Organizations leaves in each member account. Returns what names the files. */
export const writeProfiles = async (home: string, key: AccessKey, targetAccount: string): Promise<Environment> => {
  const folder = path.join(home, '.aws');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'credentials'),
    `[source]\naws_access_key_id = ${key.id}\naws_secret_access_key = ${key.secret}\n`,
    { mode: 0o600 },
  );
  await writeFile(
    path.join(folder, 'config'),
    `[profile source]
region = us-east-1

[profile target]
region = us-east-1
role_arn = arn:aws:iam::${targetAccount}:role/OrganizationAccountAccessRole
source_profile = source
`,
  );
  return { AWS_CONFIG_FILE: path.join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') };
};
