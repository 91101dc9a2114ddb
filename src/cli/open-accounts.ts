/** The two accounts of a target, opened with the right credentials for a command that works in the target. */
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { chooseCredentials, openSide } from './sides.ts';
import type { Target } from './targets.ts';
import { viaRolesOf } from './via-roles.ts';

export interface Accounts {
  readonly target: AwsSide;
  /** undefined when nobody gave the source's credentials. */
  readonly source: AwsSide | undefined;
  /** As it was named, or as the target's credentials have it configured. */
  readonly region: string | undefined;
}

/** `region` is what flags and file say. */
export const openAccounts = async (
  target: Target,
  region: string | undefined,
  input: Input,
  context: Context,
): Promise<Accounts> => {
  const targetCredentials = await chooseCredentials(
    { side: 'target', hint: target.inFile?.profile, isMain: true },
    input,
    context,
  );
  const sourceCredentials = await chooseCredentials(
    { side: 'source', hint: target.sourceProfile, isMain: false },
    input,
    context,
  );
  const credentials = targetCredentials ?? { kind: 'default' };
  const configured = region ?? (await (await context.aws()).configuredRegion(credentials));
  const viaRoles = viaRolesOf(target.input, configured);
  return {
    target: await openSide(credentials, configured, input, context, { viaRoles }),
    source: sourceCredentials && (await openSide(sourceCredentials, configured, input, context)),
    region: configured,
  };
};
