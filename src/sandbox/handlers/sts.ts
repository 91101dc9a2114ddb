/** STS: who am I, AssumeRole, GetSessionToken, GetFederationToken, whose key is this. The decision itself is the evaluator's; sessions are sealed, not stored. */
import { parseRoleArn } from '#domain/arn.ts';
import { assertMayAssume } from '#sandbox/authorise.ts';
import { assertThroughEndpoint } from '#sandbox/vpc-endpoint.ts';
import { accessDenied, AwsError, invalidToken, validationError } from '#sandbox/errors.ts';
import { arnOfPrincipal, sessionArn, userIdOf, type UserPrincipal } from '#sandbox/model/principal.ts';
import { accountOfKeyId } from '#sandbox/model/unique-id.ts';
import type { StsOperations } from '#sandbox/wire/generated/sts-types.ts';
import { findAssumableRole, toScenario } from './assume-role.ts';
import { issueRoleSession, issueUserSession } from './credentials.ts';
import { tagContext } from './context.ts';
import type { Call, Handlers } from './handler.ts';
import { assertRequest, mfaOf, newSession, packedSize, sessionOf } from './session-request.ts';

const DEFAULT_USER_SESSION_SECONDS = 12 * 3600;

export const stsHandlers: Handlers<Omit<StsOperations, 'AssumeRoleWithWebIdentity'>> = {
  // "No permissions are required to perform this operation", even under an explicit deny.
  GetCallerIdentity: {
    permissions: () => [],
    run: (_input, { principal, account }) => ({
      UserId: userIdOf(principal),
      Account: account.id,
      Arn: arnOfPrincipal(principal),
    }),
  },
  AssumeRole: {
    permissions: () => [],
    resource: ({ RoleArn }) => RoleArn,
    run: (input, call) => {
      if (parseRoleArn(input.RoleArn) === undefined) throw validationError(`${input.RoleArn} is invalid`);
      const { account, role } = findAssumableRole(call, input.RoleArn);
      assertRequest(input);
      const mfaAt = mfaOf(call, input);
      const scenario = toScenario(call, { account, role, mfaAt }, input);
      assertMayAssume(scenario);
      const { vpcEndpoint } = call.world.faults.settings();
      if (vpcEndpoint !== undefined) assertThroughEndpoint(scenario, vpcEndpoint);
      const session = newSession(call, account, input);
      const packed = packedSize(input);
      return {
        Credentials: issueRoleSession(call.world, account, role, session),
        AssumedRoleUser: {
          AssumedRoleId: `${role.id}:${session.sessionName}`,
          Arn: sessionArn(account, role, session.sessionName),
        },
        PackedPolicySize: packed,
        SourceIdentity: session.sourceIdentity,
      };
    },
  },
  // "No permissions are required for users to perform this operation"; sessions may not.
  GetSessionToken: {
    permissions: () => [],
    run: (input, call) => {
      const principal = longTermUser(call, 'GetSessionToken');
      const { DurationSeconds: seconds = DEFAULT_USER_SESSION_SECONDS } = input;
      return { Credentials: issueUserSession(call.world, principal, seconds, mfaOf(call, input)) };
    },
  },
  GetFederationToken: {
    // Session credentials are refused whatever they may do: https://github.com/hashicorp/vault/pull/4108.
    permissions: ({ Name, Tags }, call) => {
      longTermUser(call, 'GetFederationToken');
      return ['GetFederationToken', ...((Tags?.length ?? 0) > 0 ? ['TagSession'] : [])].map((action) => ({
        action: `sts:${action}`,
        resource: federatedArn(call, Name),
        context: tagContext(Tags),
      }));
    },
    run: (input, call) => {
      const { account, user } = longTermUser(call, 'GetFederationToken');
      assertRequest(input);
      const packed = packedSize(input);
      const session = sessionOf(
        call,
        account,
        { ...input, DurationSeconds: input.DurationSeconds ?? DEFAULT_USER_SESSION_SECONDS },
        input.Name,
      );
      return {
        Credentials: issueRoleSession(call.world, account, user, session),
        FederatedUser: { FederatedUserId: `${account.id}:${input.Name}`, Arn: federatedArn(call, input.Name) },
        PackedPolicySize: packed,
      };
    },
  },
  GetAccessKeyInfo: {
    permissions: () => [{ action: 'sts:GetAccessKeyInfo', resource: '*' }],
    // Keys of a seed may be of any form; the id of every other key holds its account.
    run: ({ AccessKeyId }, { world }) => {
      const known = world.accessKeys.get(AccessKeyId) ?? world.rootKeys.get(AccessKeyId);
      const account = known?.account.id ?? accountOfKeyId(AccessKeyId);
      if (account === undefined) throw invalidToken();
      return { Account: account };
    },
  },
  // Neither IAM nor STS encodes its refusals: there is no message that could be read.
  DecodeAuthorizationMessage: {
    permissions: () => [{ action: 'sts:DecodeAuthorizationMessage', resource: '*' }],
    run: () => {
      throw new AwsError('InvalidAuthorizationMessageException', 'Message is not valid');
    },
  },
};

const longTermUser = ({ principal }: Call, operation: string): UserPrincipal => {
  if (principal.kind === 'user' && !principal.isTemporary) return principal;
  throw accessDenied(`Cannot call ${operation} with session credentials`);
};

const federatedArn = ({ account }: Call, name: string): string =>
  `arn:${account.partition}:sts::${account.id}:federated-user/${name}`;
