/** STS as a port: who am I, and a session of a role. What AWS says about a request comes back as data; its keys stay in here. */
import {
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type AssumeRoleCommandOutput,
  type STSClient,
} from '@aws-sdk/client-sts';
import { refusalOf, type AssumedSession, type CallerIdentity, type Refusal, type Sessions } from '#core/ports/sessions.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { interrupted, untilAborted } from './abort.ts';
import { keysOf } from './credentials.ts';
import { cleanRefusal, isAboutCaller } from './errors.ts';
import { loadIam, whenCalled } from './load.ts';
import { assumeRoleCommand } from './session-commands.ts';
import { within, type Side } from './side.ts';
import { answerOf, ForeignAnswer } from './wire-error.ts';

const readIdentity = async (side: Side): Promise<CallerIdentity> => {
  try {
    const options = side.signal === undefined ? {} : { abortSignal: side.signal };
    const { Account, Arn, UserId } = await (await side.sts()).send(new GetCallerIdentityCommand({}), options);
    if (Account === undefined || Arn === undefined || UserId === undefined) throw new ForeignAnswer(200, 'no account');
    return { account: Account, arn: Arn, userId: UserId };
  } catch (error) {
    if (side.signal?.aborted) throw interrupted();
    throw side.translate(error, 'sts:GetCallerIdentity');
  }
};

type SessionOutput = Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser' | 'SourceIdentity'>;

const sessionOf = ({ Credentials, AssumedRoleUser, SourceIdentity }: SessionOutput, side: Side): AssumedSession => {
  const { Arn, AssumedRoleId } = AssumedRoleUser ?? {};
  const { SessionToken, Expiration } = Credentials ?? {};
  if (!SessionToken || !Expiration || Arn === undefined) throw new ForeignAnswer(200, 'no session');
  const keys = keysOf(Credentials);
  side.redact.know(keys.secretAccessKey, keys.sessionToken);
  const inside = within(side, keys, Arn);
  return {
    kind: 'assumed',
    arn: Arn,
    userId: AssumedRoleId ?? '',
    expiresAt: Expiration.toISOString(),
    ...(SourceIdentity !== undefined && { sourceIdentity: SourceIdentity }),
    identity: () => readIdentity(inside),
    sessions: () => openSessions(inside),
    inside: () => ({
      simulator: whenCalled(async () => (await loadIam()).openSimulator(inside)),
      principals: whenCalled(async () => (await loadIam()).openPrincipalIam(inside)),
    }),
  };
};

export interface SessionCall {
  readonly action: string;
  readonly send: (signal: AbortSignal) => Promise<SessionOutput>;
  /** Of whoever asks otherwise: an end to wait for, which is no answer. */
  readonly given: AbortSignal | undefined;
  /** Whether an answer is about the request, and so is data. */
  readonly isData: (refusal: Refusal) => boolean;
}

export const askForSession = async (
  { action, send, given, isData }: SessionCall,
  side: Side,
): Promise<AssumedSession | Refusal> => {
  const signal = AbortSignal.any([given, side.signal].filter((one) => one !== undefined));
  try {
    return sessionOf(await send(signal), side);
  } catch (error) {
    // The one who aborted knows why.
    if (given?.aborted) throw given.reason;
    if (signal.aborted) throw interrupted();
    const refusal = answerOf(error);
    if (refusal !== undefined && isData(refusal)) return cleanRefusal(refusal, side.redact);
    throw side.translate(error, action);
  }
};

/** GetSessionToken, https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html; half a day unless told. */
const sessionWithMfa = async (device: string | undefined, side: Side): Promise<Sessions | undefined> => {
  const serial = device ?? (await side.mfaDevice());
  if (serial === undefined || side.askMfaCode === undefined) return undefined;
  const code = await side.askMfaCode(serial);
  try {
    const command = new GetSessionTokenCommand({ SerialNumber: serial, TokenCode: code });
    const keys = keysOf((await (await side.sts()).send(command)).Credentials);
    side.redact.know(keys.secretAccessKey, keys.sessionToken);
    return openSessions(within(side, keys, `${side.credentials.label()}, with a code of ${serial}`));
  } catch (error) {
    const translated = side.translate(error, 'sts:GetSessionToken');
    if (translated.code !== 'AWS_REFUSED') throw translated;
    throw new XacctError(
      problem('NO_CREDENTIALS', `the code of ${serial} was refused: ${refusalOf(translated)?.message ?? ''}`, {
        hints: [
          { text: 'each code counts once, and for half a minute: wait for the next one, and look at the name of the device' },
        ],
        cause: 'MFA_REFUSED',
      }),
    );
  }
};

export const openSessions = (side: Side): Sessions => ({
  identity: async () => {
    // First by itself: a failure here is about the credentials and never about the call.
    await untilAborted(side.credentials.resolve(), side.signal);
    return readIdentity(side);
  },
  credentialSource: side.credentials.label,
  credentialLife: side.credentials.life,
  endpoint: side.endpoint,
  withMfa: (device) => sessionWithMfa(device, side),
  assumeRole: async (request, given): Promise<AssumedSession | Refusal> => {
    const signal = AbortSignal.any([given, side.signal].filter((one) => one !== undefined));
    await untilAborted(side.credentials.resolve(), signal).catch((error: unknown) => {
      throw given?.aborted ? given.reason : error;
    });
    const send = async (abortSignal: AbortSignal): Promise<SessionOutput> => {
      const sts: STSClient = await side.sts(request.region);
      return sts.send(assumeRoleCommand(request), { abortSignal });
    };
    return askForSession({ action: 'sts:AssumeRole', send, given, isData: (refusal) => !isAboutCaller(refusal) }, side);
  },
});
