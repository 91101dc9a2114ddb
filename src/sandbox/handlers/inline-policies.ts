/** Inline policies of roles, users and groups: put, read, listed, deleted. */
import { noSuchEntity } from '#sandbox/errors.ts';
import { rememberPolicies } from '#sandbox/model/consistency.ts';
import { assertInlineSize, encodeDocument, parsedDocument } from '#sandbox/model/documents.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import type { Call, Handlers } from './handler.ts';
import { holdersOf, type HolderKind, type Holders, type Naming } from './holders.ts';
import { paginate, type PageRequest } from './page.ts';

type InlineOperations = Pick<
  IamOperations,
  `${'Put' | 'Get' | 'Delete'}${'Role' | 'User' | 'Group'}Policy` | 'ListRolePolicies' | 'ListUserPolicies' | 'ListGroupPolicies'
>;

const absent = (kind: string, name: string) => noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

interface Named {
  readonly PolicyName: string;
}

const inlineOf = <Kind extends HolderKind>(holders: Holders<Kind>) => {
  const { kind, lower, find, findForChange, permit } = holders;
  return {
    put: {
      permissions: (input: Naming<Kind>, call: Call) => permit(call, `Put${kind}Policy`, input),
      // A policy of the same name is overwritten.
      run: (input: Naming<Kind> & Named & { readonly PolicyDocument: string }, call: Call): void => {
        const holder = findForChange(call, input);
        parsedDocument(input.PolicyDocument, 'identity');
        assertInlineSize(holder, lower, input.PolicyName, input.PolicyDocument);
        rememberPolicies(call.world, holder);
        holder.inline.set(input.PolicyName, input.PolicyDocument);
      },
    },
    get: {
      permissions: (input: Naming<Kind>, call: Call) => permit(call, `Get${kind}Policy`, input),
      run: (input: Naming<Kind> & Named, call: Call) => {
        const text = find(call, input).inline.get(input.PolicyName);
        if (text === undefined) throw absent(lower, input.PolicyName);
        return { ...input, PolicyDocument: encodeDocument(text) };
      },
    },
    list: {
      permissions: (input: Naming<Kind>, call: Call) => permit(call, `List${kind}Policies`, input),
      run: (input: Naming<Kind> & PageRequest, call: Call) => {
        const { items, ...page } = paginate(find(call, input).inline.keys(), input, (name) => name);
        return { PolicyNames: items, ...page };
      },
    },
    remove: {
      permissions: (input: Naming<Kind>, call: Call) => permit(call, `Delete${kind}Policy`, input),
      run: (input: Naming<Kind> & Named, call: Call): void => {
        const holder = findForChange(call, input);
        if (!holder.inline.has(input.PolicyName)) throw absent(lower, input.PolicyName);
        rememberPolicies(call.world, holder);
        holder.inline.delete(input.PolicyName);
      },
    },
  };
};

const roles = inlineOf(holdersOf('Role'));
const users = inlineOf(holdersOf('User'));
const groups = inlineOf(holdersOf('Group'));

export const inlinePolicyHandlers: Handlers<InlineOperations> = {
  PutRolePolicy: roles.put,
  GetRolePolicy: roles.get,
  ListRolePolicies: roles.list,
  DeleteRolePolicy: roles.remove,
  PutUserPolicy: users.put,
  GetUserPolicy: users.get,
  ListUserPolicies: users.list,
  DeleteUserPolicy: users.remove,
  PutGroupPolicy: groups.put,
  GetGroupPolicy: groups.get,
  ListGroupPolicies: groups.list,
  DeleteGroupPolicy: groups.remove,
};
