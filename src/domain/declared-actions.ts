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
  /** Statements, or parts of them, that no single question can stand for: wildcards in actions, conditions, variables, exceptions. */
  readonly isPartial: boolean;
}

const isLiteral = (action: string): boolean => !/[*?]/.test(action);
const isPlain = ({ Condition, NotAction, NotResource }: Statement): boolean =>
  Condition === undefined && NotAction === undefined && NotResource === undefined;

/** The simulator takes no wildcards in actions: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export const declaredActions = (documents: readonly PolicyDocument[]): DeclaredActions => {
  const byResource = new Map<string, Set<string>>();
  let isPartial = false;
  const statements = documents.flatMap(statementsOf).filter(({ Effect }) => Effect === 'Allow');
  for (const statement of statements) {
    const actions = isPlain(statement) ? listOf(statement.Action).filter(isLiteral) : [];
    const resources = listOf(statement.Resource).filter((resource) => !resource.includes('${'));
    if (actions.length < listOf(statement.Action).length || resources.length < listOf(statement.Resource).length)
      isPartial = true;
    if (!isPlain(statement)) isPartial = true;
    for (const resource of resources)
      for (const action of actions) byResource.set(resource, (byResource.get(resource) ?? new Set()).add(action));
  }
  const questions = [...byResource].map(([resource, actions]) => ({ resource, actions: [...actions] }));
  return { questions, isPartial };
};
