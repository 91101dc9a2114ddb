/** Whether a principal gets in when its call brings all that the trust policy asks of a call. Pure: the evaluator decides. */
import type { Decision } from '#domain/cause.ts';
import { applyChange } from '#policy/apply-fix.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Caller, Scenario, TargetRole } from '#policy/scenario.ts';
import type { WhoEntry } from '#domain/who.ts';
import { isUnknowable } from './unknowable-keys.ts';

/** More conditions than a trust policy of 8 KB has room for. */
const MOST_CONDITIONS = 40;

/** What a caller may have besides: the caller cannot choose it, nor can it be read. */
const suppose = (scenario: Scenario, { element }: Decision): Scenario | undefined => {
  const [wanted] = element?.wanted ?? [];
  if (element?.key === undefined || element.actual !== null || wanted === undefined) return undefined;
  const caller = (more: Partial<Caller>): Scenario => ({ ...scenario, caller: { ...scenario.caller, ...more } });
  switch (element.key.toLowerCase()) {
    case 'aws:principalorgid':
      return caller({ orgId: wanted });
    case 'aws:principalorgpaths':
      return caller({ orgPath: wanted.replaceAll('*', '') });
    case 'aws:multifactorauthage':
      return caller({ mfa: true, mfaAge: 0 });
    default:
      return undefined;
  }
};

const withMfa = (scenario: Scenario, { element }: Decision): Scenario | undefined =>
  element?.key?.toLowerCase() === 'aws:multifactorauthpresent' && scenario.caller.mfa !== true
    ? { ...scenario, caller: { ...scenario.caller, mfa: true } }
    : undefined;

/** The conditions on the call are met one after the other; what then still refuses is the answer. */
export const judgeCaller = (caller: Caller, role: TargetRole): Pick<WhoEntry, 'can' | 'why'> => {
  let scenario: Scenario = { caller, role, request: { sessionName: 'session' } };
  for (let count = 0; count < MOST_CONDITIONS; count += 1) {
    const decision = decideAssumeRole(scenario);
    if (decision.verdict === 'allowed')
      return decision.confidence === 'high'
        ? { can: 'yes', why: null }
        : { can: 'unknown', why: 'its own policies could not be read in full' };
    const { fix, element } = decision;
    const next =
      fix?.change?.kind === 'change-request' && decision.layer === 'trust'
        ? applyChange(scenario, fix.change)
        : (suppose(scenario, decision) ?? withMfa(scenario, decision));
    if (next === undefined || decision.layer !== 'trust') {
      const isGuess = element?.key !== undefined && isUnknowable(element.key, true);
      return { can: isGuess ? 'unknown' : 'no', why: decision.explanation };
    }
    scenario = next;
  }
  return { can: 'unknown', why: 'it has more conditions than were tried' };
};
