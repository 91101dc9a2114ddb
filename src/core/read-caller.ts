/** A principal and every policy that binds it in its own account, as a Caller of the evaluator. Reads only; what is refused is unknown. */
import { parseRoleArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import { groupPolicyName } from '#domain/group-policy-name.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Caller, PolicySource } from '#policy/scenario.ts';
import type { PolicyOwner, PrincipalIam, PrincipalRecord, PrincipalState } from './ports/principal-iam.ts';
import type { Attempt } from './unread.ts';

const UNKNOWN = 'unknown';

interface Reading {
  readonly iam: PrincipalIam;
  readonly attempt: Attempt;
}

const CAPITAL = { user: 'User', role: 'Role', group: 'Group' } as const;

const readManaged = async (arn: string, { iam, attempt }: Reading): Promise<PolicySource> => {
  const document = await attempt(`policy ${arn}`, 'iam:GetPolicyVersion', () => iam.readManaged(arn));
  return document === UNKNOWN || document === undefined ? UNKNOWN : { name: arn, document };
};

const readOwned = async (owner: PolicyOwner, reading: Reading): Promise<readonly PolicySource[]> => {
  const { iam, attempt } = reading;
  const word = CAPITAL[owner.kind];
  const whose = `${owner.kind} ${owner.name}`;
  const nameOf = (policy: string): string => (owner.kind === 'group' ? groupPolicyName(owner.name, policy) : policy);
  const [inlineNames, attached] = await Promise.all([
    attempt(`the inline policies of ${whose}`, `iam:List${word}Policies`, () => iam.listInlineNames(owner)),
    attempt(`the attached policies of ${whose}`, `iam:ListAttached${word}Policies`, () => iam.listAttached(owner)),
  ]);
  const inline =
    inlineNames === UNKNOWN
      ? [UNKNOWN]
      : await Promise.all(
          inlineNames.map(async (name): Promise<PolicySource> => {
            const document = await attempt(`policy ${name} of ${whose}`, `iam:Get${word}Policy`, () =>
              iam.readInline(owner, name),
            );
            return document === UNKNOWN || document === undefined ? UNKNOWN : { name: nameOf(name), document };
          }),
        );
  const managed = attached === UNKNOWN ? [UNKNOWN] : await Promise.all(attached.map((arn) => readManaged(arn, reading)));
  return [...inline, ...managed];
};

const readGroups = async (userName: string, reading: Reading): Promise<readonly PolicySource[]> => {
  const { iam, attempt } = reading;
  const groups = await attempt(`the groups of user ${userName}`, 'iam:ListGroupsForUser', () => iam.listGroups(userName));
  if (groups === UNKNOWN) return [UNKNOWN];
  return (await Promise.all(groups.map((name) => readOwned({ kind: 'group', name }, reading)))).flat();
};

const stateOf = (state: PrincipalState): Partial<Caller> => ({
  uniqueId: state.uniqueId,
  ...(Object.keys(state.tags).length > 0 && { tags: state.tags }),
});

/** Of a user or role by name. */
const readNamed = async (kind: 'user' | 'role', name: string, reading: Reading) => {
  const { iam, attempt } = reading;
  const what = `${kind} ${name}: its ${kind === 'role' ? 'path, ' : ''}tags and permissions boundary`;
  const [state, own, ofGroups] = await Promise.all([
    attempt(what, `iam:Get${CAPITAL[kind]}`, () => iam.readPrincipal(kind, name)),
    readOwned({ kind, name }, reading),
    kind === 'user' ? readGroups(name, reading) : [],
  ]);
  if (state === undefined) return undefined;
  const boundaryArn = state === UNKNOWN ? undefined : state.boundaryArn;
  const boundary = boundaryArn === undefined ? undefined : await readManaged(boundaryArn, reading);
  return {
    state: state === UNKNOWN ? undefined : state,
    policies: [...own, ...ofGroups],
    boundary: state === UNKNOWN ? UNKNOWN : boundary,
  };
};

const LIST_ROLES = 'aws iam list-roles --query "Roles[].Arn"';
const LIST_USERS = 'aws iam list-users --query "Users[].Arn"';

const absent = (arn: string): XacctError =>
  new XacctError(
    problem('INVALID_VALUE', `there is no such principal as ${arn}`, {
      path: '--as',
      hints: [{ text: 'see who there is', command: parseUserArn(arn) === undefined ? LIST_ROLES : LIST_USERS }],
    }),
  );

/** Fills in what IAM knows of a caller that an ARN names; a caller of another kind comes back as it is. */
export const readCaller = async (caller: Caller, iam: PrincipalIam, attempt: Attempt): Promise<Caller> => {
  const { kind, arn } = caller;
  const name = parseUserArn(arn)?.name ?? parseRoleArn(arn)?.name ?? parseSessionArn(arn)?.roleName;
  if (name === undefined || (kind !== 'user' && kind !== 'role' && kind !== 'assumed-role')) return caller;
  const found = await readNamed(kind === 'user' ? 'user' : 'role', name, { iam, attempt });
  // A role or user of that name at another path is somebody else.
  if (found === undefined || (kind !== 'assumed-role' && found.state !== undefined && found.state.arn !== arn)) throw absent(arn);
  const { state, policies, boundary } = found;
  return {
    ...caller,
    ...(state && stateOf(state)),
    ...(state && kind === 'assumed-role' && { roleArn: state.arn }),
    identityPolicies: policies,
    ...(boundary !== undefined && { boundary }),
  };
};

/** A record of the whole account as a Caller. */
export const callerOfRecord = ({ state, policies, boundary }: PrincipalRecord): Caller => ({
  arn: state.arn,
  kind: state.kind,
  ...stateOf(state),
  identityPolicies: policies.map((policy) => policy ?? UNKNOWN),
  ...(boundary !== undefined && { boundary: boundary ?? UNKNOWN }),
});
