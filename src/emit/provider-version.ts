/** Version constraints of the AWS provider: which versions one lets in, and what the oldest of them knows. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { fail, ok, type Result } from '#domain/result.ts';

export type Version = readonly [major: number, minor: number, patch: number];

export interface ProviderVersion {
  readonly constraint: string;
  /** The oldest version that Terraform may choose. */
  readonly oldest: Version;
}

/** Several assume_role blocks exist since 5.67.0; what 7 takes is not known yet. */
const MAJORS: Readonly<Record<string, string>> = {
  4: '>= 4.67.0, < 5.0.0',
  5: '>= 5.67.0, < 6.0.0',
  6: '>= 6.0.0, < 7.0.0',
};

const DEFAULT_CONSTRAINT = '>= 5.67.0, < 7.0.0';

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md, 5.67.0: "Adds support for IAM role chaining" */
export const CHAINING_SINCE: Version = [5, 67, 0];
/** assume_role_with_web_identity takes its token's place from the environment. */
export const TOKEN_FROM_ENVIRONMENT_SINCE: Version = [6, 0, 0];

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

export const isAtLeast = (version: Version, since: Version): boolean => compare(version, since) >= 0;

const CLAUSE = /^(=|!=|>=|<=|~>|>|<)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/** https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
const oldestOf = (constraint: string): Version | undefined => {
  let oldest: Version | undefined;
  for (const clause of constraint.split(',')) {
    const [match, sign = '=', major, minor = '0', patch = '0'] = CLAUSE.exec(clause.trim()) ?? [];
    if (match === undefined) return undefined;
    if (!['=', '>=', '~>', '>'].includes(sign)) continue;
    const version: Version = [Number(major), Number(minor), Number(patch)];
    if (oldest === undefined || compare(version, oldest) > 0) oldest = version;
  }
  return oldest;
};

const refuse = ({ value, place }: Given<string>, reason: string): Result<never> =>
  fail(
    problem('INVALID_VALUE', `"${value}" ${reason}`, {
      path: place,
      hints: [
        { text: 'write 4, 5 or 6, or a constraint with a lower end', command: 'xacct emit-tf --provider-version "~> 5.80"' },
      ],
    }),
  );

export const parseProviderVersion = (given: Given<string> | undefined): Result<ProviderVersion> => {
  const text = given?.value.trim() ?? DEFAULT_CONSTRAINT;
  const constraint = (Object.hasOwn(MAJORS, text) ? MAJORS[text] : undefined) ?? text;
  const oldest = oldestOf(constraint);
  if (given === undefined) return ok({ constraint, oldest: oldest ?? CHAINING_SINCE });
  if (oldest === undefined) return refuse(given, 'is no version constraint with a lower end');
  if (/^\d+$/.test(text) && oldest[0] > 6) return refuse(given, 'is no version of the AWS provider that is known here');
  if (oldest[0] < 4) return refuse(given, 'lets in versions before 4, which take other arguments');
  return ok({ constraint, oldest });
};
