/** A SpecRequest to a Spec without a look at any account: all that a look would tell must have been said. */
import { partitionById, partitionOfRegion } from '#domain/partition.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { formatRootArn } from '#domain/arn.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Reporter } from './ports/reporter.ts';
import { settleSpec } from './settle-spec.ts';

const unknown = (what: string, path: string, hint: string): XacctError =>
  new XacctError(problem('USAGE', `${what} is not known without a look at AWS`, { path, hints: [{ text: hint }] }));

/** Throws XacctError, among it for a trust in `self` and for an external id that init has yet to make. */
export const settleOffline = async (request: SpecRequest, reporter: Reporter): Promise<Spec> => {
  const account = request.targetAccount;
  if (account === undefined) throw unknown('the target account', '--target-account', 'name it: --target-account 222222222222');
  if (request.role.externalId.kind === 'generate')
    throw unknown(
      'the external ID',
      '--external-id',
      'let init make one and write it down (xacct init), or name it: --external-id VALUE or none',
    );
  const region = request.region ?? partitionById('aws')?.homeRegion ?? 'us-east-1';
  if (request.region === undefined)
    reporter.tell(
      warning('ASSUMED_VALUE', `no region was named: ${region} is taken`, [{ text: 'name it: --region eu-central-1' }]),
    );
  const partition = partitionOfRegion(region)?.id ?? 'aws';
  const target = { account, arn: formatRootArn(partition, account), userId: account };
  // Nothing is made here, so nobody need hear what will not be.
  const quiet: Reporter = {
    ...reporter,
    tell: (diagnostic) => {
      if (diagnostic.code !== 'NOT_GRANTED') reporter.tell(diagnostic);
    },
  };
  return settleSpec(
    { ...request, region },
    { target, source: undefined },
    { source: undefined, reporter: quiet, isOffline: true },
  );
};
