/** The little of AWS Organizations that the sandbox serves, in the form of the generated models; its protocol is JSON 1.1, not Query. */
import type { ServiceModel } from './service-model.ts';

export const ORGANIZATIONS_MODEL: ServiceModel = {
  service: 'organizations',
  version: '2016-11-28',
  xmlNamespace: '',
  targetPrefix: 'AWSOrganizationsV20161128',
  operations: { DescribeOrganization: {} },
  errors: { AWSOrganizationsNotInUseException: 400 },
  shapes: {},
};
