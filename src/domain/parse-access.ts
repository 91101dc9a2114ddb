/** SpecInput to Access, which verify, explain and emit-tf need: a role, and how it is entered. Every problem at once, nothing read from anywhere. */
import type { Access } from './access.ts';
import { formatRoleArn, type RoleArn } from './arn.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import type { Given } from './fields.ts';
import { contradictedRole } from './named-role.ts';
import { parsePrincipal } from './principal-request.ts';
import { partitionById, partitionOfRegion } from './partition.ts';
import { Reading } from './reading.ts';
import { fail, ok, type Result } from './result.ts';
import { hubEntry } from './source-wish.ts';
import { doubleKeys, orphanTransitiveKeys, tooLongThroughHub } from './spec-checks.ts';
import { readSessionPolicies } from './session-policy.ts';
import { withAskedSession } from './asked-session.ts';
import type { SpecInput } from './spec-input.ts';

const roleOf = (reading: Reading, input: SpecInput, region: string | undefined): RoleArn | undefined => {
  if (input.roleArn) return reading.value('roleArn');
  if (input.targetAccount === undefined) {
    reading.problems.push(
      problem('USAGE', 'which role? none was named', {
        path: '--role-arn',
        hints: [
          { text: 'name it: --role-arn arn:aws:iam::222222222222:role/xacct-terraform' },
          { text: 'or make it', command: 'xacct init' },
        ],
      }),
    );
    return undefined;
  }
  const account = reading.value('targetAccount');
  const name = reading.value('roleName');
  const path = reading.value('path');
  const partition = region === undefined ? 'aws' : (partitionOfRegion(region)?.id ?? 'aws');
  return account && name && path ? { partition, account, path, name } : undefined;
};

const mixedPartitions = (role: RoleArn, region: Given<string>): Diagnostic =>
  problem('MIXED_PARTITIONS', `the role is in partition ${role.partition}, and region ${region.value} is not`, {
    path: region.place,
    hints: [{ text: `choose a region of ${role.partition}: ${partitionById(role.partition)?.homeRegion ?? ''}` }],
  });

/**
 * Where the file lets nobody but tokens in, a token is what the caller brings; to the hub, where there is one. A trust that is wrong is
 * the business of init.
 */
const webIdentityOf = ({ trust, sourceTrust = [] }: SpecInput): Access['webIdentity'] => {
  const principals = (sourceTrust.length > 0 ? sourceTrust : (trust ?? [])).map((given) => parsePrincipal(given));
  const [first] = principals;
  if (first?.ok !== true || first.value.kind !== 'oidc') return undefined;
  if (principals.some((result) => !result.ok || result.value.kind !== 'oidc')) return undefined;
  return { issuer: `https://${first.value.issuer}`, audience: first.value.audience, tokenFile: undefined };
};

/** The hub's role is all that is known of it here: who may enter it is the business of init. */
const viaOf = (
  reading: Reading,
  input: SpecInput,
  { partition, sessionName }: { readonly partition: string; readonly sessionName: string },
): Access['via'] => {
  if ((input.sourceTrust ?? []).length === 0) return [];
  const account = reading.value('sourceAccount');
  if (account === undefined && input.sourceAccount === undefined)
    reading.problems.push(
      problem('USAGE', 'the way in leads through the hub of the source account, and that was not named', {
        path: input.sourceTrust?.[0]?.place ?? '--source-trust',
        hints: [{ text: 'name it: --source-account ID, or source.account in xacct.yaml' }],
      }),
    );
  const name = reading.value('hubRole') ?? '';
  return account === undefined ? [] : [hubEntry({ partition, account, path: '/', name }, sessionName)];
};

/** A region that nobody named is the home of the role's partition. */
export const parseAccess = (given: SpecInput): Result<Access> => {
  const input = withAskedSession(given);
  const reading = new Reading(input);
  const region = reading.value('region');
  const role = roleOf(reading, input, region);
  const session = readSessionPolicies(reading, input);
  const externalId = reading.externalIds('none', '');
  const sessionTags = reading.list('sessionTags');
  const transitiveTagKeys = reading.list('transitiveTags');
  const sourceIdentity = reading.value('sourceIdentity');
  const sessionName = reading.value('sessionName');
  const sessionSeconds = reading.value('duration');
  if (role && region !== undefined && input.region && partitionOfRegion(region)?.id !== role.partition)
    reading.problems.push(mixedPartitions(role, input.region));
  if (role) reading.problems.push(...contradictedRole(role, input));
  if (externalId?.kind === 'generate')
    reading.problems.push(
      problem('INVALID_VALUE', 'generate makes sense where the role is made, in init', {
        path: input.externalId?.[0]?.place ?? '--external-id',
      }),
    );
  reading.problems.push(
    ...doubleKeys(sessionTags, 'session tag', input.sessionTags),
    ...orphanTransitiveKeys({ tags: Object.fromEntries(sessionTags), transitiveTagKeys }, input),
  );
  reading.problems.push(...tooLongThroughHub(sessionSeconds, input));
  const via = viaOf(reading, input, { partition: role?.partition ?? 'aws', sessionName: sessionName ?? '' });
  const [first, ...more] = reading.problems;
  if (first !== undefined) return fail(first, ...more);
  if (!role || sessionName === undefined || sessionSeconds === undefined)
    return fail(problem('BUG', 'an access was lost while it was read'));
  return ok({
    roleArn: formatRoleArn(role),
    role,
    externalIds: externalId?.kind === 'given' ? externalId.values : [],
    sessionName,
    sessionSeconds,
    sessionTags: Object.fromEntries(sessionTags),
    transitiveTagKeys,
    sourceIdentity,
    sessionPolicy: session.policy,
    sessionPolicyArns: session.policyArns,
    via,
    webIdentity: webIdentityOf(input),
    region: region ?? partitionById(role.partition)?.homeRegion ?? 'us-east-1',
  });
};
