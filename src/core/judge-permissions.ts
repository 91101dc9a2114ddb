/** What a role may not do of what is declared, by its own policies and the evaluator: where IAM's simulator may not be asked. */
import { parseArn, type RoleArn, formatRoleArn } from '#domain/arn.ts';
import type { PermissionQuestion } from '#domain/declared-actions.ts';
import type { Unread } from '#domain/unread.ts';
import { decideAccess } from '#policy/evaluate.ts';
import type { PrincipalIam } from './ports/principal-iam.ts';
import type { DeniedAction } from './ports/simulator.ts';
import { readCaller } from './read-caller.ts';
import { attemptIn, distinct } from './unread.ts';

export interface JudgedPermissions {
  readonly denied: readonly DeniedAction[];
  /** Where there is anything, nothing is proved. */
  readonly unread: readonly Unread[];
}

/** A resource of another account has a policy of its own, which nobody reads here. */
const isOfAccount = ({ resource }: PermissionQuestion, account: string): boolean =>
  [undefined, '', '*', account].includes(parseArn(resource)?.account);

const LAYERS: Readonly<Partial<Record<string, DeniedAction['by']>>> = { boundary: 'boundary', scp: 'organization' };

export const judgePermissions = async (
  role: RoleArn,
  questions: readonly PermissionQuestion[],
  iam: PrincipalIam,
): Promise<JudgedPermissions> => {
  const unread: Unread[] = [];
  const caller = await readCaller({ arn: formatRoleArn(role), kind: 'role' }, iam, attemptIn(role.account, unread));
  const denied = questions
    .filter((question) => isOfAccount(question, role.account))
    .flatMap(({ resource, actions }) =>
      actions.flatMap((action): readonly DeniedAction[] => {
        const { verdict, layer } = decideAccess({ caller, action, resource });
        return verdict === 'allowed' ? [] : [{ action, resource, by: LAYERS[layer ?? ''] ?? 'policies' }];
      }),
    );
  return { denied, unread: distinct(unread) };
};
