/** What an AssumeRole request makes of the session: its policies, its tags with those inherited, its source identity, its end. */
import { parsePolicyArn } from '#domain/arn.ts';
import { DEFAULT_SESSION_SECONDS, MAX_POLICY_ARNS } from '#domain/limits.ts';
import { accessDenied, AwsError, malformedPolicy, validationError } from '#sandbox/errors.ts';
import type { Account, Tag } from '#sandbox/model/account.ts';
import { parsedDocument } from '#sandbox/model/documents.ts';
import type { RoleSession } from '#sandbox/model/principal.ts';
import { isCode } from '#sandbox/model/totp.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type { AssumeRoleRequest } from '#sandbox/wire/generated/sts-types.ts';
import type { Call } from './handler.ts';

// "The plaintext that you use for both inline and managed session policies can't exceed 2,048 characters" (AssumeRole, API reference).
const PACKED_LIMIT = 2048;

/** When the caller proved an MFA device with this request; undefined where it names none. Refuses a device that is not the caller's, and a wrong code. */
export const mfaOf = (
  { world, account, principal }: Call,
  { SerialNumber: serial, TokenCode: code }: Pick<AssumeRoleRequest, 'SerialNumber' | 'TokenCode'>,
): number | undefined => {
  if (serial === undefined && code === undefined) return undefined;
  const fault = (why: string): AwsError => accessDenied(`MultiFactorAuthentication failed${why}`, 'MFA');
  if (serial === undefined || code === undefined) throw fault(', must provide both MFA serial number and one time pass code.');
  const device = account.mfaDevices.get(serial);
  if (device === undefined || principal.kind !== 'user' || device.owner !== principal.user)
    throw fault(', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.');
  if (!isCode(device.seed, code, world.wallNow())) throw fault(' with invalid MFA one time pass code. ');
  return world.clock.now();
};

/** What the evaluator cannot see: the same tag twice. */
export const assertRequest = ({ Tags = [] }: Pick<AssumeRoleRequest, 'Tags'>): void => {
  if (new Set(Tags.map(({ Key }) => Key)).size < Tags.length)
    throw new AwsError('InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
};

interface SessionRequest {
  readonly DurationSeconds?: number | undefined;
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

/** `account` is that of the role or user whose session it is; checks the session policies. */
export const sessionOf = (
  { world }: Pick<Call, 'world'>,
  account: Account,
  { DurationSeconds: seconds = DEFAULT_SESSION_SECONDS, Policy: policy, PolicyArns = [], Tags: tags = [] }: SessionRequest,
  sessionName: string,
): RoleSession => {
  const policyArns = PolicyArns.map(({ arn }) => arn ?? '');
  assertSessionPolicies(account, policy, policyArns);
  const now = world.clock.now();
  return {
    sessionName,
    issuedAt: now,
    expiresAt: now + seconds * 1000,
    ...(policy !== undefined && { policy }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(tags.length > 0 && { tags }),
  };
};

/** The call has been allowed; `account` is the role's. */
export const newSession = (call: Call, account: Account, input: AssumeRoleRequest): RoleSession => {
  const inherited = inheritedFrom(call);
  const tags = [...inherited.tags, ...(input.Tags ?? [])];
  const transitiveTagKeys = [...inherited.tags.map(({ Key }) => Key), ...(input.TransitiveTagKeys ?? [])];
  const sourceIdentity = input.SourceIdentity ?? inherited.sourceIdentity;
  return {
    ...sessionOf(call, account, { ...input, Tags: tags }, input.RoleSessionName),
    ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
};

/** Role chaining hands on transitive tags and the source identity. */
const inheritedFrom = ({ principal }: Call): { readonly tags: readonly Tag[]; readonly sourceIdentity?: string | undefined } => {
  if (principal.kind !== 'session') return { tags: [] };
  const { tags = [], transitiveTagKeys = [], sourceIdentity } = principal.session;
  const transitive = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return { tags: tags.filter(({ Key }) => transitive.has(Key.toLowerCase())), sourceIdentity };
};

const assertSessionPolicies = (account: Account, policy: string | undefined, arns: readonly string[]): void => {
  if (policy !== undefined) parsedDocument(policy, 'identity');
  if (arns.length > MAX_POLICY_ARNS)
    throw validationError(
      `1 validation error detected: Value '[${arns.join(', ')}]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_POLICY_ARNS}`,
    );
  for (const arn of arns) {
    if (parsePolicyArn(arn) === undefined) throw validationError(`ARN ${arn} is not valid.`);
    if (findPolicy(account, arn) === undefined) throw malformedPolicy(`Policy ${arn} does not exist or is not attachable.`);
  }
};

/** Per cent of what a session may carry; undefined when the request has neither policies nor tags. AWS's packing is not public: characters stand in. */
export const packedSize = (input: SessionRequest): number | undefined => {
  const policies = [input.Policy ?? '', ...(input.PolicyArns ?? []).map(({ arn }) => arn ?? '')].join('');
  const tags = (input.Tags ?? []).map(({ Key, Value }) => Key + Value).join('');
  if (policies.length + tags.length === 0) return undefined;
  if (policies.length > PACKED_LIMIT)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${Math.ceil((policies.length * 100) / PACKED_LIMIT)}% of allotted space, please use smaller policy.`,
    );
  return Math.max(1, Math.min(100, Math.ceil((policies.length * 100) / PACKED_LIMIT + (tags.length * 100) / (50 * 384))));
};
