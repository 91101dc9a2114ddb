/** What is wrong with a permissions boundary as it was given: where its policy lies, and whether there is a role to bound. Pure. */
import { parsePolicyArn } from './arn.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import type { SideName } from './desired.ts';
import type { Given } from './fields.ts';
import { shellWord } from './shell-word.ts';
import { hasSourceRole } from './source-roles.ts';
import type { SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

const FLAGS: Readonly<Record<SideName, string>> = {
  source: `--${VALUES.sourcePermissionsBoundary.flag}`,
  target: `--${VALUES.permissionsBoundary.flag}`,
};

/** As far as it is known. */
export interface Home {
  readonly side: SideName;
  readonly account: string | undefined;
  readonly partition: string | undefined;
}

/** IAM bounds a role by a policy of its own account, or by one of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
export const foreignBoundary = (
  arn: string | undefined,
  { side, account, partition }: Home,
  place?: string,
): readonly Diagnostic[] => {
  const policy = arn === undefined ? undefined : parsePolicyArn(arn);
  if (arn === undefined || policy === undefined) return [];
  const path = place ?? FLAGS[side];
  if (partition !== undefined && policy.partition !== partition) {
    const text = `the permissions boundary ${arn} is not in partition ${partition} of the ${side}`;
    const owner = policy.account === 'aws' ? 'aws' : (account ?? policy.account);
    const there = arn.replace(/^arn:[^:]+:iam::[^:]+:/, `arn:${partition}:iam::${owner}:`);
    const hint = { text: 'one of that partition', command: `xacct init ${FLAGS[side]} ${shellWord(there)}` };
    return [problem('MIXED_PARTITIONS', text, { path, hints: [hint] })];
  }
  if (account === undefined || policy.account === account || policy.account === 'aws') return [];
  const text = `the permissions boundary ${arn} is of account ${policy.account}, and the role that it would bound is of the ${side}, ${account}`;
  const hints = [
    {
      text: `name a policy of ${account}, or one of AWS; with credentials of ${account} this lists them`,
      command: 'aws iam list-policies --query "Policies[].Arn"',
    },
    ...(side === 'source'
      ? [{ text: "for the target's role: --permissions-boundary" }]
      : [{ text: 'for roles of the source: --source-permissions-boundary' }]),
  ];
  return [problem('INVALID_VALUE', text, { path, hints })];
};

/** It bounds what is made in the source; whom a role of the target trusts otherwise is there already, and its account's to bound. */
export const unusedBoundary = (input: SpecInput): readonly Diagnostic[] => {
  const boundary: Given<string> | undefined = input.sourcePermissionsBoundary;
  if (boundary === undefined || hasSourceRole(input)) return [];
  const said = `${FLAGS.source} ${shellWord(boundary.value)}`;
  return [
    problem('USAGE', `${boundary.value} is to bound the roles that are made in the source, and none is made there`, {
      path: boundary.place,
      hints: [
        { text: 'a role of instances would be', command: `xacct init --trust ec2 ${said}` },
        { text: 'or a hub, where tokens enter: --layout hub, or source.layout in xacct.yaml' },
        { text: "or leave it out: the target's role has a boundary of its own, --permissions-boundary" },
      ],
    }),
  ];
};
