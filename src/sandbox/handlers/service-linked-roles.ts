/** Service-linked roles: made for a service that names itself, changed by nobody, deleted by a task that is done at once. */
import { AwsError, invalidInput, noSuchEntity } from '#sandbox/errors.ts';
import { isNameTaken } from '#sandbox/model/account.ts';
import { addRole, arnOf, removePrincipal } from '#sandbox/model/entities.ts';
import { bindTrust } from '#sandbox/model/trust.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findRole, onNamed } from './find.ts';
import type { Handlers } from './handler.ts';
import { roleView } from './views.ts';

type ServiceLinkedOperations = Pick<
  IamOperations,
  'CreateServiceLinkedRole' | 'DeleteServiceLinkedRole' | 'GetServiceLinkedRoleDeletionStatus'
>;

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

// The names of AWS's are not a rule; these are those of services that people meet with Terraform. Others are spelled from the service.
const KNOWN_NAMES: Readonly<Record<string, string>> = {
  'autoscaling.amazonaws.com': 'AutoScaling',
  'ecs.amazonaws.com': 'ECS',
  'eks.amazonaws.com': 'AmazonEKS',
  'elasticache.amazonaws.com': 'ElastiCache',
  'elasticloadbalancing.amazonaws.com': 'ElasticLoadBalancing',
  'es.amazonaws.com': 'AmazonElasticsearchService',
  'opensearchservice.amazonaws.com': 'AmazonOpenSearchService',
  'rds.amazonaws.com': 'RDS',
  'spot.amazonaws.com': 'EC2Spot',
};

const nameOf = (service: string, suffix: string | undefined): string => {
  const first = service.split('.')[0] ?? '';
  const words = KNOWN_NAMES[service] ?? first.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return `AWSServiceRoleFor${words}${suffix === undefined ? '' : `_${suffix}`}`;
};

export const serviceLinkedRoleHandlers: Handlers<ServiceLinkedOperations> = {
  CreateServiceLinkedRole: {
    permissions: ({ AWSServiceName: service, CustomSuffix }, { account }) => [
      {
        action: 'iam:CreateServiceLinkedRole',
        resource: arnOf(account, 'role', nameOf(service, CustomSuffix), `/aws-service-role/${service}/`),
        context: { 'iam:AWSServiceName': service },
      },
    ],
    run: ({ AWSServiceName: service, CustomSuffix, Description: description }, call) => {
      const { world, account } = call;
      if (!SERVICE.test(service)) throw invalidInput(`Service role name ${service} is not valid.`);
      const name = nameOf(service, CustomSuffix);
      if (isNameTaken(account.roles, name))
        throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`);
      const trust = bindTrust(
        world,
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
        }),
      );
      const role = addRole(world, account, { name, path: `/aws-service-role/${service}/`, trust, description });
      return { Role: roleView(call, role) };
    },
  },
  DeleteServiceLinkedRole: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'DeleteServiceLinkedRole', 'role', RoleName)],
    run: ({ RoleName }, call) => {
      const role = findRole(call, RoleName);
      if (!role.path.startsWith('/aws-service-role/'))
        throw new AwsError('NoSuchEntity', `The role with name ${RoleName} is not a service-linked role.`);
      removePrincipal(call.world, call.account, role);
      const id = `task${role.path}${role.name}/${call.world.random.hex(16)}`;
      call.account.deletions.add(id);
      return { DeletionTaskId: id };
    },
  },
  GetServiceLinkedRoleDeletionStatus: {
    permissions: ({ DeletionTaskId }, { account }) => [
      {
        action: 'iam:GetServiceLinkedRoleDeletionStatus',
        resource: arnOf(
          account,
          'role',
          DeletionTaskId.split('/').at(-2) ?? '',
          `/${DeletionTaskId.split('/').slice(1, -2).join('/')}/`,
        ),
      },
    ],
    run: ({ DeletionTaskId }, { account }) => {
      if (!account.deletions.has(DeletionTaskId)) throw noSuchEntity(`Deletion task ${DeletionTaskId} cannot be found.`);
      return { Status: 'SUCCEEDED' };
    },
  },
};
