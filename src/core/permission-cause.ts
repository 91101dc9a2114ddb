/** What stands against a permission that is declared, where it is not the role's own policies: nothing that init writes would cure it. Reads only. */
import { parsePolicyArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';
import { amend } from '#policy/apply-fix.ts';
import { decideAccess } from '#policy/evaluate.ts';
import { statementHcl } from '#policy/fix-hcl.ts';
import type { Situation } from './diagnosis.ts';
import type { DeniedAction } from './ports/simulator.ts';

export interface PermissionFix {
  readonly fix: Fix;
  /** What stands against it. */
  readonly because: string;
}

const statementsFor = (denied: readonly DeniedAction[]): readonly Statement[] =>
  [...new Set(denied.map(({ resource }) => resource))].map((Resource) => ({
    Effect: 'Allow',
    Action: denied.filter(({ resource }) => resource === Resource).map(({ action }) => action),
    Resource,
  }));

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } as const;

/** A Deny of the boundary outlasts any Allow. */
const isEnough = (boundary: PolicyDocument, denied: readonly DeniedAction[], { access }: Situation): boolean => {
  const caller = { arn: access.roleArn, kind: 'role', identityPolicies: [EVERYTHING], boundary } as const;
  return denied.every(({ action, resource }) => decideAccess({ caller, action, resource }).verdict === 'allowed');
};

const readBoundary = async ({ access, insight: { views } }: Situation) => {
  const iam = views.find(({ account }) => account === access.role.account)?.iam;
  const arn = (await iam?.readPrincipal('role', access.role.name))?.boundaryArn;
  return arn === undefined ? undefined : { arn, document: await iam?.readManaged(arn) };
};

const byHand = (fix: Fix, summary: string): Fix => {
  const { xacct: _, ...rest } = fix;
  return { ...rest, summary };
};

const boundaryFix = async (fix: Fix, denied: readonly DeniedAction[], situation: Situation): Promise<PermissionFix> => {
  const { arn, document } = (await readBoundary(situation)) ?? {};
  const because = `the role's permissions boundary${arn === undefined ? '' : ` ${arn}`} does not leave it to the role`;
  const choice = 'or declare less for the role, or another boundary';
  if (arn !== undefined && parsePolicyArn(arn)?.account === 'aws')
    return { fix: byHand(fix, `put a boundary of your own in the place of ${arn}, which AWS keeps; ${choice}`), because };
  const statements = statementsFor(denied);
  const wider = document && statements.reduce((whole: PolicyDocument, statement) => amend(whole, statement), document);
  if (arn === undefined || wider === undefined || !isEnough(wider, denied, situation))
    return { fix: byHand(fix, `let the role's permissions boundary allow it, ${choice}`), because };
  const command = `aws iam create-policy-version --policy-arn ${shellWord(arn)} --set-as-default --policy-document ${shellWord(JSON.stringify(wider))}`;
  const [only, ...more] = statements;
  return {
    because,
    fix: {
      ...byHand(fix, `let the boundary ${arn} allow it, for all that have it; ${choice}`),
      change: only && more.length === 0 ? { kind: 'add-statement', to: 'boundary', statement: only } : null,
      command,
      hcl: statements.map(statementHcl).join('\n'),
    },
  };
};

const organizationFix = (fix: Fix, denied: readonly DeniedAction[], { access }: Situation): PermissionFix => ({
  because: "a service control policy of the role's organization stands against it",
  fix: {
    ...byHand(fix, 'let every level of the organization allow it, or declare less for the role'),
    actor: 'org-admin',
    account: null,
    message: `A service control policy that binds account ${access.role.account} stands against what ${access.roleArn} is to do. Please let root, OU and account each allow it, by FullAWSAccess or: ${JSON.stringify(statementsFor(denied))}`,
  },
});

/** Undefined: the role's own policies lack it, and init puts it there. */
export const permissionFix = async (
  fix: Fix,
  denied: readonly DeniedAction[],
  situation: Situation,
): Promise<PermissionFix | undefined> => {
  const by = (layer: DeniedAction['by']): readonly DeniedAction[] => denied.filter((one) => one.by === layer);
  const [bounded, ofOrganization] = [by('boundary'), by('organization')];
  if (bounded.length > 0) return boundaryFix(fix, bounded, situation);
  return by('policies').length > 0 || ofOrganization.length === 0 ? undefined : organizationFix(fix, ofOrganization, situation);
};
