/** The roles through which a target is entered (`--via-role`, `viaRole`), as ARNs: a name is of the target account itself. */
import { formatRoleArn, parseRoleArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { parseViaRole } from '#domain/condition-fields.ts';
import { XacctError } from '#domain/xacct-error.ts';

const withoutAccount = ({ value, place }: Given<string>): XacctError =>
  new XacctError(
    problem('USAGE', `${value} is the name of a role, and of which account was not said`, {
      path: place,
      hints: [
        { text: 'name the account: --target-account ID' },
        { text: `or the role by its ARN: arn:aws:iam::ID:role/${value}` },
      ],
    }),
  );

const mixed = (arn: string, region: string, place: string): XacctError =>
  new XacctError(
    problem('MIXED_PARTITIONS', `${arn} is not in the partition of region ${region}`, {
      path: place,
      hints: [
        { text: 'credentials of one partition enter no role of another: name credentials of that partition: --target-profile' },
      ],
    }),
  );

/** Throws XacctError, before anything is asked of AWS, for a way that cannot lead into the target. */
export const viaRolesOf = (input: SpecInput, region: string | undefined): readonly string[] => {
  const { viaRole = [], targetAccount } = input;
  const partition = region === undefined ? undefined : partitionOfRegion(region)?.id;
  const arns = viaRole.map((given) => {
    const parsed = parseViaRole(given);
    if (!parsed.ok) throw XacctError.of(parsed.diagnostics);
    const role = parseRoleArn(parsed.value);
    if (role && partition !== undefined && role.partition !== partition) throw mixed(parsed.value, region ?? '', given.place);
    if (role) return parsed.value;
    if (targetAccount === undefined) throw withoutAccount(given);
    return formatRoleArn({ partition: partition ?? 'aws', account: targetAccount.value, path: '/', name: parsed.value });
  });
  const last = parseRoleArn(arns.at(-1) ?? '');
  if (last && targetAccount && last.account !== targetAccount.value)
    throw new XacctError(
      problem('WRONG_ACCOUNT', `the way in ends in account ${last.account}, and the target should be ${targetAccount.value}`, {
        path: viaRole.at(-1)?.place ?? '--via-role',
        hints: [{ text: 'the last role of the chain must be of the target' }],
      }),
    );
  return arns;
};
