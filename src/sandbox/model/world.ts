/** All accounts of a sandbox and what they share: clock, randomness, faults. Look-ups across accounts live here. */
import { parseArn } from '#domain/arn.ts';
import type { Clock, Random } from '#domain/clock.ts';
import type { FaultBox } from '#sandbox/faults.ts';
import type { Issuer } from '#sandbox/oidc/issuer.ts';
import type { AccessKey, Account, ManagedPolicy, Role, User } from './account.ts';
import { findNamed } from './account.ts';
import type { Organization } from './organization.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';

export interface World {
  readonly accounts: Map<string, Account>;
  /** Living users and roles by unique id. */
  readonly principals: Map<string, User | Role>;
  readonly accessKeys: Map<string, { readonly account: Account; readonly user: User; readonly key: AccessKey }>;
  readonly clock: Clock;
  readonly random: Random;
  /** Epoch milliseconds by the wall clock, which is the one that a person's MFA device goes by. */
  wallNow(): number;
  readonly faults: FaultBox;
  /** The one organization that a seed may declare. */
  organization: Organization | undefined;
  /** Root users' keys. */
  readonly rootKeys: Map<string, { readonly account: Account; readonly secretAccessKey: string }>;
  /** Speaks for every issuer that is not on this machine. */
  readonly issuer: Issuer;
  /** Seals session tokens; a new one at each start and reset, so that older tokens are foreign. */
  readonly sealingKey: Buffer;
}

/** A user or role by its ARN, path included; in any account of the sandbox. */
export const principalByArn = (world: World, arn: string): User | Role | undefined => {
  const parsed = parseArn(arn);
  const account = world.accounts.get(parsed?.account ?? '');
  if (parsed === undefined || account === undefined) return undefined;
  const [kind] = parsed.resource.split('/');
  const name = parsed.resource.slice(parsed.resource.lastIndexOf('/') + 1);
  const found = kind === 'user' ? findNamed(account.users, name) : kind === 'role' ? findNamed(account.roles, name) : undefined;
  return found?.arn === arn ? found : undefined;
};

/** A living user or role by its unique id (AIDA…, AROA…). */
export const principalById = (world: World, id: string): User | Role | undefined => world.principals.get(id);

/** A managed policy that `account` can name: its own, or AWS's. */
export const findPolicy = (account: Account, arn: string): ManagedPolicy | undefined =>
  account.policies.get(arn) ?? awsManagedPolicy(account.partition, arn);
