/** STS: who am I, AssumeRole, GetSessionToken, whose key is this. The decision itself is the evaluator's; sessions are sealed, not stored. */
import { parseRoleArn } from '#domain/arn.ts';
import { assertMayAssume } from '#sandbox/authorise.ts';
import { accessDenied, invalidToken, validationError } from '#sandbox/errors.ts';
import { arnOfPrincipal, sessionArn, userIdOf } from '#sandbox/model/principal.ts';
import type { StsOperations } from '#sandbox/wire/generated/sts-types.ts';
import { findAssumableRole, toScenario } from './assume-role.ts';
import { issueRoleSession, issueUserSession } from './credentials.ts';
import type { Handlers } from './handler.ts';
import { assertRequest, newSession, noSuchDevice, packedSize } from './session-request.ts';

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
      assertMayAssume(toScenario(call, account, role, input));
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
    run: ({ DurationSeconds = DEFAULT_USER_SESSION_SECONDS, SerialNumber, TokenCode }, { principal, world }) => {
      if (principal.kind !== 'user' || principal.isTemporary)
        throw accessDenied('Cannot call GetSessionToken with session credentials');
      if (SerialNumber !== undefined || TokenCode !== undefined) throw noSuchDevice();
      return { Credentials: issueUserSession(world, principal, DurationSeconds) };
    },
  },
  GetAccessKeyInfo: {
    permissions: () => [{ action: 'sts:GetAccessKeyInfo', resource: '*' }],
    run: ({ AccessKeyId }, { world }) => {
      const found = world.accessKeys.get(AccessKeyId);
      const root = world.rootKeys.get(AccessKeyId);
      if (found === undefined && root === undefined) throw invalidToken();
      return { Account: (found ?? root)?.account.id };
    },
  },
};
