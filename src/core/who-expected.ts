/** The list of who can become a role, against the list of who should: both differences. Pure. */
import { formatRootArn, isAccountId, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import type { WhoDifference, WhoEntry } from '#domain/who.ts';

/** An account id is the same as its root; a permission set may be named by its own name or by its role. */
const namesOf = ({ principal, via, kind }: WhoEntry): readonly string[] => {
  const role = kind === 'permission-set' ? /AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(principal)?.[1] : undefined;
  return [principal, via, ...(role === undefined ? [] : [`sso:${role}`])];
};

const canonical = (name: string, partition: string): string => (isAccountId(name) ? formatRootArn(partition, name) : name);

/** As the list itself names them: services, unique ids, tokens by issuer and subject, permission sets. */
const OTHERS =
  /^(?:\*|[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?|A[A-Z]{3}[A-Z0-9]{12,}|(?:sso|github):[^:\s][^\s]*|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[^:\s]*)?:\S+)$/i;

const isName = (value: string): boolean => {
  if (isAccountId(value) || OTHERS.test(value)) return true;
  const arn = parseArn(value);
  if (arn === undefined) return false;
  const isOne = [parseRoleArn, parseUserArn, parseRootArn, parseSessionArn].some((parse) => parse(value) !== undefined);
  return isOne || /^(?:saml-provider|oidc-provider)\//.test(arn.resource);
};

/** What can be no name in such a list: it would be missing for ever. */
export const faultsOfExpected = (names: readonly Given<string>[]): readonly Diagnostic[] =>
  names
    .filter(({ value }) => !isName(value))
    .map(({ value, place }) =>
      problem('INVALID_VALUE', `"${value}" is nobody that --who could list`, {
        path: place,
        hints: [
          {
            text: 'name the principal as the list does: arn:aws:iam::111111111111:role/ci, 111111111111, sso:PermissionSet, github:OWNER/REPO:ref=refs/heads/main, ec2.amazonaws.com, *',
          },
        ],
      }),
    );

/** Whoever is not known to be shut out counts as being there. Who comes through a role that gets in is expected with that role. */
export const compareWho = (
  { principals, chains }: { readonly principals: readonly WhoEntry[]; readonly chains: readonly WhoEntry[] },
  expected: readonly string[],
  partition: string,
): WhoDifference => {
  const there = principals.filter(({ can }) => can !== 'no');
  const wanted = expected.map((name) => ({ name, full: canonical(name, partition) }));
  const covers = (full: string, entry: WhoEntry): boolean => namesOf(entry).includes(full);
  return {
    missing: wanted.filter(({ full }) => ![...there, ...chains].some((entry) => covers(full, entry))).map(({ name }) => name),
    unexpected: [
      ...new Set(there.filter((entry) => !wanted.some(({ full }) => covers(full, entry))).map(({ principal }) => principal)),
    ],
  };
};
