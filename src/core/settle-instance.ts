/** The role of EC2 instances in the source: found and taken as it is, or one that we make, with the profile that brings it to an instance. */
import { formatRoleArn, parseRoleArn, type RoleArn } from '#domain/arn.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { sharedTags, type InstanceWish } from '#domain/source-wish.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { isOurs } from './ownership.ts';
import type { AccountIam } from './ports/account-iam.ts';
import type { Reporter } from './ports/reporter.ts';

const EC2 = /^ec2\.amazonaws\.com(\.cn)?$/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html */
const letsInstancesIn = (trust: PolicyDocument): boolean =>
  statementsOf(trust).some(
    ({ Effect, Principal, Action }) =>
      Effect === 'Allow' &&
      typeof Principal === 'object' &&
      listOf(Principal['Service']).some((service) => EC2.test(service)) &&
      listOf(Action).some((action) => /^sts:(assumerole|\*)$/i.test(action)),
  );

const noInstanceRole = (name: string, account: string): XacctError =>
  new XacctError(
    problem(
      'NOT_OURS',
      `role ${name} of account ${account} does not let EC2 in, so no instance can have it: it is left as it is`,
      {
        path: '--trust',
        hints: [
          { text: 'let xacct make one of another name', command: `xacct init --trust ec2:${name}-ec2` },
          {
            text: 'or see who may enter it',
            command: `aws iam get-role --role-name ${name} --query Role.AssumeRolePolicyDocument`,
          },
        ],
      },
    ),
  );

/** Reads only. Throws NOT_OURS for a role that no instance can have. */
export const settleInstance = async (
  { partition, account, name }: Omit<RoleArn, 'path'>,
  iam: AccountIam,
): Promise<InstanceWish> => {
  const state = await iam.readRole(name);
  const fresh = { partition, account, path: '/', name };
  if (state === undefined) return { role: fresh, profileName: name, makesRole: true, makesProfile: true };
  const role = parseRoleArn(state.arn) ?? fresh;
  if (isOurs(state.tags, sharedTags(account, name))) return { role, profileName: name, makesRole: true, makesProfile: true };
  if (!letsInstancesIn(state.trustPolicy)) throw noInstanceRole(name, account);
  const [profile] = await iam.listInstanceProfiles(name);
  const { permissionsBoundary: boundary } = state;
  return {
    role,
    profileName: profile ?? name,
    makesRole: false,
    makesProfile: profile === undefined,
    ...(boundary !== undefined && { boundary }),
  };
};

/** Without a look at its account: by its name it is one that xacct makes, or it exists and stays as it is. */
export const instanceUnseen = ({ partition, account, name }: Omit<RoleArn, 'path'>, reporter: Reporter): InstanceWish => {
  const role = { partition, account, path: '/', name };
  const isMade = name.startsWith('xacct-');
  if (!isMade)
    reporter.tell(
      warning('ASSUMED_VALUE', `${formatRoleArn(role)} is taken for a role that exists, with an instance profile of its own`, [
        { text: 'a role whose name begins with xacct- is made where it is missing' },
      ]),
    );
  return { role, profileName: name, makesRole: isMade, makesProfile: isMade };
};
