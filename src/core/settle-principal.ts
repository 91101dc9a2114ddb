/** Who one principal of a request is: `self`, a session, `ec2` and a permission set by a look at the source account. Reads only. */
import { formatRoleArn, parseRoleArn, parseSessionArn, parseUserArn, type RoleArn } from '#domain/arn.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import { ssoNeedsName, type PrincipalRequest } from '#domain/principal-request.ts';
import { isSsoRole, permissionSetOf, settleAccount, settleArn, settleRole, type Principal } from '#domain/principal.ts';
import type { InstanceWish } from '#domain/source-wish.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { Reporter } from './ports/reporter.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { instanceUnseen, settleInstance } from './settle-instance.ts';

export interface SettlePorts {
  /** The source's side; absent when nobody gave its credentials. */
  readonly source: Pick<AwsSide, 'iam'> | undefined;
  readonly reporter: Reporter;
  /** Nobody looks and nothing is made: what the source should hold is said all the same. */
  readonly isOffline?: true;
}

type SessionRequest = Extract<PrincipalRequest, { kind: 'session' }>;

/** The role of that name in the source account; undefined where it cannot be looked at. Throws what is no answer of AWS. */
const readSourceRole = async (
  account: string,
  name: string,
  caller: CallerIdentity | undefined,
  { source }: SettlePorts,
): Promise<string | undefined> => {
  if (source === undefined || caller?.account !== account) return undefined;
  try {
    return (await source.iam.readRole(name))?.arn;
  } catch (error) {
    if (!isXacctError(error) || error.code !== 'AWS_REFUSED') throw error;
    return undefined;
  }
};

/** A session ARN has no path, the role's ARN may: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const roleOfSession = async (
  { account, partition, roleName }: SessionRequest,
  caller: CallerIdentity | undefined,
  ports: SettlePorts,
): Promise<Principal> => {
  const permissionSet = permissionSetOf(roleName);
  if (permissionSet !== undefined) return { kind: 'sso', account, permissionSet };
  const found = await readSourceRole(account, roleName, caller, ports);
  if (found !== undefined) return settleArn(found, account);
  // Right for every role at `/`; IAM refuses a role that does not exist.
  const role = { partition, account, path: '/', name: roleName };
  ports.reporter.tell(
    warning(
      'ASSUMED_VALUE',
      `the path of role ${roleName} could not be read in account ${account}: ${formatRoleArn(role)} is taken`,
      [{ text: 'if it has a path, name it', command: `xacct init --trust arn:aws:iam::${account}:role/PATH/${roleName}` }],
    ),
  );
  return settleRole(role);
};

const selfNeedsSource = (): XacctError =>
  new XacctError(
    problem('USAGE', 'who will assume the role? The source was not named', {
      path: '--trust',
      hints: [
        {
          text: 'name the role or user that will run Terraform',
          command: 'xacct init --trust arn:aws:iam::111111111111:role/ci',
        },
        { text: 'or the credentials that will', command: 'xacct init --source-profile NAME' },
      ],
    }),
  );

const principalOfSelf = async (caller: CallerIdentity | undefined, ports: SettlePorts): Promise<Principal> => {
  if (caller === undefined) throw selfNeedsSource();
  const session = parseSessionArn(caller.arn);
  if (session) {
    if (isSsoRole(session.roleName)) throw new XacctError(ssoNeedsName(caller.arn, permissionSetOf(session.roleName)));
    return roleOfSession({ kind: 'session', ...session }, caller, ports);
  }
  if (parseUserArn(caller.arn) ?? parseRoleArn(caller.arn)) return settleArn(caller.arn, caller.account);
  throw new XacctError(
    problem('INVALID_VALUE', `self is ${caller.arn}, which cannot assume roles`, {
      path: '--trust',
      hints: [{ text: 'use an IAM user or a role', command: 'xacct init --trust arn:aws:iam::111111111111:role/ci' }],
    }),
  );
};

export interface Place {
  readonly partition: string;
  readonly sourceAccount: string | undefined;
  /** The source's identity, where its credentials are at hand. */
  readonly caller: CallerIdentity | undefined;
  /** The role of instances, where `ec2` names none. */
  readonly instanceRole: string;
}

