/** AssumeRoleWithWebIdentity: no signature, a token instead. The provider vouches for it, the evaluator decides by its claims. */
import { parseRoleArn } from '#domain/arn.ts';
import { readToken } from '#policy/web-identity.ts';
import { assertMayAssume } from '#sandbox/authorise.ts';
import { accessDenied, AwsError, validationError } from '#sandbox/errors.ts';
import { findNamed, type Account, type Role } from '#sandbox/model/account.ts';
import type { RoleSession } from '#sandbox/model/principal.ts';
import { sessionArn } from '#sandbox/model/principal.ts';
import type { World } from '#sandbox/model/world.ts';
import { checkToken } from '#sandbox/oidc/token.ts';
import type { AssumeRoleWithWebIdentityRequest } from '#sandbox/wire/generated/sts-types.ts';
import type { WireStructure } from '#sandbox/wire/service-model.ts';
import { targetOf } from './assume-role.ts';
import { issueRoleSession } from './credentials.ts';
import { packedSize, sessionOf } from './session-request.ts';

/** What is known of a call that nobody has signed. */
interface OpenCall {
  readonly world: World;
  readonly sourceIp: string;
}

export interface UnsignedHandler<Input = WireStructure> {
  readonly resource: (input: Input) => string;
  readonly run: (input: Input, call: OpenCall) => Promise<WireStructure>;
}

const refused = (reason: string): AwsError => accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity', reason);

/** STS says the same of a role that is not there and of one that does not let in. */
const findRole = (world: World, arn: string): { readonly account: Account; readonly role: Role } => {
  const parsed = parseRoleArn(arn);
  if (parsed === undefined) throw validationError(`${arn} is invalid`);
  const account = world.accounts.get(parsed.account);
  const role = account === undefined ? undefined : findNamed(account.roles, parsed.name);
  if (account === undefined || role === undefined || role.arn !== arn) throw refused('NO_SUCH_ROLE');
  if (role.usableAt > world.clock.now()) throw refused('NOT_YET_CONSISTENT');
  return { account, role };
};

/** AWS words every denial of this call in one way; what decided it is in the log. */
const assertAllowed = (ask: () => void): void => {
  try {
    ask();
  } catch (thrown) {
    throw thrown instanceof AwsError && thrown.code === 'AccessDenied' ? refused(thrown.reason) : thrown;
  }
};

export const assumeRoleWithWebIdentity: UnsignedHandler<AssumeRoleWithWebIdentityRequest> = {
  resource: ({ RoleArn }) => RoleArn,
  run: async (input, { world, sourceIp }) => {
    const { account, role } = findRole(world, input.RoleArn);
    const { provider, claims, audience, subject } = await checkToken(world, account, input.WebIdentityToken);
    // With the tags and the source identity that the token brings: what was decided is what the session gets.
    const scenario = readToken({
      time: new Date(world.clock.now()).toISOString(),
      caller: { arn: provider.arn, kind: 'web-identity', claims, sourceIp },
      role: targetOf(world, account, role),
      request: {
        sessionName: input.RoleSessionName,
        ...(input.DurationSeconds !== undefined && { durationSeconds: input.DurationSeconds }),
        ...(input.Policy !== undefined && { policy: input.Policy }),
      },
    });
    assertAllowed(() => assertMayAssume(scenario));
    const { tags = {}, transitiveTagKeys = [], sourceIdentity } = scenario.request;
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const session: RoleSession = {
      ...sessionOf({ world }, account, { ...input, Tags }, input.RoleSessionName),
      conditionKeys: { 'aws:FederatedProvider': provider.arn },
      ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    };
    return {
      Credentials: { ...issueRoleSession(world, account, role, session) },
      SubjectFromWebIdentityToken: subject,
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${session.sessionName}`,
        Arn: sessionArn(account, role, session.sessionName),
      },
      PackedPolicySize: packedSize({ ...input, Tags }),
      Provider: provider.arn,
      Audience: audience,
      SourceIdentity: session.sourceIdentity,
    };
  },
};
