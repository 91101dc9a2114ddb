/** What the wizard finds out by itself: who the credentials are and what is in their accounts. Reads only; what may not be read is unknown. */
import { parseArn } from '#domain/arn.ts';
import { describeSource } from '#domain/credential-source.ts';
import { partitionById } from '#domain/partition.ts';
import { problem } from '#domain/diagnostic.ts';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';
import { identify } from '#core/identify.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { wrap } from './render/statement.ts';
import { chooseCredentials, DEFAULT_CHAIN, openSide, type SideName } from './sides.ts';
import { viaRolesOf } from './via-roles.ts';

/** One side, once somebody looked. */
export interface Party extends CallerIdentity {
  readonly partition: string;
  readonly alias: string | undefined;
  readonly aws: AwsSide;
}

export interface Known {
  /** Names of the profiles on this machine. */
  profiles(): Promise<readonly string[]>;
  /** Whose the target administrator's credentials are, before any role is entered. Throws XacctError when they do not work. */
  entry(input: Input): Promise<Party>;
  /** The target itself. Throws as `entry` does, and when the way in is closed. */
  target(input: Input): Promise<Party>;
  /** undefined when nobody said whose credentials. Throws as `target` does. */
  source(input: Input): Promise<Party | undefined>;
  /** The organization of a side; undefined where it has none, or none that can be read. */
  organization(party: Party | undefined): Promise<string | undefined>;
  /** Of the environment or the target's profile, else the home of the target's partition. */
  region(input: Input): Promise<string>;
  /** The text of a file of the person; undefined when there is none. */
  file(name: string): Promise<string | undefined>;
  readonly env: Context['env'];
}

/** undefined where AWS refuses: the wizard can do without. */
export const unlessRefused = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isXacctError(error) && error.code === 'AWS_REFUSED') return undefined;
    throw error;
  }
};

export const openKnown = (context: Context): Known => {
  const looked = new Map<string, Promise<Party>>();
  const organizations = new Map<Party, Promise<string | undefined>>();

  const look = async (side: SideName, aws: AwsSide, described: string): Promise<Party> => {
    const who = await identify(side, aws.sessions);
    const alias = await unlessRefused(aws.iam.readAlias());
    const account = alias === undefined ? '' : `, account ${alias}`;
    const said = wrap(`${who.arn}${account} (${described})`, context.width - 2);
    context.say(said.map((line) => `  ${context.paint.dim(line)}\n`).join(''));
    return { ...who, partition: parseArn(who.arn)?.partition ?? 'aws', alias, aws };
  };

  const party = async (side: SideName, input: Input, viaRoles: readonly string[] = []): Promise<Party | undefined> => {
    const named = await chooseCredentials({ side, hint: undefined }, input, context);
    const credentials = named ?? (side === 'target' ? DEFAULT_CHAIN : undefined);
    if (credentials === undefined) return undefined;
    const key = JSON.stringify([side, credentials, viaRoles]);
    const known = looked.get(key);
    if (known) return known;
    const aws = await openSide(credentials, input.text('region')?.value, input, context, { viaRoles });
    const found = look(side, aws, describeSource(credentials));
    looked.set(key, found);
    // Whoever renews them meanwhile is looked at again.
    found.catch(() => looked.delete(key));
    return found;
  };

  const targetVia = async (input: Input, viaRoles: readonly string[]): Promise<Party> => {
    const found = await party('target', input, viaRoles);
    if (found === undefined) throw new XacctError(problem('BUG', 'the target has no credentials'));
    return found;
  };

  const target = (input: Input): Promise<Party> => {
    const given = { viaRole: input.list('via-role'), targetAccount: input.text('target-account') };
    return targetVia(input, viaRolesOf({ ...NOTHING_GIVEN, name: '', ...given }, input.text('region')?.value));
  };

  return {
    profiles: async () => (await context.aws()).listProfiles(),
    entry: (input) => targetVia(input, []),
    target,
    source: (input) => party('source', input),
    organization: async (found) => {
      if (found === undefined) return undefined;
      const asked = organizations.get(found) ?? found.aws.organizations.organizationId();
      organizations.set(found, asked);
      return asked;
    },
    region: async (input) => {
      const profile = input.text('target-profile')?.value;
      const source = profile === undefined ? ({ kind: 'default' } as const) : ({ kind: 'profile', name: profile } as const);
      const configured = await (await context.aws()).configuredRegion(source);
      return configured ?? partitionById((await target(input)).partition)?.homeRegion ?? 'us-east-1';
    },
    file: async (name) => context.files.read(context.files.resolve(context.cwd, name)).catch(() => undefined),
    env: context.env,
  };
};
