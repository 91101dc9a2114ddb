/** Turns a SpecRequest into a Spec by looking at the two accounts: who they are, what `self` and a session mean. Reads only. */
import { partitionById, partitionOfRegion } from '#domain/partition.ts';
import { parseArn } from '#domain/arn.ts';
import { foreignBoundary } from '#domain/boundary-checks.ts';
import { problem } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { accountOf, type Principal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { settlePrincipal, type Place, type SettlePorts } from './settle-principal.ts';
import { settleSource } from './settle-source.ts';

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

const mixed = (arn: string, partition: string): XacctError =>
  new XacctError(
    problem('MIXED_PARTITIONS', `${arn} is not in partition ${partition} of the target`, {
      path: '--trust',
      hints: [{ text: 'roles trust only principals of their own partition: run Terraform from an account of that partition' }],
    }),
  );

/** Each once, by its ARN where it has one. */
const distinct = (trust: readonly Principal[]): readonly Principal[] => [
  ...new Map(
    trust.map((principal) => [principal.kind === 'aws' ? principal.arn : JSON.stringify(principal), principal]),
  ).values(),
];

const expectPartition = (trust: readonly Principal[], partition: string): void => {
  const stranger = trust.find((principal) => principal.kind === 'aws' && parseArn(principal.arn)?.partition !== partition);
  if (stranger?.kind === 'aws') throw mixed(stranger.arn, partition);
};

/** Throws XacctError; writes nothing. `source` is the identity of the source where its credentials are at hand. */
export const settleSpec = async (
  request: SpecRequest,
  who: { readonly target: CallerIdentity; readonly source: CallerIdentity | undefined },
  ports: SettlePorts,
): Promise<Spec> => {
  const partition = parseArn(who.target.arn)?.partition ?? 'aws';
  const foreign = foreignBoundary(request.role.permissionsBoundary, { side: 'target', account: who.target.account, partition });
  if (foreign.length > 0) throw XacctError.of(foreign);
  const region = request.region ?? partitionById(partition)?.homeRegion ?? 'us-east-1';
  if (partitionOfRegion(region)?.id !== partition) throw mixed(`region ${region}`, partition);
  if (who.source && parseArn(who.source.arn)?.partition !== partition) throw mixed(who.source.arn, partition);
  const at: Place = {
    partition,
    sourceAccount: request.sourceAccount ?? who.source?.account,
    caller: who.source,
    instanceRole: request.source.instanceRole,
  };
  const settled = await Promise.all(request.role.trust.map((principal) => settlePrincipal(principal, at, ports)));
  const untrusted = await Promise.all((request.role.untrusted ?? []).map((principal) => settlePrincipal(principal, at, ports)));
  const trust = distinct(settled.map(({ principal }) => principal));
  expectPartition(trust, partition);
  const accounts = trust.map(accountOf).filter((account) => account !== undefined);
  // The way in is open: it is no part of what is wanted.
  const { viaRole: _, ...wanted } = request;
  const { untrusted: __, ...role } = request.role;
  const spec = {
    ...wanted,
    partition,
    region,
    sourceAccount: at.sourceAccount ?? accounts[0] ?? '',
    targetAccount: who.target.account,
    role: { ...role, trust, ...(untrusted.length > 0 && { untrusted: untrusted.map(({ principal }) => principal) }) },
  };
  const instances = settled.flatMap(({ instance }) => instance ?? []);
  return { ...spec, source: await settleSource(request.source, { ...spec, instances }, at, ports) };
};
