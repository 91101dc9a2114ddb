/** What can be asked, by name, of a role that was given these policies. Pure. */
import { listOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';

export interface PermissionQuestion {
  /** An ARN, or `*`. */
  readonly resource: string;
  readonly actions: readonly string[];
}

export interface DeclaredActions {
  /** One for each resource. */
  readonly questions: readonly PermissionQuestion[];
  /** What no single question can stand for, each in the words of its policy: wildcards in actions, conditions, variables, exceptions. */
  readonly unasked: readonly string[];
}

const isLiteral = (action: string): boolean => !/[*?]/.test(action);
const isFixed = (resource: string): boolean => !resource.includes('${');

/** What makes a whole statement one that no question of an action and a resource is about. */
const obstacleOf = ({ Condition, NotAction, NotResource, Action }: Statement): string | undefined => {
  if (NotAction !== undefined) return `all but ${listOf(NotAction).join(', ')} (NotAction)`;
  const actions = listOf(Action).join(', ');
  if (NotResource !== undefined) return `${actions} on all but ${listOf(NotResource).join(', ')} (NotResource)`;
  if (Condition === undefined) return undefined;
  const keys = Object.values(Condition).flatMap((of) => Object.keys(of));
  return `${actions} under a condition on ${[...new Set(keys)].join(', ')}`;
};

const partsOf = (statement: Statement): readonly string[] => {
  const obstacle = obstacleOf(statement);
  if (obstacle !== undefined) return [obstacle];
  const resources = listOf(statement.Resource).filter((resource) => !isFixed(resource));
  return [
    ...listOf(statement.Action)
      .filter((action) => !isLiteral(action))
      .map((action) => `${action} (a wildcard)`),
    ...resources.map((resource) => `${resource} (a variable)`),
  ];
};

/**
 * The simulator takes no wildcards in actions: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 * `policyArns`: attached policies, whose documents nobody declared.
 */
export const declaredActions = (documents: readonly PolicyDocument[], policyArns: readonly string[] = []): DeclaredActions => {
  const byResource = new Map<string, Set<string>>();
  const statements = documents.flatMap(statementsOf).filter(({ Effect }) => Effect === 'Allow');
  for (const statement of statements) {
    if (obstacleOf(statement) !== undefined) continue;
    for (const resource of listOf(statement.Resource).filter(isFixed))
      for (const action of listOf(statement.Action).filter(isLiteral))
        byResource.set(resource, (byResource.get(resource) ?? new Set()).add(action));
  }
  const questions = [...byResource].map(([resource, actions]) => ({ resource, actions: [...actions] }));
  const unasked = [...statements.flatMap(partsOf), ...policyArns.map((arn) => `the policy ${arn}`)];
  return { questions, unasked: [...new Set(unasked)] };
};
