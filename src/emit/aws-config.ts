/** Profiles for the shared AWS config file: one for each role on the way, the target's under its own name. */
import { entriesOf, sentExternalId, type RoleEntry } from '#domain/access.ts';
import { problem } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { EmittedFile, EnteredTarget } from './emitted.ts';
import { markersOf } from './shared-file.ts';

export interface ProfileSource {
  /** `source_profile` of the first role, or `credential_source`; of these two exactly one is set. */
  readonly profile: string | undefined;
  readonly credentials: 'Environment' | 'Ec2InstanceMetadata' | 'EcsContainer' | undefined;
}

/** https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html: names with spaces are quoted; ours have none. */
const block = (
  name: string,
  values: readonly (readonly [string, string | number | undefined])[],
  notes: readonly string[],
): string =>
  [
    `[profile ${name}]`,
    ...notes.map((note) => `# ${note}`),
    ...values.flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`])),
  ].join('\n');

const notesOf = (entry: RoleEntry): readonly string[] => [
  ...(Object.keys(entry.sessionTags).length > 0 ? ['a profile passes no session tags: Terraform does, see xacct emit-tf'] : []),
  ...(entry.sessionPolicy === undefined && entry.sessionPolicyArns.length === 0
    ? []
    : ['a profile passes no session policy: its sessions may do all that the role may; Terraform passes it, see xacct emit-tf']),
  ...(entry.sourceIdentity === undefined ? [] : ['a profile sets no source identity: Terraform does, see xacct emit-tf']),
];

const profilesOf = (
  { name, access, needsMfa, sourceProfile }: EnteredTarget,
  { profile, credentials }: ProfileSource,
): readonly string[] => {
  const entries = entriesOf(access);
  const nameOf = (index: number): string => (index === entries.length - 1 ? name : `${name}-via${index + 1}`);
  return entries.map((entry, index) => {
    const isFirst = index === 0;
    const isToken = isFirst && access.webIdentity !== undefined;
    const from = credentials === undefined ? (profile ?? sourceProfile ?? 'source') : undefined;
    const notes = [
      ...notesOf(entry),
      ...(isFirst && needsMfa
        ? ['mfa_serial is the device of the source user; the AWS CLI asks for its code, Terraform does not']
        : []),
      ...(isToken && access.webIdentity?.tokenFile === undefined
        ? ['web_identity_token_file: the path of the token on this machine']
        : []),
    ];
    return block(
      nameOf(index),
      [
        ['role_arn', entry.roleArn],
        ['source_profile', isToken ? undefined : isFirst ? from : nameOf(index - 1)],
        ['credential_source', isToken || !isFirst ? undefined : credentials],
        ['web_identity_token_file', isToken ? (access.webIdentity?.tokenFile ?? '/var/run/secrets/token') : undefined],
        ['external_id', isToken ? undefined : sentExternalId(entry)],
        ['role_session_name', entry.sessionName],
        // A session that is entered from another one's lasts an hour at most.
        ['duration_seconds', isFirst ? entry.sessionSeconds : Math.min(entry.sessionSeconds, 3600)],
        ['mfa_serial', isFirst && needsMfa ? 'arn:aws:iam::111111111111:mfa/NAME' : undefined],
        ['region', access.region],
      ],
      notes,
    );
  });
};

/** The file has no quotes for a value: what follows a line end would be a line of its own, and what follows # or ; is a comment to some of its readers. */
const isProfileName = (name: string): boolean =>
  !/[[\]\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) && !/(?:^|\s)[#;]/.test(name) && name.trim() === name && name !== '';

const unfit = (name: string, path: string): Result<never> =>
  fail(
    problem('INVALID_VALUE', `${JSON.stringify(name)} is no name of a profile that the AWS config file can hold`, {
      path,
      hints: [{ text: 'letters, digits, spaces and - _ . / @ + are safe' }],
    }),
  );

export const emitAwsConfig = (targets: readonly EnteredTarget[], source: ProfileSource): Result<readonly EmittedFile[]> => {
  const { begin, end } = markersOf('emit aws-config');
  if (source.profile !== undefined && !isProfileName(source.profile)) return unfit(source.profile, '--source-profile');
  const inFile = targets.find(({ sourceProfile }) => sourceProfile !== undefined && !isProfileName(sourceProfile))?.sourceProfile;
  if (source.profile === undefined && source.credentials === undefined && inFile !== undefined)
    return unfit(inFile, 'source.profile');
  const blocks = targets.flatMap((target) => profilesOf(target, source));
  return ok([{ path: 'aws-config', content: `${begin}\n\n${blocks.join('\n\n')}\n\n${end}\n` }]);
};
