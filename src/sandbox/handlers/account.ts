/** The account itself: its one alias. */
import { alreadyExists, noSuchEntity } from '#sandbox/errors.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import type { Handlers } from './handler.ts';

type AccountOperations = Pick<IamOperations, 'CreateAccountAlias' | 'DeleteAccountAlias' | 'ListAccountAliases'>;

export const accountHandlers: Handlers<AccountOperations> = {
  CreateAccountAlias: {
    permissions: () => [{ action: 'iam:CreateAccountAlias', resource: '*' }],
    run: ({ AccountAlias: alias }, { account, world }) => {
      if ([...world.accounts.values()].some((other) => other !== account && other.alias === alias))
        throw alreadyExists(`The account alias ${alias} already exists.`);
      account.alias = alias;
    },
  },
  DeleteAccountAlias: {
    permissions: () => [{ action: 'iam:DeleteAccountAlias', resource: '*' }],
    run: ({ AccountAlias: alias }, { account }) => {
      if (account.alias !== alias) throw noSuchEntity(`The account alias ${alias} cannot be found.`);
      account.alias = undefined;
    },
  },
  ListAccountAliases: {
    permissions: () => [{ action: 'iam:ListAccountAliases', resource: '*' }],
    run: (_input, { account }) => ({ AccountAliases: account.alias === undefined ? [] : [account.alias], IsTruncated: false }),
  },
};
