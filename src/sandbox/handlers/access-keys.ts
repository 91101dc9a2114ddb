/** Access keys of users: made, switched, listed, deleted. The secret is shown once. */
import { accessDenied, limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import type { AccessKey, User } from '#sandbox/model/account.ts';
import { addAccessKey } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findUser, onNamed } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { userNameOr } from './users.ts';

type KeyOperations = Pick<
  IamOperations,
  'CreateAccessKey' | 'ListAccessKeys' | 'UpdateAccessKey' | 'DeleteAccessKey' | 'GetAccessKeyLastUsed'
>;

const findKey = (user: User, accessKeyId: string): AccessKey => {
  const key = user.keys.find((one) => one.accessKeyId === accessKeyId);
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`);
  return key;
};

const keyView = (key: AccessKey) => ({
  UserName: key.owner.name,
  AccessKeyId: key.accessKeyId,
  Status: key.status,
  CreateDate: key.createdAt,
});

export const accessKeyHandlers: Handlers<KeyOperations> = {
  CreateAccessKey: {
    permissions: ({ UserName }, call) => [onNamed(call, 'CreateAccessKey', 'user', userNameOr(call, UserName))],
    run: ({ UserName }, call) => {
      const user = findUser(call, userNameOr(call, UserName));
      const quota = QUOTAS.accessKeysPerUser;
      if (user.keys.length >= quota) throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${quota}`);
      const key = addAccessKey(call.world, call.account, user);
      return { AccessKey: { ...keyView(key), SecretAccessKey: key.secretAccessKey } };
    },
  },
  ListAccessKeys: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListAccessKeys', 'user', userNameOr(call, UserName))],
    run: (input, call) => {
      const user = findUser(call, userNameOr(call, input.UserName));
      const { items, ...page } = paginate(user.keys, input, (key) => key.accessKeyId);
      return { AccessKeyMetadata: items.map(keyView), ...page };
    },
  },
  UpdateAccessKey: {
    permissions: ({ UserName }, call) => [onNamed(call, 'UpdateAccessKey', 'user', userNameOr(call, UserName))],
    run: ({ UserName, AccessKeyId, Status }, call) => {
      const key = findKey(findUser(call, userNameOr(call, UserName)), AccessKeyId);
      key.status = Status === 'Active' ? 'Active' : 'Inactive';
    },
  },
  DeleteAccessKey: {
    permissions: ({ UserName }, call) => [onNamed(call, 'DeleteAccessKey', 'user', userNameOr(call, UserName))],
    run: ({ UserName, AccessKeyId }, call) => {
      const user = findUser(call, userNameOr(call, UserName));
      user.keys.splice(user.keys.indexOf(findKey(user, AccessKeyId)), 1);
      call.world.accessKeys.delete(AccessKeyId);
    },
  },
  GetAccessKeyLastUsed: {
    permissions: ({ AccessKeyId }, { account, world }) => {
      const owner = world.accessKeys.get(AccessKeyId);
      return [{ action: 'iam:GetAccessKeyLastUsed', resource: owner?.account === account ? owner.user.arn : '*' }];
    },
    run: ({ AccessKeyId }, { account, world }) => {
      const found = world.accessKeys.get(AccessKeyId);
      if (found === undefined || found.account !== account)
        throw accessDenied(`The Access Key with id ${AccessKeyId} cannot be found.`, 'NoSuchEntity');
      const { lastUsed } = found.key;
      const used =
        lastUsed === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : { LastUsedDate: lastUsed.at, ServiceName: lastUsed.service, Region: lastUsed.region };
      return { UserName: found.user.name, AccessKeyLastUsed: used };
    },
  },
};
