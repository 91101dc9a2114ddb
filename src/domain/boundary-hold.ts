/**
 * What a permissions boundary leaves open: whether it holds roles that carry it as the guard of power-user holds its own role, and whether one
 * call gets through. By the words of the document, not by deciding calls: a condition counts only where it is the boundary's own, so what is
 * in doubt counts as open. Pure.
 */
import { formatRoleArn, parsePolicyArn } from './arn.ts';
import { conditionsOf, reachBeyond, type BoundPlace } from './boundary-reach.ts';
import { coversAction } from './covers.ts';
import { asArnPattern, compileGlob, globMatches } from './glob.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';

interface Way {
  readonly action: string;
  /** An ARN; one that stands for many ends in a name that nothing has. */
  readonly resource: string;
}

const ROLE_POLICIES = ['iam:AttachRolePolicy', 'iam:PutRolePolicy'];
const LOOSENING = ['iam:DetachRolePolicy', 'iam:DeleteRolePolicy', 'iam:DeleteRole', 'iam:UpdateRole'];
const POLICY_CHANGES = ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:DeletePolicyVersion', 'iam:DeletePolicy'];
const OF_ROLES = [
  'iam:UpdateAssumeRolePolicy',
  'iam:PassRole',
  'iam:PutRolePermissionsBoundary',
  'iam:DeleteRolePermissionsBoundary',
];
const SOMEBODY = 'xacct-somebody-else';

/** What would undo the guard itself. */
const waysOf = ({ partition, account, role, boundary }: BoundPlace): readonly Way[] => {
  const ways = (actions: readonly string[], resource: string): readonly Way[] => actions.map((action) => ({ action, resource }));
  const policy = (name: string): string => `arn:${partition}:iam::${account}:policy${role.path}${policyNameFor(role.name, name)}`;
  return [
    ...ways([...ROLE_POLICIES, ...OF_ROLES, ...LOOSENING], formatRoleArn({ partition, account, ...role })),
    ...ways(POLICY_CHANGES, policy(SOMEBODY)),
    ...ways(POLICY_CHANGES, policy('power-user')),
    // Nobody but AWS changes AWS's own.
    ...(parsePolicyArn(boundary)?.account === 'aws' ? [] : ways(POLICY_CHANGES, boundary)),
  ];
};

/** Of an Allow a policy variable may stand for anything; of a Deny it is taken to the letter, which hits less. */
const coversResource = ({ Effect, Resource, NotResource }: Statement, resource: string): boolean => {
  const matches = (pattern: string): boolean => {
    const isWide = (Effect === 'Allow') === (Resource !== undefined);
    const read = isWide ? pattern.replaceAll(/\$\{[^}]*\}/g, '*') : pattern;
    const glob = compileGlob(read);
    return read === '*' || globMatches(isWide ? glob : asArnPattern(glob), resource);
  };
  return Resource === undefined ? !listOf(NotResource).some(matches) : listOf(Resource).some(matches);
};

const isOpen = (statements: readonly Statement[], { action, resource }: Way): boolean => {
  const about = statements.filter((statement) => coversAction(statement, action) && coversResource(statement, resource));
  return (
    about.some(({ Effect }) => Effect === 'Allow') &&
    !about.some((statement) => statement.Effect === 'Deny' && conditionsOf(statement).length === 0)
  );
};

/** Whether a role under this boundary may do that, if its policies allow it. Of a false answer there is no doubt. */
export const leavesOpen = (document: PolicyDocument, way: Way): boolean => isOpen(statementsOf(document), way);

/** `ACTION on RESOURCE`, each of which a role under this boundary could use to undo the guard of `place.role`; none: the boundary holds. */
export const waysAround = (document: PolicyDocument, place: BoundPlace): readonly string[] => {
  const statements = statementsOf(document);
  const own = waysOf(place)
    .filter((way) => isOpen(statements, way))
    .map(({ action, resource }) => `${action} on ${resource.slice(resource.lastIndexOf(':') + 1)}`);
  return [...new Set([...own, ...reachBeyond(statements, place)])];
};
