/** What every sandbox has without being told: an administrator in each account, and in the first a runner on an instance. */
import type { AccountSeed, SandboxSeed } from './seed-types.ts';

export const DEFAULT_ACCOUNTS: readonly string[] = ['111111111111', '222222222222'];
export const ADMIN_USER = 'admin';
const RUNNER_ROLE = 'runner';
const RUNNER_INSTANCE = 'i-0abcdef1234567890';

const ALIASES = ['source', 'target'];

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const allowAssumeRole = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], Resource: '*' }],
};

const trustEc2 = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const runner: AccountSeed = {
  roles: [
    {
      RoleName: RUNNER_ROLE,
      AssumeRolePolicyDocument: trustEc2,
      Policies: [{ PolicyName: 'assume-roles', PolicyDocument: allowAssumeRole }],
    },
  ],
  instanceProfiles: [{ InstanceProfileName: RUNNER_ROLE, Roles: [RUNNER_ROLE] }],
  instances: [{ InstanceId: RUNNER_INSTANCE, InstanceProfileName: RUNNER_ROLE }],
};

/** `keyOf` gives an account's administrator the same key after each reset. */
export const defaultSeed = (accounts: readonly string[], keyOf: (account: string) => KeyPair): SandboxSeed => ({
  accounts: Object.fromEntries(
    accounts.map((id, index) => {
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = keyOf(id);
      const admin = {
        UserName: ADMIN_USER,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
        AccessKeys: [{ AccessKeyId, SecretAccessKey }],
      };
      const alias = ALIASES[index];
      return [id, { ...(index === 0 && runner), ...(alias !== undefined && { alias }), users: [admin] }];
    }),
  ),
});
