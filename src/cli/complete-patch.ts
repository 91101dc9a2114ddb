/** A command of a patch with what only this command line knows: the target's name in xacct.yaml, the profile of its administrator. */
import { sentExternalId, type Access } from '#domain/access.ts';
import type { Fix } from '#domain/cause.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import type { Target } from './targets.ts';

interface Known {
  readonly access: Access;
  readonly callerArn: string;
  /** Null where flags alone describe the target. */
  readonly name: string | null;
  readonly profile: string | undefined;
  /** Flags of this command line that say who asks, and where. */
  readonly asking?: ReadonlyMap<string, string>;
  /** The profile of the target's administrator, where this command line named one. */
  readonly admin?: string | undefined;
}

/** Who asks, and where, as it was said. */
export const askingFlags = (input: Input): ReadonlyMap<string, string> =>
  new Map(
    ['region', 'endpoint-url', 'source', 'source-profile'].flatMap((flag) => {
      const value = input.text(flag)?.value;
      return value === undefined ? [] : [[`--${flag}`, value] as const];
    }),
  );

/** Asked by somebody else, or elsewhere, the same request proves nothing; what the patch itself says of it counts. */
const askedSo = (patch: VerifyCause['patch'], flags: ReadonlyMap<string, string>): VerifyCause['patch'] => {
  const { xacct } = patch;
  if (xacct?.startsWith('xacct verify ') !== true) return patch;
  // A role of another partition is asked for in a region of its own.
  const fits = (flag: string, value: string): boolean =>
    flag !== '--region' || xacct.includes(` arn:${partitionOfRegion(value)?.id}:iam:`);
  // One of the two says whose credentials, and both together are refused.
  const isOther = (flag: string): boolean => flag.startsWith('--source') && / --source(?:-profile)? /.test(xacct);
  const said = [...flags].filter(([flag, value]) => !xacct.includes(` ${flag} `) && !isOther(flag) && fits(flag, value));
  const more = said.map(([flag, value]) => `${flag} ${shellWord(value)}`);
  return { ...patch, xacct: [xacct, ...more].join(' ') };
};

/** As it was named, or as the file has it, where this machine has such a profile. */
export const targetProfile = async ({ inFile }: Target, input: Input, context: Context): Promise<string | undefined> => {
  const named = input.text('target-profile')?.value;
  const hint = inFile?.profile;
  if (named !== undefined || hint === undefined) return named;
  return (await (await context.aws()).listProfiles()).includes(hint) ? hint : undefined;
};

/** `--target-profile NAME`, where a profile was named. */
export const withProfile = <T extends Pick<Fix, 'xacct'>>(fix: T, profile: string | undefined): T => {
  if (fix.xacct === undefined || profile === undefined) return fix;
  return { ...fix, xacct: fix.xacct.replace(/--target-profile NAME\b/, () => `--target-profile ${shellWord(profile)}`) };
};

/** A role that flags alone describe, and nobody made yet: its permissions are asked for. */
const initCommand = (access: Access, callerArn: string): string => {
  const { account, name, path } = access.role;
  const externalId = sentExternalId(access);
  const words = [
    ['target-account', account],
    ['role-name', name],
    ...(path === '/' ? [] : [['path', path] as const]),
    ['trust', callerArn],
    ...(externalId === undefined ? [] : [['external-id', externalId] as const]),
  ] as const;
  return ['xacct init', ...words.map(([flag, value]) => `--${flag} ${shellWord(value)}`)].join(' ');
};

/** Made with the credentials that this command line named: the ones at hand are the source's, mostly. */
const madeBy = (command: string, { admin, asking = new Map() }: Known): string => {
  const profile = admin === undefined ? [] : [['--target-profile', admin] as const];
  const said = [...profile, ...[...asking].filter(([flag]) => flag !== '--source')];
  const more = said.filter(([flag]) => !command.includes(` ${flag} `)).map(([flag, value]) => `${flag} ${shellWord(value)}`);
  return [command, ...more].join(' ');
};

/** `callerArn`: who asked first. */
export const completeCause = (cause: VerifyCause, known: Known): VerifyCause => {
  const { access, callerArn, name, profile, asking = new Map() } = known;
  const patch = askedSo(withProfile(cause.patch, profile), asking);
  const { xacct } = patch;
  const [, command] = /^(xacct init\b|xacct verify(?= --source(?:-profile)? ))/.exec(xacct ?? '') ?? [];
  if (xacct === undefined || command === undefined) return { ...cause, patch };
  const saying = (text: string): VerifyCause => ({
    ...cause,
    patch: { ...patch, xacct: command === 'xacct init' ? madeBy(text, known) : text },
  });
  if (name !== null) return saying(xacct.replace(command, () => `${command} ${shellWord(name)}`));
  if (cause.code !== 'ROLE_MISSING') return { ...cause, patch };
  const { patch: making, ...rest } = saying(initCommand(access, callerArn));
  return { ...rest, patch: { ...making, summary: `${making.summary}, and asks what it may do` } };
};
