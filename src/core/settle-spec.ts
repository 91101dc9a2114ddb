/** Turns a SpecRequest into a Spec by looking at the two accounts: who they are, what `self` and a session mean. Reads only. */
import { partitionById, partitionOfRegion } from '#domain/partition.ts';
import { parseArn, parseRoleArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import {
  assumePathless,
  isSsoRole,
  settlePrincipal,
  ssoNeedsName,
  type Principal,
  type PrincipalRequest,
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

/** A session ARN has no path, the role's ARN may: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const roleOfSession = async (
  session: SessionRequest,
  caller: CallerIdentity | undefined,
  ports: SettlePorts,
): Promise<Principal> => {
  const { source, reporter } = ports;
  if (source !== undefined && caller?.account === session.account) {
    try {
      const role = await source.iam.readRole(session.roleName);
      if (role) return { arn: role.arn, account: session.account };
    } catch (error) {
      if (!isXacctError(error) || error.code !== 'AWS_REFUSED') throw error;
    }
  }
  const guess = assumePathless(session);
  reporter.tell(
    warning(
      'ASSUMED_VALUE',
      `the path of role ${session.roleName} could not be read in account ${session.account}: ${guess.arn} is taken`,
      [
        {
          text: 'if it has a path, name it',
          command: `xacct init --trust arn:aws:iam::${session.account}:role/PATH/${session.roleName}`,
        },
      ],
    ),
  );
  return guess;
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
    if (isSsoRole(session.roleName)) throw new XacctError(ssoNeedsName(caller.arn));
    return roleOfSession({ kind: 'session', ...session }, caller, ports);
  }
  if (parseUserArn(caller.arn) ?? parseRoleArn(caller.arn)) return { arn: caller.arn, account: caller.account };
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

/** Throws XacctError; writes nothing. `caller` is the source's identity where its credentials are at hand. */
export const settleSpec = async (
  request: SpecRequest,
  who: { readonly target: CallerIdentity; readonly source: CallerIdentity | undefined },
  ports: SettlePorts,
): Promise<Spec> => {
  const partition = parseArn(who.target.arn)?.partition ?? 'aws';
  const region = request.region ?? partitionById(partition)?.homeRegion ?? 'us-east-1';
  if (partitionOfRegion(region)?.id !== partition) throw mixed(`region ${region}`, partition);
  const trust = await Promise.all(
    request.role.trust.map(async (principal) => {
      if (principal.kind === 'self') return principalOfSelf(who.source, ports);
      return principal.kind === 'session' ? roleOfSession(principal, who.source, ports) : settlePrincipal(principal, partition);
    }),
  );
  const stranger = trust.find(({ arn }) => parseArn(arn)?.partition !== partition);
  if (stranger) throw mixed(stranger.arn, partition);
  const distinct = [...new Map(trust.map((principal) => [principal.arn, principal])).values()];
  return {
    ...request,
    partition,
    region,
    sourceAccount: request.sourceAccount ?? who.source?.account ?? distinct[0]?.account ?? '',
    targetAccount: who.target.account,
    role: { ...request.role, trust: distinct },
  };
};
