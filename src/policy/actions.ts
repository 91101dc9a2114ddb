/** The actions that a call to assume a role needs: each is checked apart, with a context of its own. */
import type { Scenario } from './scenario.ts';

/** What is called: an unsigned request goes by another name. */
export const callOf = ({ caller }: Scenario): string =>
  caller.kind === 'web-identity' ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';

/** Inherited transitive tags are set anew on the next session, so they need sts:TagSession too, though the request brings none. */
const bringsTags = ({ caller, request }: Scenario): boolean =>
  Object.keys(request.tags ?? {}).length > 0 || (caller.transitiveTagKeys ?? []).length > 0;

/** The call itself, and what its tags and source identity need besides. */
export const actionsOf = (scenario: Scenario): readonly string[] => [
  callOf(scenario),
  ...(bringsTags(scenario) ? ['sts:TagSession'] : []),
  ...((scenario.request.sourceIdentity ?? scenario.caller.sourceIdentity) === undefined ? [] : ['sts:SetSourceIdentity']),
];
