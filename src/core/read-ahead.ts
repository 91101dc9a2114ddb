/**
 * Reads of the target begun before their turn: while its credentials are still being identified, and once for each thing. What is asked
 * depends on what is known: a role that is absent has no lists, and a policy needs an account for its name. Reads only.
 */
import { formatPolicyArn } from '#domain/arn.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import { settlePermissions } from '#domain/permissions.ts';
import { policyNameFor } from '#domain/policy-name.ts';
import type { Spec } from '#domain/spec.ts';
import type { AccountIam } from './ports/account-iam.ts';

/** What names the role and its policies, as far as it is known before anybody was asked. */
export interface Ahead {
  readonly targetAccount: string | undefined;
  readonly region: string | undefined;
  readonly role: Pick<Spec['role'], 'name' | 'path' | 'permissionsBoundary'>;
  readonly permissions: Spec['permissions'];
}

/** The same IAM, which is asked once for what a plan reads of a role. A plan's own: what is written later it does not see. */
const askedOnce = (iam: AccountIam): AccountIam => {
  const asked = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const known = asked.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = ask();
    asked.set(key, answer);
    return answer;
  };
  const reads: Partial<AccountIam> = {
    readRole: (name) => once(`role ${name}`, () => iam.readRole(name)),
    listAttachedPolicies: (name) => once(`attached ${name}`, () => iam.listAttachedPolicies(name)),
    listInline: (name) => once(`inline ${name}`, () => iam.listInline(name)),
    readPolicy: (arn, isExpected) => once(`policy ${arn}`, () => iam.readPolicy(arn, isExpected)),
  };
  return Object.assign(Object.create(iam) as AccountIam, reads);
};

/** Undefined where the account is not known yet, or the permissions make no policies there. */
const policyArnsOf = ({ targetAccount: account, region, role, permissions }: Ahead): readonly string[] => {
  const partition = partitionOfRegion(region ?? 'us-east-1')?.id;
  if (account === undefined || partition === undefined) return [];
  const { name: roleName, path } = role;
  const settled = settlePermissions(permissions, {
    partition,
    account,
    role: { path, name: roleName },
    boundary: role.permissionsBoundary,
  });
  if (!settled.ok) return [];
  return settled.value.policies.map(({ name }) =>
    formatPolicyArn({ partition, account, path, name: policyNameFor(roleName, name) }),
  );
};

/** The role and a policy are made together, and what hangs on a role is listed together. */
const CERTAIN_AT_ONCE = 2;

/**
 * Begins the reads; whoever asks for the same gets their answers. `isEstablished`: the role is there, by all that is known on this
 * side, and what hangs on it is read along; else it is read once the role turns out to be there.
 */
export const readAhead = (iam: AccountIam, ahead: Ahead, isEstablished: boolean): AccountIam => {
  iam.warmUp(CERTAIN_AT_ONCE);
  const reads = askedOnce(iam);
  const { name } = ahead.role;
  // Their failures are met by whoever waits for them.
  const begin = (answer: Promise<unknown>): void => void answer.catch(() => undefined);
  const list = (): void => {
    begin(reads.listAttachedPolicies(name));
    begin(reads.listInline(name));
  };
  const role = reads.readRole(name);
  for (const arn of policyArnsOf(ahead)) begin(reads.readPolicy(arn, isEstablished));
  if (isEstablished) list();
  begin(role.then((found) => (found === undefined ? undefined : list())));
  return reads;
};
