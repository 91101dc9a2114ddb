/**
 * A caller that the trust policy lets in anew brings its tags and its source identity along: they want a statement of their own, for STS
 * asks for them without the external ID and the session's name. Pure.
 */
import type { Fix } from '#domain/cause.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';
import { statementHcl } from '#policy/fix-hcl.ts';
import type { Situation } from './diagnosis.ts';
import { appendTrustCommand } from './trust-filter.ts';

const carriedIn = ({ request }: Situation): readonly string[] => [
  ...(request.tags === undefined ? [] : ['sts:TagSession']),
  ...(request.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
];

const carrying = ({ Principal, Condition = {} }: Statement, Action: readonly string[]): Statement => {
  const kept = Object.entries(Condition)
    .map(([operator, keys]) => {
      const others = Object.entries(keys).filter(([key]) => !/^sts:(externalid|rolesessionname)$/i.test(key));
      return [operator, Object.fromEntries(others)] as const;
    })
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return {
    Effect: 'Allow',
    ...(Principal !== undefined && { Principal }),
    Action,
    ...(kept.length > 0 && { Condition: Object.fromEntries(kept) }),
  };
};

/** The same principal may bring it already. */
const isCarried = (action: string, { Principal }: Statement, trust: PolicyDocument | undefined): boolean =>
  trust !== undefined &&
  statementsOf(trust).some(
    (one) =>
      one.Effect === 'Allow' &&
      JSON.stringify(one.Principal) === JSON.stringify(Principal) &&
      listOf(one.Action).some((name) => name === action || name === 'sts:*'),
  );

/** `trust`: where it was read, and the command holds the whole of it. */
export const withCarried = (fix: Fix, situation: Situation, trust?: PolicyDocument): Fix => {
  const { change } = fix;
  if (change?.kind !== 'add-statement' || change.to !== 'trust' || change.statement.Action !== 'sts:AssumeRole') return fix;
  const { statement } = change;
  const actions = carriedIn(situation).filter((action) => !isCarried(action, statement, trust));
  if (actions.length === 0) return fix;
  const more = carrying(statement, actions);
  const { name } = situation.access.role;
  const whole = trust && JSON.stringify({ ...trust, Statement: [...statementsOf(trust), statement, more] });
  return {
    ...fix,
    summary: `${fix.summary}; and one for ${actions.join(' and ')}, which the call brings along`,
    command:
      whole === undefined
        ? appendTrustCommand(name, statement, more)
        : `aws iam update-assume-role-policy --role-name ${name} --policy-document ${shellWord(whole)}`,
    hcl: `${statementHcl(statement)}\n\n${statementHcl(more)}`,
  };
};
