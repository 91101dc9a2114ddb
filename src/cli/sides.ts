/** Opens the source's and the target's side with the right credentials: a flag, a hint of the file, or the default chain. */
import type { CredentialSource } from '#domain/credential-source.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { parseEndpoint } from '#domain/fields.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { AwsSide, SideOptions } from '#core/ports/aws-accounts.ts';
import { mayAsk } from './ask-plan.ts';
import { givesWay } from './gives-way.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

export type SideName = 'source' | 'target';

export interface SideWish {
  readonly side: SideName;
  /** The file's `profile`: a name that may not exist on this machine. */
  readonly hint: string | undefined;
}

/** What stands for the side that a command works in, where nothing was named. */
export const DEFAULT_CHAIN: CredentialSource = { kind: 'default' };

const hintMissing = (side: string, hint: string): Diagnostic => ({
  severity: 'note',
  code: 'NO_CREDENTIALS',
  message: `there is no profile ${hint} on this machine for the ${side}: the file's hint is passed over`,
  hints: [{ text: `name another: --${side}-profile NAME` }],
});

/** undefined: nobody said whose credentials. */
export const chooseCredentials = async (
  wish: SideWish,
  input: Input,
  context: Context,
): Promise<CredentialSource | undefined> => {
  const named = input.text(`${wish.side}-profile`);
  const isOfInstance = wish.side === 'source' && input.text('source')?.value === 'ec2';
  const flag = isOfInstance && givesWay(input, 'source-profile', ['source']) ? undefined : named;
  if (isOfInstance && !givesWay(input, 'source', ['source-profile'])) {
    if (flag === undefined) return { kind: 'ec2' };
    throw new XacctError(
      problem('USAGE', '--source ec2 and a source profile were both asked for', {
        path: flag.place,
        hints: [{ text: 'leave one out' }],
      }),
    );
  }
  if (flag) return { kind: 'profile', name: flag.value };
  if (wish.hint !== undefined) {
    const aws = await context.aws();
    if ((await aws.listProfiles()).includes(wish.hint)) return { kind: 'profile', name: wish.hint };
    context.reporter.tell(hintMissing(wish.side, wish.hint));
  }
  return undefined;
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, TokenCode */
const mfaCodeOf = (context: Context) => async (device: string) =>
  (await context.prompter()).input({
    message: `Code of the MFA device ${device}:`,
    why: 'Six digits; each counts once.',
    check: (code) => (/^\d{6}$/.test(code) ? undefined : 'six digits are expected'),
  });

/** Where no region is known STS is asked in `us-east-1`, which every account of the partition aws has. */
const STS_REGION = 'us-east-1';

export const openSide = async (
  source: CredentialSource,
  region: string | undefined,
  input: Input,
  context: Context,
  way: Pick<SideOptions, 'viaRoles' | 'tokenFile' | 'isOnlyLooking'> = {},
): Promise<AwsSide> => {
  const aws = await context.aws();
  const endpoint = input.text('endpoint-url');
  const url = endpoint && parseEndpoint(endpoint);
  if (url && !url.ok) throw XacctError.of(url.diagnostics);
  const askMfaCode = mayAsk(input, context) ? { askMfaCode: mfaCodeOf(context) } : {};
  return aws.open({
    ...askMfaCode,
    ...way,
    source,
    region: region ?? (await aws.configuredRegion(source)) ?? STS_REGION,
    ...(url && { endpointUrl: url.value }),
  });
};
