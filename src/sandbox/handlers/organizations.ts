/** AWS Organizations: which organization the caller's account is in, which every account of it may ask where its policies allow. */
import { AwsError } from '#sandbox/errors.ts';
import type { WireStructure } from '#sandbox/wire/service-model.ts';
import type { Handler } from './handler.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html */
const describeOrganization: Handler<WireStructure, WireStructure> = {
  permissions: () => [{ action: 'organizations:DescribeOrganization', resource: '*' }],
  run: (_input, { world: { organization }, account }) => {
    const member = organization?.get(account.id);
    if (organization === undefined || member === undefined)
      throw new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
    const { orgId } = member;
    const [management] = [...organization].find(([, { isManagement }]) => isManagement) ?? [];
    const arn = (kind: string, more: string): string =>
      `arn:${account.partition}:organizations::${management}:${kind}/${orgId}${more}`;
    return {
      Organization: {
        Id: orgId,
        FeatureSet: 'ALL',
        ...(management !== undefined && {
          Arn: arn('organization', ''),
          MasterAccountArn: arn('account', `/${management}`),
          MasterAccountId: management,
        }),
      },
    };
  },
};

export const organizationsHandlers = { DescribeOrganization: describeOrganization };