export const needsSourceAccount = (form: string): XacctError =>
  new XacctError(
    problem('USAGE', `${form} is of the source account, and that was not named`, {
      path: '--trust',
      hints: [{ text: 'name it: --source-account ID, or credentials of it: --source-profile NAME' }],
    }),
  );

/** The source's IAM, where its credentials are at hand. */
const iamOf = (account: string, { caller }: Place, { source }: SettlePorts): AwsSide['iam'] | undefined =>
  caller?.account === account ? source?.iam : undefined;

export interface Settled {
  readonly principal: Principal;
  readonly instance?: InstanceWish;
}

/** Right for a role at `/`; IAM refuses a role that does not exist. */
const assumedInstance = ({ partition, account, name }: Omit<RoleArn, 'path'>, { reporter }: SettlePorts): string => {
  const arn = formatRoleArn({ partition, account, path: '/', name });
  reporter.tell(
    warning('ASSUMED_VALUE', `without credentials of the source, ${arn} is taken for the role of its instances`, [
      { text: 'let xacct find or make it: --source-profile NAME' },
      { text: 'or name it by its ARN', command: `xacct init --trust arn:${partition}:iam::${account}:role/NAME` },
    ]),
  );
  return arn;
};

const settleEc2 = async (roleName: string | undefined, place: Place, ports: SettlePorts): Promise<Settled> => {
  const { partition, sourceAccount: account, instanceRole } = place;
  const name = roleName ?? instanceRole;
  const said = `ec2:${name}`;
  if (account === undefined) throw needsSourceAccount(said);
  const iam = iamOf(account, place, ports);
  const role = { partition, account, name };
  if (iam === undefined && ports.isOffline) {
    const instance = instanceUnseen(role, ports.reporter);
    return { principal: { kind: 'aws', arn: formatRoleArn(instance.role), account, said }, instance };
  }
  if (iam === undefined) return { principal: { kind: 'aws', arn: assumedInstance(role, ports), account, said } };
  const instance = await settleInstance(role, iam);
  return { principal: { kind: 'aws', arn: formatRoleArn(instance.role), account, said }, instance };
};

/** A set that nobody was assigned in the account has no role there: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html */
const warnOfAbsence = async (account: string, permissionSet: string, place: Place, ports: SettlePorts): Promise<void> => {
  const iam = iamOf(account, place, ports);
  const roles = await iam?.listRoleTrusts().catch((error: unknown) => {
    if (isXacctError(error) && error.code === 'AWS_REFUSED') return undefined;
    throw error;
  });
  const sets = roles?.flatMap(({ name }) => permissionSetOf(name) ?? []);
  if (sets === undefined || sets.includes(permissionSet)) return;
  ports.reporter.tell(
    warning('ASSUMED_VALUE', `account ${account} has no role of a permission set ${permissionSet}: nobody can enter by it yet`, [
      { text: sets.length === 0 ? 'it has no role of any' : `it has those of: ${[...new Set(sets)].toSorted().join(', ')}` },
    ]),
  );
};

const settleSso = async (
  { permissionSet, account: named }: Extract<PrincipalRequest, { kind: 'sso' }>,
  place: Place,
  ports: SettlePorts,
): Promise<Principal> => {
  const account = named ?? place.sourceAccount;
  if (account === undefined) throw needsSourceAccount(`sso:${permissionSet}`);
  await warnOfAbsence(account, permissionSet, place, ports);
  return { kind: 'sso', account, permissionSet };
};

export const settlePrincipal = async (request: PrincipalRequest, place: Place, ports: SettlePorts): Promise<Settled> => {
  switch (request.kind) {
    case 'self':
      return { principal: await principalOfSelf(place.caller, ports) };
    case 'session':
      return { principal: await roleOfSession(request, place.caller, ports) };
    case 'account':
      return { principal: settleAccount(place.partition, request.account) };
    case 'arn':
      return { principal: settleArn(request.arn, request.account) };
    case 'sso':
      return { principal: await settleSso(request, place, ports) };
    case 'ec2':
      return settleEc2(request.roleName, place, ports);
    case 'oidc':
      return { principal: request };
  }
};
