/** What was asked for and Terraform, a version of its AWS provider or STS cannot do, each with what can be done instead. */
import { entriesOf, type Access } from '#domain/access.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import { CHAINED_SESSION_SECONDS } from '#domain/limits.ts';
import { CHAINING_SINCE, isAtLeast, TOKEN_FROM_ENVIRONMENT_SINCE } from './provider-version.ts';
import type { TerraformOptions, TerraformTarget } from './terraform-model.ts';
import { aheadOf, tokenOf } from './way-ahead.ts';

const usage = (message: string, path: string, text: string, command?: string): Diagnostic =>
  problem('USAGE', message, { path, hints: [{ text, ...(command !== undefined && { command }) }] });

const firstRolesOf = (targets: readonly TerraformTarget[]): ReadonlySet<string | undefined> =>
  new Set(targets.map(({ access }) => entriesOf(access)[0]?.roleArn));

/** The issuer alone does not say how the token comes: in a workflow its action has entered the role before Terraform starts. */
const tokenFileMissing = (targets: readonly TerraformTarget[], { providerVersion }: TerraformOptions): readonly Diagnostic[] => {
  const { oldest, constraint } = providerVersion;
  const without = isAtLeast(oldest, TOKEN_FROM_ENVIRONMENT_SINCE)
    ? []
    : targets.filter((target) => tokenOf(target) !== undefined && tokenOf(target)?.tokenFile === undefined);
  if (without.length === 0) return [];
  // All that were asked for: what is printed is to be typed in the place of this.
  const command = `xacct emit-tf ${targets.map(({ name }) => name).join(' ')}`;
  const names = without.map(({ name }) => name);
  const who = names.length === 1 ? `${names[0] ?? ''} is` : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} are`;
  return [
    problem('USAGE', `${who} entered with a token, and AWS provider ${constraint} must be told its file`, {
      path: '--web-identity-token-file',
      hints: [
        ...(firstRolesOf(targets).size > 1
          ? []
          : [
              {
                text: 'where the workflow of emit github-actions has entered the role already, nothing is left to enter it with',
                command: `${command} --entered`,
              },
            ]),
        { text: 'name the file', command: `${command} --web-identity-token-file /var/run/secrets/token` },
        { text: 'or ask for a provider that reads AWS_WEB_IDENTITY_TOKEN_FILE', command: `${command} --provider-version 6` },
      ],
    }),
  ];
};

/** STS refuses more for a session that is made from another one's credentials. */
const tooLong = (access: Access): readonly Diagnostic[] =>
  entriesOf(access)
    .slice(1)
    .filter(({ sessionSeconds }) => sessionSeconds > CHAINED_SESSION_SECONDS)
    .map(({ roleArn, sessionSeconds }) =>
      usage(
        `${roleArn} is entered from another role's session, which AWS ends after 1h, not ${formatDuration(sessionSeconds)}`,
        '--duration',
        'Terraform renews it by itself: ask for 1h',
        'xacct emit-tf --duration 1h',
      ),
    );

const unfitFor = (target: TerraformTarget, options: TerraformOptions): readonly Diagnostic[] => {
  const { name, access } = target;
  const webIdentity = tokenOf(target);
  const { oldest, constraint } = options.providerVersion;
  const isChained = aheadOf(target).length - (webIdentity === undefined ? 0 : 1) > 1;
  return [
    ...(isChained && !isAtLeast(oldest, CHAINING_SINCE)
      ? [
          usage(
            `${name} is reached through other roles, and AWS provider ${constraint} may have one assume_role block only`,
            '--provider-version',
            'ask for 5.67.0 or newer, or let a profile walk the way: xacct emit aws-config',
            'xacct emit-tf --provider-version 5',
          ),
        ]
      : []),
    ...tooLong(access),
  ];
};

const unfitBackend = (targets: readonly TerraformTarget[], { backend }: TerraformOptions): readonly Diagnostic[] => {
  if (backend?.account !== 'target') return [];
  const [target] = targets;
  if (targets.length > 1 || target === undefined)
    return [
      usage(
        'one state cannot lie in several accounts',
        '--backend-account',
        'emit one target, or keep the state in the source account: --backend-account source',
      ),
    ];
  return aheadOf(target).length > 1
    ? [
        usage(
          'the S3 backend enters one role and no second one from there',
          '--backend-account',
          'keep the state in the source account, or let a profile walk the way: xacct emit aws-config',
          'xacct emit-tf --backend-account source',
        ),
      ]
    : [];
};

/** One set of credentials is of one role. */
const unfitEntered = (targets: readonly TerraformTarget[]): readonly Diagnostic[] => {
  const roles = firstRolesOf(targets.filter(({ isEntered }) => isEntered));
  return roles.size > 1
    ? [
        usage(
          `one set of credentials is not of ${[...roles].join(' and ')}`,
          '--entered',
          'emit one target, or leave it out and let Terraform enter them',
        ),
      ]
    : [];
};

const unfitAlias = (targets: readonly TerraformTarget[], { alias }: TerraformOptions): readonly Diagnostic[] => {
  if (alias === undefined) return [];
  if (targets.length > 1)
    return [usage('--alias names one provider, and several targets have their own names', '--alias', 'leave it out')];
  return /^[A-Za-z_][\w-]*$/.test(alias)
    ? []
    : [
        problem('INVALID_VALUE', `"${alias}" is no name in Terraform: a letter, then letters, digits, _ and -`, {
          path: '--alias',
        }),
      ];
};

export const whatTerraformCannot = (targets: readonly TerraformTarget[], options: TerraformOptions): readonly Diagnostic[] => [
  ...tokenFileMissing(targets, options),
  ...targets.flatMap((target) => unfitFor(target, options)),
  ...unfitBackend(targets, options),
  ...unfitAlias(targets, options),
  ...unfitEntered(targets),
];
