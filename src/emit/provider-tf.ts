/** provider.tf from an Access: pure text, the same bytes for the same input. */
import { sentExternalId, type Access } from '#domain/access.ts';
import { formatDuration } from '#domain/duration.ts';
import providerTemplate from '#templates/provider.tf.eta';
import { alignHcl, hcl } from './hcl.ts';

/** Chained assume_role blocks exist since 5.67.0; 7 is not known yet. */
const PROVIDER_VERSION = '>= 5.67.0, < 7.0.0';

export const emitProviderTf = (access: Access): string =>
  alignHcl(
    providerTemplate(
      {
        providerVersion: PROVIDER_VERSION,
        region: access.region,
        allowedAccountIds: [access.role.account],
        roleArn: access.roleArn,
        externalId: sentExternalId(access),
        sessionName: access.sessionName,
        duration: formatDuration(access.sessionSeconds),
      },
      hcl,
    ),
  );
