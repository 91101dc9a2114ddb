/**
 * S3 tells everybody who asks by HEAD in which region a bucket is, with a refusal too. SDKs and Terraform build on that:
 * https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/feature/s3/manager#GetBucketRegion ("The request will not be signed").
 */
import type { SignedRequest } from '#sandbox/signature/sigv4.ts';
import type { UpstreamAnswer } from './refusal.ts';
import { placeOf } from './s3-actions.ts';

const REGION = 'x-amz-bucket-region';

export const isForBucketItself = (service: string, request: SignedRequest): boolean =>
  service === 's3' && request.method === 'HEAD' && !request.path.startsWith('/v20180820/') && placeOf(request).key === '';

/** The refusal with the region that the other emulator knows; `ask` asks it the same. */
export const withRegion = async (refusal: UpstreamAnswer, ask: () => Promise<UpstreamAnswer>): Promise<UpstreamAnswer> => {
  const region = await ask().then(
    ({ headers }) => headers[REGION],
    () => undefined,
  );
  return region === undefined ? refusal : { ...refusal, headers: { ...refusal.headers, [REGION]: region } };
};
