/** Values that are good each for itself, and contradict each other. */
import { problem, type Diagnostic } from './diagnostic.ts';
import { formatDuration } from './duration.ts';
import type { PrincipalRequest } from './principal-request.ts';
import { CHAINED_SECONDS } from './source-wish.ts';
import type { GivenList, SpecInput } from './spec-input.ts';
import type { TrustConditions } from './trust-conditions.ts';

/** The same key twice is a contradiction, not a list; tag keys know no case. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const doubleKeys = (
  pairs: readonly (readonly [string, string | undefined])[],
  what: string,
  given: GivenList,
): readonly Diagnostic[] => {
  const seen = new Map<string, string | undefined>();
  const said = (value: string | undefined): string => (value === undefined ? 'with any value' : `as "${value}"`);
  return pairs.flatMap(([key, value]) => {
    const lower = key.toLowerCase();
    const [isKnown, other] = [seen.has(lower), seen.get(lower)];
    seen.set(lower, value);
    if (!isKnown || other === value) return [];
    const text = `the ${what} ${key} is given twice, ${said(other)} and ${said(value)}`;
    return [problem('USAGE', text, { path: given?.[0]?.place ?? what })];
  });
};

/** STS refuses a transitive key without its tag: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const orphanTransitiveKeys = (
  { tags, transitiveTagKeys }: { readonly tags: Readonly<Record<string, string>>; readonly transitiveTagKeys: readonly string[] },
  { transitiveTags }: SpecInput,
): readonly Diagnostic[] => {
  const known = new Set(Object.keys(tags).map((key) => key.toLowerCase()));
  return transitiveTagKeys
    .filter((key) => !known.has(key.toLowerCase()))
    .map((key) =>
      problem('USAGE', `"${key}" is to be transitive, and no session tag of that key is passed`, {
        path: transitiveTags?.find(({ value }) => value === key)?.place ?? '--transitive-tag',
        hints: [{ text: `pass it: --session-tag ${key}=VALUE` }],
      }),
    );
};

interface Trusting {
  readonly trust: readonly PrincipalRequest[];
  readonly conditions: TrustConditions;
}

/** A token brings no MFA and is of no organization: such a condition would keep it out, and the trust would be for nothing. */
export const unmeetable = ({ trust, conditions }: Trusting, input: SpecInput): readonly Diagnostic[] => {
  const tokens = trust.filter((principal) => principal.kind === 'oidc').map(({ name }) => name);
  if (tokens.length === 0) return [];
  const refused = (what: string, place: string | undefined): Diagnostic =>
    problem('USAGE', `${tokens.join(', ')} would be kept out: a token has no ${what}`, {
      path: place ?? 'role.conditions',
      hints: [{ text: 'leave the condition out, or trust the token in a role of its own' }],
    });
  return [
    ...(conditions.mfa ? [refused('MFA code', input.requireMfa?.place)] : []),
    ...(conditions.orgId === undefined ? [] : [refused('organization', input.orgId?.place)]),
    ...(conditions.orgPaths.length === 0 ? [] : [refused('organization', input.orgPaths?.[0]?.place)]),
  ];
};

/** A rotation takes two runs, with whoever sends the ID between them. */
export const contradictedIds = ({ rotateExternalId, retireExternalId, externalId }: SpecInput): readonly Diagnostic[] => {
  const isNone = externalId?.some(({ value }) => value === 'none') === true;
  if (rotateExternalId && retireExternalId)
    return [
      problem('USAGE', 'an external ID is rotated in one run and the old one retired in a later one', {
        path: retireExternalId.place,
        hints: [{ text: 'rotate first', command: 'xacct init --rotate-external-id' }],
      }),
    ];
  const change = rotateExternalId ?? retireExternalId;
  return isNone && change !== undefined
    ? [problem('USAGE', 'there is no external ID to change: none is asked for', { path: change.place })]
    : [];
};

/** For people at a terminal. */
export const MFA_SESSION = 'aws sts get-session-token --serial-number ARN_OF_DEVICE --token-code CODE';

/** The AWS provider has no place for an MFA code: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#assume_role-configuration-block */
export const mfaForTerraform = ({ requireMfa }: SpecInput): Diagnostic | undefined =>
  requireMfa?.value === true
    ? problem('USAGE', "the role wants an MFA code, and Terraform's provider cannot send one", {
        path: requireMfa.place,
        hints: [
          {
            text: 'for people at a terminal: a session with MFA first, whose keys Terraform then finds in its environment',
            command: MFA_SESSION,
          },
          {
            text: 'for pipelines: leave MFA out, and name exactly who may come: role.trust, conditions.sourceIp, conditions.orgId',
          },
        ],
      })
    : undefined;

/** A hub is a role on the way, and STS gives a role that asks for a role an hour at most. */
export const tooLongThroughHub = (
  seconds: number | undefined,
  { sourceTrust = [], duration }: SpecInput,
): readonly Diagnostic[] =>
  seconds === undefined || seconds <= CHAINED_SECONDS || sourceTrust.length === 0
    ? []
    : [
        problem(
          'INVALID_VALUE',
          `sessions through a hub last ${formatDuration(CHAINED_SECONDS)} at most, and not ${formatDuration(seconds)}`,
          {
            path: duration?.place ?? 'duration',
            hints: [
              { text: 'Terraform renews its sessions: leave it at 1h' },
              { text: 'or let each target trust the tokens itself: --layout direct' },
            ],
          },
        ),
      ];
