/** Which STS is asked, as the SDK's own rules have it. Asks nobody. */
import type { STSClient } from '@aws-sdk/client-sts';
import type { StsEndpoint } from '#domain/verify-report.ts';

/** https://docs.aws.amazon.com/general/latest/gr/sts.html: the endpoint of all regions, which has no region in its name. */
const GLOBAL_HOST = 'sts.amazonaws.com';

/** `custom`: the URL that somebody named. */
export const describeEndpoint = async (client: STSClient, custom: string | undefined): Promise<StsEndpoint> => {
  const region = await client.config.region();
  if (custom !== undefined) return { region, url: custom, kind: 'custom' };
  const UseFIPS = await client.config.useFipsEndpoint();
  const UseDualStack = await client.config.useDualstackEndpoint();
  const { url } = client.config.endpointProvider({ Region: region, UseFIPS, UseDualStack, UseGlobalEndpoint: false });
  const kind = UseFIPS ? 'fips' : url.host === GLOBAL_HOST ? 'global' : 'regional';
  return { region, url: url.origin, kind };
};
