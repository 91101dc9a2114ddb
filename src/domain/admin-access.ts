/** Permissions that make a role the administrator of its account: refused unless that was asked for by name, and never passed over in silence. */
import { parsePolicyArn } from './arn.ts';
import { coversAction, coversEveryRole } from './covers.ts';
import { problem, warning, type Diagnostic } from './diagnostic.ts';
import { statementsOf, type Statement } from './policy-document.ts';
import type { NamedPolicy } from './spec.ts';

/** No service has them: only a wildcard reaches them. */
const ANY_ACTION = 'any-service:AnyAction';
const ANY_IAM_ACTION = 'iam:AnyAction';

/** With one of these on its own role, a role gives itself the rest. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
const SELF_GRANTS = ['iam:AttachRolePolicy', 'iam:CreatePolicyVersion', 'iam:PutRolePolicy'];

const ADMIN_POLICIES: readonly string[] = ['AdministratorAccess', 'IAMFullAccess'];

/** Where every role that is made must carry a boundary, rights over IAM stay within it. */
const isBounded = ({ Condition }: Statement): boolean =>
  Object.entries(Condition ?? {}).some(
    ([operator, keys]) =>
      /^(?:StringEquals|ArnEquals)$/i.test(operator) &&
      Object.keys(keys).some((key) => key.toLowerCase() === 'iam:permissionsboundary'),
  );

type Reach = 'everything' | 'iam' | 'itself';

const reachOf = (statement: Statement): Reach | undefined => {
  if (statement.Effect !== 'Allow' || !coversEveryRole(statement)) return undefined;
  const reachesIam = coversAction(statement, ANY_IAM_ACTION);
  if (reachesIam && coversAction(statement, ANY_ACTION)) return 'everything';
  if (isBounded(statement)) return undefined;
  if (reachesIam) return 'iam';
  return SELF_GRANTS.some((action) => coversAction(statement, action)) ? 'itself' : undefined;
};

const SAID: Readonly<Record<Reach, string>> = {
  everything: 'allows everything, IAM included',
  iam: 'allows all of IAM, by which the role can give itself everything',
  itself: `lets the role change the policies of any role, its own too (one of ${SELF_GRANTS.join(', ')})`,
};

const HINTS = [
  { text: 'take a preset that is narrower', command: 'xacct presets' },
  { text: 'or say that this is meant: --allow-admin' },
];

const placeOf = (policy: NamedPolicy, index: number): string => `policy ${policy.name}, Statement[${index}]`;

/** An error without `--allow-admin`, a warning with it. What gives only a way round (`itself`) is a warning in either case. */
export const checkAdmin = (
  policies: readonly NamedPolicy[],
  policyArns: readonly string[],
  isAdminAllowed: boolean,
): readonly Diagnostic[] => {
  const say = (message: string, isSure: boolean): Diagnostic =>
    isSure && !isAdminAllowed ? problem('ADMIN_ACCESS', message, { hints: HINTS }) : warning('ADMIN_ACCESS', message);
  const documents = policies.flatMap((policy) =>
    statementsOf(policy.document).flatMap((statement, index) => {
      const reach = reachOf(statement);
      return reach === undefined ? [] : [say(`${placeOf(policy, index)} ${SAID[reach]}`, reach !== 'itself')];
    }),
  );
  const attached = policyArns.flatMap((arn) => {
    const policy = parsePolicyArn(arn);
    return policy?.account === 'aws' && ADMIN_POLICIES.includes(policy.name)
      ? [say(`${arn} ${SAID[policy.name === 'IAMFullAccess' ? 'iam' : 'everything']}`, true)]
      : [];
  });
  return [...documents, ...attached];
};
