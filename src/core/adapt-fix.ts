/** The evaluator's command, where the policy that it changes belongs to a group or to AWS: things that a scenario does not say. Pure. */
import type { Decision, Fix } from '#domain/cause.ts';
import { parsePolicyArn } from '#domain/arn.ts';
import { parseGroupPolicyName } from '#domain/group-policy-name.ts';

/** Only AWS changes its own policies. */
const isOfAws = (name: string): boolean => parsePolicyArn(name)?.account === 'aws';

const adaptCommand = (fix: Fix, name: string): Fix => {
  const group = parseGroupPolicyName(name);
  if (group !== undefined && fix.command !== null) {
    const document = fix.command.slice(fix.command.indexOf(' --policy-document '));
    return { ...fix, command: `aws iam put-group-policy --group-name ${group.group} --policy-name ${group.policy}${document}` };
  }
  if (!isOfAws(name)) return fix;
  const summary = `detach ${name}, which AWS keeps, and put a policy of your own in its place`;
  return { ...fix, change: null, command: null, hcl: null, summary };
};

/** Where the decision names no policy, the command does. */
const boundaryOfAws = ({ command }: Fix): string | undefined =>
  / --policy-arn (arn:[^:]+:iam::aws:policy\/\S+)/.exec(command ?? '')?.[1];

/** `callerAccount`: where `you` act. */
export const adaptFix = ({ fix, policy }: Decision, callerAccount: string | null): Fix | null => {
  if (fix === null) return null;
  const placed = fix.actor === 'you' && fix.account === null ? { ...fix, account: callerAccount } : fix;
  const name = policy?.name ?? boundaryOfAws(placed);
  if (name !== undefined && fix.change?.kind === 'add-statement' && fix.change.to === 'boundary' && isOfAws(name)) {
    const summary = `put a boundary of your own in the place of ${name}, which AWS keeps, and let it allow the call`;
    return { ...placed, change: null, command: null, hcl: null, summary };
  }
  return name === undefined || fix.change?.kind !== 'replace-statement' ? placed : adaptCommand(placed, name);
};
