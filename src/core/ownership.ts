/** What is ours: exactly what carries both tags. What is not ours is never changed. Pure. */
import { parseRoleArn } from '#domain/arn.ts';
import {
  accountOf,
  ID_TAG,
  MANAGED_TAG,
  type Desired,
  type DesiredAccount,
  type DesiredRole,
  type Tags,
} from '#domain/desired.ts';
import { problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import { issuerOf } from './federation-changes.ts';
import { roleIn, type Observed, type ObservedAccount } from './observe.ts';

/** `wanted` are the tags that it would have if we made it. */
export const isOurs = (found: Tags, wanted: Tags): boolean => found[MANAGED_TAG] === '1' && found[ID_TAG] === wanted[ID_TAG];

/** What nobody claims may be adopted; what another set-up of xacct made may not. */
export const isFree = (tags: Tags): boolean => tags[MANAGED_TAG] !== '1';

interface Found {
  /** `role xacct-terraform` */
  readonly what: string;
  readonly account: string;
  readonly tags: Tags;
  readonly hints: readonly Hint[];
}

const notOurs = ({ what, account, tags, hints }: Found): Diagnostic => {
  const owner =
    tags[MANAGED_TAG] === '1' ? `belongs to another set-up of xacct (${tags[ID_TAG] ?? 'unknown'})` : 'was not made by xacct';
  const adopt: Hint = { text: 'or take it over, as it is', command: 'xacct init --adopt' };
  const ways = isFree(tags) ? [...hints, adopt] : hints;
  return problem('NOT_OURS', `${what} exists in account ${account} and ${owner}: it is left as it is`, { hints: ways });
};

const otherName = (role: DesiredRole): Hint => ({
  text: 'choose another name',
  command: `xacct init --role-name ${role.name}-2`,
});

const roleConflicts = (account: string, wanted: DesiredRole, there: ObservedAccount, adopts: boolean): readonly Diagnostic[] => {
  const { state, policies } = roleIn(there, wanted.name);
  const hints = [otherName(wanted)];
  const found: Diagnostic[] = [];
  if (state && !isOurs(state.tags, wanted.tags) && !(adopts && isFree(state.tags)))
    found.push(notOurs({ what: `role ${state.name}`, account, tags: state.tags, hints }));
  else if (state && parseRoleArn(state.arn)?.path !== wanted.path)
    found.push(
      problem('NOT_OURS', `role ${state.name} exists at path ${state.path}: a role cannot move to ${wanted.path}`, {
        path: '--path',
        hints: [{ text: 'keep its path', command: `xacct init --path ${state.path}` }],
      }),
    );
  for (const { arn, name } of wanted.policies) {
    const policy = policies.get(arn);
    if (policy && !isOurs(policy.tags, wanted.tags) && !(adopts && isFree(policy.tags)))
      found.push(notOurs({ what: `policy ${name}`, account, tags: policy.tags, hints }));
  }
  return found;
};

/** An account has one provider for an issuer: one that has what is wanted is taken as it is, whoever made it. */
const besideConflicts = (wanted: DesiredAccount, there: ObservedAccount, adopts: boolean): readonly Diagnostic[] => {
  const { account } = wanted;
  const found: Diagnostic[] = [];
  for (const provider of wanted.providers) {
    const state = there.providers.get(provider.arn);
    if (state === undefined || isOurs(state.tags, provider.tags) || (adopts && isFree(state.tags))) continue;
    const missing = provider.clientIds.filter((id) => !state.clientIds.includes(id));
    if (missing.length === 0) continue;
    const command = `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${provider.arn} --client-id ${missing[0] ?? ''}`;
    const hints = [{ text: `whoever made it can add the audience ${missing.join(', ')}`, command }];
    found.push(notOurs({ what: `the OIDC provider ${issuerOf(provider)}`, account, tags: state.tags, hints }));
  }
  for (const profile of wanted.instanceProfiles) {
    const state = there.instanceProfiles.get(profile.name);
    if (
      state === undefined ||
      isOurs(state.tags, profile.tags) ||
      (adopts && isFree(state.tags)) ||
      state.roleName === profile.roleName
    )
      continue;
    const hints = [{ text: 'look at it', command: `aws iam get-instance-profile --instance-profile-name ${profile.name}` }];
    found.push(notOurs({ what: `instance profile ${profile.name}`, account, tags: state.tags, hints }));
  }
  return found;
};

/** Everything of a wanted name that somebody else made. */
export const accountConflicts = (wanted: DesiredAccount, there: ObservedAccount, adopts = false): readonly Diagnostic[] => [
  ...wanted.roles.flatMap((role) => roleConflicts(wanted.account, role, there, adopts)),
  ...besideConflicts(wanted, there, adopts),
];

export const conflicts = (desired: Desired, observed: Observed, adopts: boolean): readonly Diagnostic[] =>
  (['target', 'source'] as const).flatMap((side) => accountConflicts(accountOf(desired, side), observed[side], adopts));
