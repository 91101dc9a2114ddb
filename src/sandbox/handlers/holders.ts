/** Roles, users and groups hold policies in the same way: what requests call them, how they are found, and what has to be allowed. */
import type { Permission } from '#sandbox/authorise.ts';
import type { PolicyHolder } from '#sandbox/model/account.ts';
import { findGroup, findOwnRole, findRole, findUser, onNamed } from './find.ts';
import type { Call } from './handler.ts';

export type HolderKind = 'Role' | 'User' | 'Group';

/** `{RoleName}`, `{UserName}` or `{GroupName}`. */
export type Naming<Kind extends HolderKind> = { readonly [Name in `${Kind}Name`]: string };

const KINDS = {
  Role: { lower: 'role', find: findRole, findForChange: findOwnRole },
  User: { lower: 'user', find: findUser, findForChange: findUser },
  Group: { lower: 'group', find: findGroup, findForChange: findGroup },
} as const;

export interface Holders<Kind extends HolderKind> {
  readonly kind: Kind;
  readonly lower: 'role' | 'user' | 'group';
  readonly find: (call: Call, input: Naming<Kind>) => PolicyHolder;
  /** Refuses what only a service may change. */
  readonly findForChange: (call: Call, input: Naming<Kind>) => PolicyHolder;
  readonly permit: (
    call: Call,
    action: string,
    input: Naming<Kind>,
    extra?: Pick<Permission, 'context'>,
  ) => readonly Permission[];
}

export const holdersOf = <Kind extends HolderKind>(kind: Kind): Holders<Kind> => {
  const { lower, find, findForChange } = KINDS[kind];
  const nameIn = (input: Naming<Kind>): string => input[`${kind}Name`];
  return {
    kind,
    lower,
    find: (call, input) => find(call, nameIn(input)),
    findForChange: (call, input) => findForChange(call, nameIn(input)),
    permit: (call, action, input, extra) => [onNamed(call, action, lower, nameIn(input), extra)],
  };
};
