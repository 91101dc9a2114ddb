/** SpecInput to a SpecRequest, which init and plan need: every problem at once, nothing read from anywhere. */
import { foreignBoundary, unusedBoundary } from './boundary-checks.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { parsePermissions, permissionFaults, undecided } from './parse-permissions.ts';
import type { PrincipalRequest } from './principal-request.ts';
import { fail, ok, type Result } from './result.ts';
import { Reading } from './reading.ts';
import { contradictedIds, doubleKeys, orphanTransitiveKeys, tooLongThroughHub, unmeetable } from './spec-checks.ts';
import { readSessionPolicies } from './session-policy.ts';
import { withAskedSession } from './asked-session.ts';
import type { TrustConditions } from './trust-conditions.ts';
import type { Spec } from './spec.ts';
import type { SpecInput } from './spec-input.ts';

/** A Spec whose accounts, partition and `self` still wait for a look at the two accounts. */
export interface SpecRequest {
  readonly name: string;
  readonly sourceAccount: string | undefined;
  readonly targetAccount: string | undefined;
  readonly region: string | undefined;
  /** Roles through which the target is entered. */
  readonly viaRole: readonly string[];
  readonly source: {
    readonly isGranted: boolean;
    /** Empty: those that the role trusts. */
    readonly grantTo: readonly PrincipalRequest[];
    readonly hubRole: string;
    readonly instanceRole: string;
    /** Who may assume the hub; empty: there is none. */
    readonly trust: readonly PrincipalRequest[];
    /** ARN of a policy that exists. */
    readonly permissionsBoundary: string | undefined;
  };
  readonly role: Omit<Spec['role'], 'trust' | 'untrusted'> & {
    readonly trust: readonly PrincipalRequest[];
    readonly untrusted?: readonly PrincipalRequest[];
  };
  readonly permissions: Spec['permissions'];
  readonly session: Spec['session'];
}

const withoutTrust = ({ trust, sourceTrust = [], untrust }: SpecInput): readonly Diagnostic[] =>
  (trust ?? untrust) === undefined || (trust ?? []).length + sourceTrust.length > 0
    ? []
    : [
        problem('USAGE', 'the role would trust nobody', {
          path: 'role.trust',
          hints: [{ text: 'name who will run Terraform', command: 'xacct init --trust arn:aws:iam::111111111111:role/ci' }],
        }),
      ];

/** Of the halves of a pair neither says it any more. */
const withoutPair = ({ pair, planTrust }: SpecInput): readonly Diagnostic[] =>
  planTrust === undefined || pair?.value === true
    ? []
    : [
        problem('USAGE', 'who may plan is said, and there is one role for all', {
          path: planTrust[0]?.place ?? 'role.planTrust',
          hints: [{ text: 'a role of its own for them: --pair, or role.pair in xacct.yaml' }],
        }),
      ];

/** The conditions that a caller must meet, and what was wrong with them. */
const parseConditions = (reading: Reading): TrustConditions => ({
  mfa: reading.value('requireMfa'),
  sourceIps: reading.list('sourceIps'),
  orgId: reading.value('orgId'),
  orgPaths: reading.list('orgPaths'),
  sourceIdentities: reading.list('requiredSourceIdentities'),
  sessionNamePrefix: reading.value('sessionNamePrefix'),
  sessionTags: Object.fromEntries(reading.list('requiredSessionTags')),
});

/** In which account is often known before anybody has looked. */
const misplacedBoundaries = (
  { source, role, sourceAccount, targetAccount }: SpecRequest,
  input: SpecInput,
): readonly Diagnostic[] => {
  const given = [
    [source.permissionsBoundary, 'source', sourceAccount, input.sourcePermissionsBoundary?.place],
    [role.permissionsBoundary, 'target', targetAccount, input.permissionsBoundary?.place],
  ] as const;
  const foreign = given.flatMap(([arn, side, account, place]) =>
    foreignBoundary(arn, { side, account, partition: undefined }, place),
  );
  return [...foreign, ...unusedBoundary(input)];
};

const externalIdChangeOf = ({ rotateExternalId, retireExternalId }: SpecInput, fresh: string) => {
  if (rotateExternalId) return { externalIdChange: { kind: 'rotate', fresh } } as const;
  return retireExternalId ? ({ externalIdChange: { kind: 'retire' } } as const) : {};
};

/** `fresh` is a new external id, used only when one is wanted and the role has none. */
export const parseSpecRequest = (given: SpecInput, fresh: string): Result<SpecRequest> => {
  const input = withAskedSession(given);
  const reading = new Reading(input);
  const sourceTrust = reading.list('sourceTrust');
  // What it means has been done to the trust already; here it is only judged.
  reading.value('layout');
  reading.value('planTrust');
  const trust = reading.value('trust') ?? (sourceTrust.length > 0 ? [] : [{ kind: 'self' as const }]);
  const grantTo = reading.list('grantTo');
  const maxSessionSeconds = reading.value('maxSessionDuration');
  const seconds = reading.value('duration');
  const tags = reading.list('tags');
  const sessionTags = reading.list('sessionTags');
  const request: SpecRequest = {
    name: input.name,
    sourceAccount: reading.value('sourceAccount'),
    targetAccount: reading.value('targetAccount'),
    region: reading.value('region'),
    viaRole: reading.list('viaRole'),
    source: {
      isGranted: reading.value('grantSource') || grantTo.length > 0,
      grantTo,
      hubRole: reading.value('hubRole') ?? '',
      instanceRole: reading.value('instanceRole') ?? '',
      trust: sourceTrust,
      permissionsBoundary: reading.value('sourcePermissionsBoundary'),
    },
    role: {
      name: reading.value('roleName') ?? '',
      path: reading.value('path') ?? '',
      description: reading.value('description') ?? '',
      maxSessionSeconds: maxSessionSeconds ?? 0,
      permissionsBoundary: reading.value('permissionsBoundary'),
      tags: Object.fromEntries(tags),
      trust,
      externalId: reading.externalIds('generate', fresh) ?? { kind: 'generate', fresh },
      ...externalIdChangeOf(input, fresh),
      conditions: parseConditions(reading),
    },
    permissions: parsePermissions(reading, input),
    session: {
      name: reading.value('sessionName') ?? '',
      seconds: seconds ?? 0,
      tags: Object.fromEntries(sessionTags),
      transitiveTagKeys: reading.list('transitiveTags'),
      sourceIdentity: reading.value('sourceIdentity'),
      ...readSessionPolicies(reading, input),
    },
  };
  if (maxSessionSeconds !== undefined && seconds !== undefined && seconds > maxSessionSeconds)
    reading.problems.push(
      problem('INVALID_VALUE', `sessions of ${seconds} s are longer than the role's maximum of ${maxSessionSeconds} s`, {
        path: input.duration?.place ?? 'duration',
        hints: [{ text: "raise the role's maximum: --max-session-duration" }],
      }),
    );
  const [first, ...more] = [
    ...reading.problems,
    ...permissionFaults(request, input),
    ...withoutTrust(input),
    ...withoutPair(input),
    ...doubleKeys(tags, 'tag', input.tags),
    ...doubleKeys(sessionTags, 'session tag', input.sessionTags),
    ...doubleKeys(reading.list('requiredSessionTags'), 'required session tag', input.requiredSessionTags),
    ...orphanTransitiveKeys(request.session, input),
    ...unmeetable(request.role, input),
    ...tooLongThroughHub(seconds, input),
    ...contradictedIds(input),
    ...misplacedBoundaries(request, input),
    ...undecided(input),
  ];
  return first === undefined ? ok(request) : fail(first, ...more);
};
