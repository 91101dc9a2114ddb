/**
 * Whether a permissions boundary holds roles that carry it as the guard of power-user holds its own role. By the words of the document, not by
 * deciding calls: a condition counts only where it is the boundary's own, so what is in doubt counts as open. Pure.
 */
import { formatRoleArn, parsePolicyArn } from './arn.ts';
import { coversAction } from './covers.ts';
import { compileGlob, globMatches } from './glob.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';
import { LEAVING_ACTIONS, type PresetPlace } from './preset.ts';

/** Where a role and its boundary are. */
export interface BoundPlace extends PresetPlace {
  readonly boundary: string;
}

interface Way {
  readonly action: string;
  /** An ARN; one that stands for many ends in a name that nothing has. */
  readonly resource: string;
  /** Harmless where it must carry the same boundary: the condition key iam:PermissionsBoundary is there, and what is made is no wider. */
  readonly mayBeBounded: boolean;
}

const ROLE_POLICIES = ['iam:AttachRolePolicy', 'iam:PutRolePolicy'];
const LOOSENING = ['iam:DetachRolePolicy', 'iam:DeleteRolePolicy', 'iam:DeleteRole', 'iam:UpdateRole'];
const POLICY_CHANGES = ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:DeletePolicyVersion', 'iam:DeletePolicy'];
const UNBOUNDING = ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'];
/** With one of these on somebody else a role is that somebody: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate */
const BORROWING = ['iam:UpdateAssumeRolePolicy', 'iam:PassRole'];
const USER_KEYS = ['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'];
const MAKING_USERS = ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:AttachUserPolicy', 'iam:PutUserPermissionsBoundary'];
const GROUPS = ['iam:PutGroupPolicy', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup'];
const SOMEBODY = 'xacct-somebody-else';

/** What would undo the guard, or lead out of the boundary. */
const waysOf = ({ partition, account, role, boundary }: BoundPlace): readonly Way[] => {
  const arn = (rest: string): string => `arn:${partition}:iam::${account}:${rest}`;
  const ways = (actions: readonly string[], resource: string, mayBeBounded = false): readonly Way[] =>
    actions.map((action) => ({ action, resource, mayBeBounded }));
  const own = formatRoleArn({ partition, account, ...role });
  const child = arn(`role/${role.name}/${SOMEBODY}`);
  const making = ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', ...ROLE_POLICIES];
  return [
    ...ways([...ROLE_POLICIES, ...BORROWING, ...LOOSENING, 'iam:PutRolePermissionsBoundary', ...UNBOUNDING.slice(0, 1)], own),
    ...ways(POLICY_CHANGES, arn(`policy${role.path}${policyNameFor(role.name, SOMEBODY)}`)),
    // Nobody but AWS changes AWS's own.
    ...(parsePolicyArn(boundary)?.account === 'aws' ? [] : ways(POLICY_CHANGES, boundary)),
    ...ways(making, child, true),
    ...ways(UNBOUNDING.slice(0, 1), child),
    ...ways(making, arn(`role/${SOMEBODY}`), true),
    ...ways([...BORROWING, ...UNBOUNDING.slice(0, 1)], arn(`role/${SOMEBODY}`)),
    ...ways(POLICY_CHANGES.slice(0, 2), arn(`policy/${SOMEBODY}`)),
    ...ways(MAKING_USERS, arn(`user/${SOMEBODY}`), true),
    ...ways([...USER_KEYS, ...UNBOUNDING.slice(1)], arn(`user/${SOMEBODY}`)),
    ...ways(GROUPS, arn(`group/${SOMEBODY}`)),
    ...ways(LEAVING_ACTIONS, '*'),
  ];
};

/** Of an Allow a policy variable may stand for anything; of a Deny it is taken to the letter, which hits less. */
const coversResource = ({ Effect, Resource, NotResource }: Statement, resource: string): boolean => {
  const matches = (pattern: string): boolean => {
    const isWide = (Effect === 'Allow') === (Resource !== undefined);
    const read = isWide ? pattern.replaceAll(/\$\{[^}]*\}/g, '*') : pattern;
    return read === '*' || globMatches(compileGlob(read), resource);
  };
  return Resource === undefined ? !listOf(NotResource).some(matches) : listOf(Resource).some(matches);
};

/** `[operator, key, values]` of each condition. */
const conditionsOf = ({ Condition = {} }: Statement): readonly (readonly [string, string, readonly unknown[]])[] =>
  Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => [operator.toLowerCase(), key.toLowerCase(), listOf<unknown>(values)] as const),
  );

const namesBoundary = (statement: Statement, operators: readonly string[], boundary: string): boolean =>
  conditionsOf(statement).some(
    ([operator, key, values]) =>
      operators.includes(operator) && key === 'iam:permissionsboundary' && values.every((value) => value === boundary),
  );

const isOpen = (statements: readonly Statement[], { action, resource, mayBeBounded }: Way, boundary: string): boolean => {
  const about = statements.filter((statement) => coversAction(statement, action) && coversResource(statement, resource));
  const isAllowed = about.some(
    (statement) =>
      statement.Effect === 'Allow' && !(mayBeBounded && namesBoundary(statement, ['stringequals', 'arnequals'], boundary)),
  );
  const isDenied = about.some((statement) => {
    if (statement.Effect !== 'Deny') return false;
    const { length } = conditionsOf(statement);
    const isUnlessBounded = length === 1 && namesBoundary(statement, ['stringnotequals', 'arnnotequals'], boundary);
    return length === 0 || (mayBeBounded && isUnlessBounded);
  });
  return isAllowed && !isDenied;
};

/** `ACTION on RESOURCE`, each of which a role under this boundary could use to undo the guard of `place.role`; none: the boundary holds. */
export const waysAround = (document: PolicyDocument, place: BoundPlace): readonly string[] => {
  const statements = statementsOf(document);
  return waysOf(place)
    .filter((way) => isOpen(statements, way, place.boundary))
    .map(({ action, resource }) => `${action} on ${resource.slice(resource.lastIndexOf(':') + 1)}`);
};
