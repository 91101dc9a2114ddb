/** Whether the role may do what is declared: asked of IAM's simulator, else of the evaluator over the role's own policies, and it says of which. */
import type { RoleArn } from '#domain/arn.ts';
import { formatRoleArn } from '#domain/arn.ts';
import type { DeclaredActions } from '#domain/declared-actions.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import { check, skipCheck, type CheckPorts, type Finding, type Found } from './check.ts';
import { eachOf } from './each-of.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { AccountInside } from './ports/sessions.ts';
import type { DeniedAction } from './ports/simulator.ts';

export interface PermissionPorts extends CheckPorts {
  /** Who may be asked, the likeliest first: the target's administrator, and the session itself. */
  readonly insides: readonly AccountInside[];
  readonly evaluator: () => Promise<Pick<Diagnosis, 'judgePermissions'>>;
}

type Answer =
  | { readonly by: 'simulator' | 'evaluator'; readonly denied: readonly DeniedAction[] }
  | { readonly by: 'nobody'; readonly reason: string };

const AT_ONCE = 4;

const isRefused = (error: unknown): boolean => isXacctError(error) && error.code === 'AWS_REFUSED';

const simulate = async (
  role: RoleArn,
  { questions }: DeclaredActions,
  { insides }: PermissionPorts,
): Promise<Answer | undefined> => {
  for (const { simulator } of insides) {
    try {
      const denied = await eachOf(questions, AT_ONCE, async ({ resource, actions }) =>
        simulator.deniedActions(formatRoleArn(role), actions, resource),
      );
      return { by: 'simulator', denied: denied.flat() };
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  return undefined;
};

const evaluate = async (role: RoleArn, { questions }: DeclaredActions, ports: PermissionPorts): Promise<Answer> => {
  const { judgePermissions } = await ports.evaluator();
  const missing: string[] = [];
  for (const { principals } of ports.insides) {
    const { denied, unread } = await judgePermissions(role, questions, principals);
    if (unread.length === 0) return { by: 'evaluator', denied };
    missing.push(...unread.flatMap(({ permission }) => permission ?? []));
  }
  const wanted = [...new Set(['iam:SimulatePrincipalPolicy', ...missing])].join(', ');
  return { by: 'nobody', reason: `nobody at hand may look: --target-profile with ${wanted}` };
};

const WORDS = {
  simulator: "IAM's policy simulator (SimulatePrincipalPolicy)",
  evaluator: "xacct's own evaluator over the role's policies; those of the organization were not read",
} as const;

const MOST_NAMED = 5;

/** All of it: what was not asked is not proved, and nobody can look it up elsewhere. */
const sayUnasked = (unasked: readonly string[]): string => (unasked.length === 0 ? '' : `; not asked: ${unasked.join('; ')}`);

const judge = (answer: Answer, { questions, unasked }: DeclaredActions): Finding => {
  const count = questions.reduce((sum, { actions }) => sum + actions.length, 0);
  const expected = `${count} declared actions allowed`;
  if (answer.by === 'nobody') return { status: 'skip', expected, observed: null, reason: answer.reason };
  const by = `by ${WORDS[answer.by]}${sayUnasked(unasked)}`;
  const { denied } = answer;
  if (denied.length === 0) return { status: 'pass', expected, observed: `${count} actions, ${by}` };
  const more = denied.length > MOST_NAMED ? ` and ${denied.length - MOST_NAMED} more` : '';
  const named = denied.slice(0, MOST_NAMED).map(({ action, resource }) => `${action} on ${resource}`);
  const subject = `${named.join(', ')}${more}`;
  return {
    status: 'fail',
    expected,
    observed: `not allowed: ${subject}, ${by}`,
    reason: 'the role may not do what is declared',
    symptom: { kind: 'seen', code: 'PERMISSION_MISSING', subject, denied },
  };
};

export const provePermissions = async (
  role: RoleArn,
  declared: DeclaredActions | undefined,
  ports: PermissionPorts,
): Promise<Found<unknown>> => {
  if (declared === undefined || (declared.questions.length === 0 && declared.unasked.length === 0))
    return skipCheck('permissions', ports, 'no permissions are declared here');
  if (declared.questions.length === 0)
    return skipCheck('permissions', ports, `none can be asked by name${sayUnasked(declared.unasked)}`);
  return check(
    'permissions',
    ports,
    async () => (await simulate(role, declared, ports)) ?? (await evaluate(role, declared, ports)),
    (answer) => judge(answer, declared),
  );
};
