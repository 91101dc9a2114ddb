/** Turns a SpecRequest into a Spec by looking at the two accounts: who they are, what `self` and a session mean. Reads only. */
import { partitionById, partitionOfRegion } from '#domain/partition.ts';
import { formatRoleArn, parseArn, parseRoleArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { ssoNeedsName, type PrincipalRequest } from '#domain/principal-request.ts';
import {
  accountOf,
  isSsoRole,
  permissionSetOf,
  settleAccount,
  settleArn,
  settleRole,
  type Principal,
} from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { Reporter } from './ports/reporter.ts';
import type { CallerIdentity } from './ports/sessions.ts';

export interface SettlePorts {
  /** The source's side; absent when nobody gave its credentials. */
  readonly source: Pick<AwsSide, 'iam'> | undefined;
  readonly reporter: Reporter;
}

type SessionRequest = Extract<PrincipalRequest, { kind: 'session' }>;

/** Who the credentials are, or the reason why they are not usable for this account. */
export const expectAccount = (
  who: CallerIdentity,
  account: string | undefined,
  side: 'source' | 'target',
  place: string,
): void => {
  if (account === undefined || who.account === account) return;
  throw new XacctError(
    problem('WRONG_ACCOUNT', `the ${side} should be account ${account}, and these credentials are ${who.arn}`, {
      path: place,
      hints: [{ text: `name credentials of ${account}: --${side}-profile NAME` }],
    }),
  );
};

/** The proof at the end would refuse them too, but then everything has been made. */
export const expectTwoAccounts = (source: CallerIdentity, target: CallerIdentity): void => {
  if (source.account !== target.account) return;
  throw new XacctError(
    problem('TARGET_AS_SOURCE', `the source credentials ${source.arn} are of the target account ${target.account}`, {
      path: '--source-profile',
      hints: [{ text: 'name credentials of the account that will run Terraform', command: 'xacct init --source-profile NAME' }],
    }),
  );
};

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

const mixed = (arn: string, partition: string): XacctError =>
  new XacctError(
    problem('MIXED_PARTITIONS', `${arn} is not in partition ${partition} of the target`, {
      path: '--trust',
      hints: [{ text: 'roles trust only principals of their own partition: run Terraform from an account of that partition' }],
    }),
  );

interface Place {
  readonly partition: string;
  readonly sourceAccount: string | undefined;
  readonly caller: CallerIdentity | undefined;
}

const needsSourceAccount = (form: string): XacctError =>
  new XacctError(
    problem('USAGE', `${form} is of the source account, and that was not named`, {
      path: '--trust',
      hints: [{ text: 'name it: --source-account ID, or credentials of it: --source-profile NAME' }],
    }),
  );

const EC2_ROLE_HINTS = [
  { text: 'name the role of the instances by its ARN', command: 'xacct init --trust arn:aws:iam::111111111111:role/NAME' },
];

/** The role of instances, which must be there: its ARN is what the target trusts. */
const principalOfEc2 = async (
  roleName: string | undefined,
  { sourceAccount, caller }: Place,
  ports: SettlePorts,
): Promise<Principal> => {
  if (roleName === undefined)
    throw new XacctError(
      problem('USAGE', 'which role do the instances have? It was not named', {
        path: '--trust',
        hints: [{ text: 'name it: --trust ec2:ROLE' }, ...EC2_ROLE_HINTS],
      }),
    );
  if (sourceAccount === undefined) throw needsSourceAccount(`ec2:${roleName}`);
  const found = await readSourceRole(sourceAccount, roleName, caller, ports);
  if (found !== undefined) return { kind: 'aws', arn: found, account: sourceAccount, said: `ec2:${roleName}` };
  throw new XacctError(
    problem('USAGE', `the role ${roleName} could not be read in the source account ${sourceAccount}`, {
      path: '--trust',
      hints: [{ text: 'give credentials that may read it: --source-profile NAME' }, ...EC2_ROLE_HINTS],
    }),
  );
};

const settlePrincipal = async (request: PrincipalRequest, place: Place, ports: SettlePorts): Promise<Principal> => {
  switch (request.kind) {
    case 'self':
      return principalOfSelf(place.caller, ports);
    case 'session':
      return roleOfSession(request, place.caller, ports);
    case 'account':
      return settleAccount(place.partition, request.account);
    case 'arn':
      return settleArn(request.arn, request.account);
    case 'sso': {
      const account = request.account ?? place.sourceAccount;
      if (account === undefined) throw needsSourceAccount(`sso:${request.permissionSet}`);
      return { kind: 'sso', account, permissionSet: request.permissionSet };
    }
    case 'ec2':
      return principalOfEc2(request.roleName, place, ports);
    case 'oidc':
      return request;
  }
};

/** Throws XacctError; writes nothing. `caller` is the source's identity where its credentials are at hand. */
export const settleSpec = async (
  request: SpecRequest,
  who: { readonly target: CallerIdentity; readonly source: CallerIdentity | undefined },
  ports: SettlePorts,
): Promise<Spec> => {
  const partition = parseArn(who.target.arn)?.partition ?? 'aws';
  const region = request.region ?? partitionById(partition)?.homeRegion ?? 'us-east-1';
  if (partitionOfRegion(region)?.id !== partition) throw mixed(`region ${region}`, partition);
  const at: Place = { partition, sourceAccount: request.sourceAccount ?? who.source?.account, caller: who.source };
  const trust = await Promise.all(request.role.trust.map((principal) => settlePrincipal(principal, at, ports)));
  const stranger = trust.find((principal) => principal.kind === 'aws' && parseArn(principal.arn)?.partition !== partition);
  if (stranger?.kind === 'aws') throw mixed(stranger.arn, partition);
  const distinct = [
    ...new Map(
      trust.map((principal) => [principal.kind === 'aws' ? principal.arn : JSON.stringify(principal), principal]),
    ).values(),
  ];
  const accounts = distinct.map(accountOf).filter((account) => account !== undefined);
  return {
    ...request,
    partition,
    region,
    sourceAccount: at.sourceAccount ?? accounts[0] ?? '',
    targetAccount: who.target.account,
    role: { ...request.role, trust: distinct },
  };
};
