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

/** The issuer alone does not say how the token comes: in a workflow its action has entered the role before Terraform starts. */
const tokenFileMissing = (name: string, constraint: string): Diagnostic =>
  problem('USAGE', `${name} is entered with a token, and AWS provider ${constraint} must be told its file`, {
    path: '--web-identity-token-file',
    hints: [
      {
        text: 'where the workflow of emit github-actions has entered the role already, nothing is left to enter it with',
        command: `xacct emit-tf ${name} --entered`,
      },
      { text: 'name the file', command: `xacct emit-tf ${name} --web-identity-token-file /var/run/secrets/token` },
      {
        text: 'or ask for a provider that reads AWS_WEB_IDENTITY_TOKEN_FILE',
        command: `xacct emit-tf ${name} --provider-version 6`,
      },
    ],
  });

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
  const needsToken =
    webIdentity !== undefined && webIdentity.tokenFile === undefined && !isAtLeast(oldest, TOKEN_FROM_ENVIRONMENT_SINCE);
  const isChained = aheadOf(target).length - (webIdentity === undefined ? 0 : 1) > 1;
  return [
    ...(needsToken ? [tokenFileMissing(name, constraint)] : []),
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
  const roles = new Set(targets.flatMap(({ access, isEntered }) => (isEntered ? [entriesOf(access)[0]?.roleArn] : [])));
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
  ...targets.flatMap((target) => unfitFor(target, options)),
  ...unfitBackend(targets, options),
  ...unfitAlias(targets, options),
  ...unfitEntered(targets),
];
