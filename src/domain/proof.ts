/** What verify proved of one access, to be looked at later by whoever emits files for it. A proof never changes what is emitted. */
import type { Access } from './access.ts';
import { parseSessionArn } from './arn.ts';
import type { CheckId, VerifyReport } from './verify-report.ts';

export interface Proof {
  readonly schema: 1;
  /** SHA-256 of `canonicalAccess`. */
  readonly accessDigest: string;
  readonly sourceArn: string;
  readonly roleArn: string;
  readonly checks: readonly { readonly id: CheckId; readonly status: 'pass' | 'fail' | 'skip' }[];
  readonly provedSessionSeconds: number | null;
  /** ISO 8601. */
  readonly provedAt: string;
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/**
 * The same text for the same access, in whatever order it was read. The region is where Terraform works, and the token's file where it lies
 * on one machine: neither proves anything.
 */
export const canonicalAccess = (access: Access): string => {
  const { region: _, webIdentity, ...rest } = access;
  return JSON.stringify(sorted({ ...rest, webIdentity: webIdentity && { ...webIdentity, tokenFile: undefined } }));
};

export const proofOf = (
  { source, target, checks, maxSessionSeconds }: VerifyReport,
  { accessDigest, provedAt }: Pick<Proof, 'accessDigest' | 'provedAt'>,
): Proof => ({
  schema: 1,
  accessDigest,
  sourceArn: source.arn,
  roleArn: target.roleArn,
  checks: checks.map(({ id, status }) => ({ id, status })),
  provedSessionSeconds: maxSessionSeconds,
  provedAt,
});

/** A session and its role are one; the session's name is another each time. */
const principalOf = (arn: string): string => {
  const session = parseSessionArn(arn);
  return session === undefined ? arn : `${session.account}/${session.roleName}`;
};

/** That somebody else does not get in is no news of those who did. */
export const standsAgainst = (before: Proof | undefined, now: Proof): boolean =>
  before !== undefined &&
  proofFault(before, () => now.accessDigest) === undefined &&
  proofFault(now, () => now.accessDigest) !== undefined &&
  principalOf(before.sourceArn) !== principalOf(now.sourceArn);

/** Undefined for a text that is no proof of ours. */
export const parseProof = (text: string): Proof | undefined => {
  try {
    const proof = JSON.parse(text) as Partial<Proof> | null;
    const isProof = proof?.schema === 1 && typeof proof.accessDigest === 'string' && Array.isArray(proof.checks);
    return isProof ? (proof as Proof) : undefined;
  } catch {
    return undefined;
  }
};

/** Why it proves nothing of this access; undefined when it does. Lower case, no full stop. A digest takes its time, and is asked for where it counts. */
export const proofFault = (proof: Proof | undefined, accessDigest: () => string): string | undefined => {
  if (proof === undefined) return 'it was not proved yet';
  if (proof.accessDigest !== accessDigest()) return `it has changed since it was proved (${proof.provedAt})`;
  const failed = proof.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return failed.length === 0 ? undefined : `the last proof (${proof.provedAt}) failed: ${failed.join(', ')}`;
};
