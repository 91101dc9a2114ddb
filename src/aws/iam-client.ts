/** The client of IAM. */
import { IAMClient } from '@aws-sdk/client-iam';
import { partitionOfRegion } from '#domain/partition.ts';
import { ATTEMPT, settingsOf, watchAttempts, type ClientOptions, type KeysProvider } from './clients.ts';
import { wireCodeOf } from './wire-error.ts';

/** AWS asks to try these again; its SDK does not. */
const TRANSIENT = new Set(['ConcurrentModification', 'EntityTemporarilyUnmodifiable']);

/**
 * IAM has one endpoint in a partition, signed for the partition's home region whatever region the side has.
 * https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 */
export const openIam = (options: ClientOptions, credentials: KeysProvider): IAMClient => {
  const region = partitionOfRegion(options.region)?.homeRegion ?? options.region;
  const client = new IAMClient({ ...settingsOf('iam', options, credentials), region });
  client.middlewareStack.add(watchAttempts, ATTEMPT);
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const code = wireCodeOf(error);
        if (code !== undefined && TRANSIENT.has(code)) Object.assign(error as object, { $retryable: {} });
        // The SDK takes the class name LimitExceededException for throttling; in IAM it is a quota, which waiting does not lift.
        if (code === 'LimitExceeded') Object.assign(error as object, { name: code });
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'xacctRetryable' },
  );
  return client;
};
