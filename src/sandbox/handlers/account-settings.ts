/** Settings of the account as a whole: its alias and its password policy; and the lists of what nobody can make here. */
import { alreadyExists, noSuchEntity } from '#sandbox/errors.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import type { Handlers } from './handler.ts';

type SettingOperations = Pick<
  IamOperations,
  | 'CreateAccountAlias'
  | 'DeleteAccountAlias'
  | 'ListAccountAliases'
  | 'GetAccountPasswordPolicy'
  | 'UpdateAccountPasswordPolicy'
  | 'DeleteAccountPasswordPolicy'
  | 'ListServerCertificates'
  | 'ListSAMLProviders'
>;

const anywhere = (action: string) => () => [{ action: `iam:${action}`, resource: '*' }];

/** "If you don't specify a parameter, its default is used" (UpdateAccountPasswordPolicy, API reference). */
const PASSWORD_DEFAULTS = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
};

const noPasswordPolicy = (accountId: string) =>
  noSuchEntity(`The Password Policy with domain name ${accountId} cannot be found.`);

export const accountSettingHandlers: Handlers<SettingOperations> = {
  CreateAccountAlias: {
    permissions: anywhere('CreateAccountAlias'),
    run: ({ AccountAlias: alias }, { account, world }) => {
      if ([...world.accounts.values()].some((other) => other !== account && other.alias === alias))
        throw alreadyExists(`The account alias ${alias} already exists.`);
      account.alias = alias;
    },
  },
  DeleteAccountAlias: {
    permissions: anywhere('DeleteAccountAlias'),
    run: ({ AccountAlias: alias }, { account }) => {
      if (account.alias !== alias) throw noSuchEntity(`The account alias ${alias} cannot be found.`);
      account.alias = undefined;
    },
  },
  ListAccountAliases: {
    permissions: anywhere('ListAccountAliases'),
    run: (_input, { account }) => ({ AccountAliases: account.alias === undefined ? [] : [account.alias], IsTruncated: false }),
  },
  GetAccountPasswordPolicy: {
    permissions: anywhere('GetAccountPasswordPolicy'),
    run: (_input, { account }) => {
      if (account.passwordPolicy === undefined) throw noPasswordPolicy(account.id);
      return { PasswordPolicy: account.passwordPolicy };
    },
  },
  UpdateAccountPasswordPolicy: {
    permissions: anywhere('UpdateAccountPasswordPolicy'),
    run: (input, { account }) => {
      account.passwordPolicy = {
        ...PASSWORD_DEFAULTS,
        ...input,
        ExpirePasswords: (input.MaxPasswordAge ?? 0) > 0,
      };
    },
  },
  DeleteAccountPasswordPolicy: {
    permissions: anywhere('DeleteAccountPasswordPolicy'),
    run: (_input, { account }) => {
      if (account.passwordPolicy === undefined) throw noPasswordPolicy(account.id);
      account.passwordPolicy = undefined;
    },
  },
  ListServerCertificates: {
    permissions: anywhere('ListServerCertificates'),
    run: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
  },
  ListSAMLProviders: {
    permissions: anywhere('ListSAMLProviders'),
    run: () => ({ SAMLProviderList: [] }),
  },
};
