/** STS as a port: GetCallerIdentity and AssumeRole. What AWS says about a request comes back as data; its keys stay in here. */
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from '#core/ports/sessions.ts';
import { interrupted, untilAborted } from './abort.ts';
import type { Keys } from './clients.ts';
import { cleanRefusal, isAboutCaller } from './errors.ts';
import type { Side } from './side.ts';
import { answerOf, ForeignAnswer } from './wire-error.ts';

const readIdentity = async (open: () => Promise<STSClient>, side: Side): Promise<CallerIdentity> => {
  try {
    const options = side.signal === undefined ? {} : { abortSignal: side.signal };
    const { Account, Arn, UserId } = await (await open()).send(new GetCallerIdentityCommand({}), options);
    if (Account === undefined || Arn === undefined || UserId === undefined) throw new ForeignAnswer(200, 'no account');
    return { account: Account, arn: Arn, userId: UserId };
  } catch (error) {
    if (side.signal?.aborted) throw interrupted();
    throw side.translate(error, 'sts:GetCallerIdentity');
  }
};

/** Unsigned, so it may be set when all else is built; x-amz-user-agent is the SDK's own and stays. */
const markProbe = (command: AssumeRoleCommand, probe: string): void =>
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = `${headers['user-agent'] ?? ''} xacct-probe/${probe}`.trim();
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'xacctProbe' },
  );

const commandOf = (request: AssumeRoleRequest): AssumeRoleCommand => {
  const { roleArn, sessionName, externalId, sessionSeconds, tags = {}, transitiveTagKeys = [], sourceIdentity, probe } = request;
  const { policy, policyArns = [] } = request;
  const pairs = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(sessionSeconds !== undefined && { DurationSeconds: sessionSeconds }),
    ...(pairs.length > 0 && { Tags: pairs }),
    ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: [...transitiveTagKeys] }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    ...(policy !== undefined && { Policy: policy }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
  });
  if (probe !== undefined) markProbe(command, probe);
  return command;
};

export const openSessions = (side: Side): Sessions => ({
  identity: async () => {
    // First by itself: a failure here is about the credentials and never about the call.
    await untilAborted(side.credentials.resolve(), side.signal);
    return readIdentity(side.sts, side);
  },
  credentialSource: side.credentials.label,
  credentialLife: side.credentials.life,
  assumeRole: async (request, given): Promise<AssumedSession | Refusal> => {
    const signals = [given, side.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    await untilAborted(side.credentials.resolve(), signal).catch((error: unknown) => {
      throw given?.aborted ? given.reason : error;
    });
    const command = commandOf(request);
    try {
      const sts = await side.sts(request.region);
      const { Credentials, AssumedRoleUser } = await sts.send(command, { abortSignal: signal });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || AssumedRoleUser?.Arn === undefined)
        throw new ForeignAnswer(200, 'no session');
      side.redact.know(SecretAccessKey, SessionToken);
      const keys: Keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      return {
        kind: 'assumed',
        arn: AssumedRoleUser.Arn,
        expiresAt: Expiration.toISOString(),
        identity: () => readIdentity(() => side.stsAs(keys), side),
      };
    } catch (error) {
      // The one who aborted knows why.
      if (given?.aborted) throw given.reason;
      if (signal.aborted) throw interrupted();
      const refusal = answerOf(error);
      if (refusal !== undefined && !isAboutCaller(refusal)) return cleanRefusal(refusal, side.redact);
      throw side.translate(error, 'sts:AssumeRole');
    }
  },
});
