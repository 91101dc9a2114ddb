/** The two accounts of a target, each by the credentials and on the way that flags and file say: in every command the same. */
import type { CredentialSource } from '#domain/credential-source.ts';
import type { AwsSide, SideOptions } from '#core/ports/aws-accounts.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { chooseCredentials, DEFAULT_CHAIN, openSide, type SideName } from './sides.ts';
import type { Target } from './targets.ts';
import { viaRolesOf } from './via-roles.ts';

export interface Opening extends Pick<SideOptions, 'isOnlyLooking'> {
  readonly target: Target;
  /** As flags and file say it; undefined: as the credentials have it configured. */
  readonly region: string | undefined;
  readonly input: Input;
  readonly context: Context;
}

export const credentialsOf = (side: SideName, { target, input, context }: Opening): Promise<CredentialSource | undefined> =>
  chooseCredentials({ side, hint: side === 'source' ? target.sourceProfile : target.inFile?.profile }, input, context);

export const openWith = async (side: SideName, credentials: CredentialSource, opening: Opening): Promise<AwsSide> => {
  const { target, input, context, isOnlyLooking = false } = opening;
  const region = opening.region ?? (await (await context.aws()).configuredRegion(credentials));
  const viaRoles = side === 'target' ? viaRolesOf(target.input, region) : [];
  return openSide(credentials, region, input, context, { viaRoles, isOnlyLooking });
};

/** undefined: nobody said whose credentials. */
export const openNamed = async (side: SideName, opening: Opening): Promise<AwsSide | undefined> => {
  const credentials = await credentialsOf(side, opening);
  return credentials && openWith(side, credentials, opening);
};

/** The side that a command works in: by the default chain, where nobody said whose credentials. */
export const openMain = async (side: SideName, opening: Opening): Promise<AwsSide> =>
  openWith(side, (await credentialsOf(side, opening)) ?? DEFAULT_CHAIN, opening);

export interface Accounts {
  readonly target: AwsSide;
  /** undefined when nobody gave the source's credentials. */
  readonly source: AwsSide | undefined;
  /** As it was named, or as the target's credentials have it configured. */
  readonly region: string | undefined;
}

/** For a command that works in the target. `region` is what flags and file say. */
export const openAccounts = async (
  target: Target,
  region: string | undefined,
  input: Input,
  context: Context,
): Promise<Accounts> => {
  const asked = { target, region, input, context };
  const credentials = (await credentialsOf('target', asked)) ?? DEFAULT_CHAIN;
  const own = await credentialsOf('source', asked);
  const opening = { ...asked, region: region ?? (await (await context.aws()).configuredRegion(credentials)) };
  return {
    target: await openWith('target', credentials, opening),
    source: own && (await openWith('source', own, opening)),
    region: opening.region,
  };
};
