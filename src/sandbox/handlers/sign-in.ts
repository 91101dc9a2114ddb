/** What a user may sign in with besides access keys: a login profile, of which only the being there is modelled; keys of other kinds, of which there are none. */
import { alreadyExists, noSuchEntity } from '#sandbox/errors.ts';
import type { User } from '#sandbox/model/account.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { userNameOr } from './users.ts';

type SignInOperations = Pick<
  IamOperations,
  | 'CreateLoginProfile'
  | 'GetLoginProfile'
  | 'UpdateLoginProfile'
  | 'DeleteLoginProfile'
  | 'ListSSHPublicKeys'
  | 'ListSigningCertificates'
  | 'ListServiceSpecificCredentials'
>;

const loginOf = (user: User) => {
  if (user.login === undefined) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  return user.login;
};

const loginView = (user: User) => {
  const { createdAt, isResetRequired } = loginOf(user);
  return { LoginProfile: { UserName: user.name, CreateDate: createdAt, PasswordResetRequired: isResetRequired } };
};

const named = (call: Call, action: string, name: string | undefined) => [onNamed(call, action, 'user', userNameOr(call, name))];

/** Refuses a user that is not there; without a name the caller is meant. */
const assertUser = (call: Call, name: string | undefined): void => {
  findUser(call, userNameOr(call, name));
};

export const signInHandlers: Handlers<SignInOperations> = {
  CreateLoginProfile: {
    permissions: ({ UserName }, call) => named(call, 'CreateLoginProfile', UserName),
    run: ({ UserName, PasswordResetRequired = false }, call) => {
      const user = findUser(call, userNameOr(call, UserName));
      if (user.login !== undefined) throw alreadyExists(`Login Profile for user ${user.name} already exists.`);
      user.login = { createdAt: call.world.clock.now(), isResetRequired: PasswordResetRequired };
      return loginView(user);
    },
  },
  GetLoginProfile: {
    permissions: ({ UserName }, call) => named(call, 'GetLoginProfile', UserName),
    run: ({ UserName }, call) => loginView(findUser(call, userNameOr(call, UserName))),
  },
  UpdateLoginProfile: {
    permissions: ({ UserName }, call) => [onNamed(call, 'UpdateLoginProfile', 'user', UserName)],
    run: ({ UserName, PasswordResetRequired }, call) => {
      const login = loginOf(findUser(call, UserName));
      login.isResetRequired = PasswordResetRequired ?? login.isResetRequired;
    },
  },
  DeleteLoginProfile: {
    permissions: ({ UserName }, call) => named(call, 'DeleteLoginProfile', UserName),
    run: ({ UserName }, call) => {
      const user = findUser(call, userNameOr(call, UserName));
      loginOf(user);
      user.login = undefined;
    },
  },
  ListSSHPublicKeys: {
    permissions: ({ UserName }, call) => named(call, 'ListSSHPublicKeys', UserName),
    run: ({ UserName }, call) => {
      assertUser(call, UserName);
      return { SSHPublicKeys: [], IsTruncated: false };
    },
  },
  ListSigningCertificates: {
    permissions: ({ UserName }, call) => named(call, 'ListSigningCertificates', UserName),
    run: ({ UserName }, call) => {
      assertUser(call, UserName);
      return { Certificates: [], IsTruncated: false };
    },
  },
  ListServiceSpecificCredentials: {
    permissions: ({ UserName }, call) => named(call, 'ListServiceSpecificCredentials', UserName),
    run: ({ UserName }, call) => {
      assertUser(call, UserName);
      return { ServiceSpecificCredentials: [] };
    },
  },
};
