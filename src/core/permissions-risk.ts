/** What a change of a permission policy means for those who use what it is on. Pure. */
import { compileGlob, globMatches } from '#domain/glob.ts';
import type { Risk } from '#domain/plan.ts';
import { listOf, statementsOf, type OneOrMany, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { canonicalStatement } from '#domain/policy-equality.ts';

/** Whatever `text` matches, `pattern` matches too. A wildcard of the text is met by one of the pattern, and never by a question mark. */
const coversText = (pattern: string, text: string): boolean =>
  !(text.includes('*') && pattern.includes('?')) && globMatches(compileGlob(pattern), text);

const coversAll = (patterns: OneOrMany<string> | undefined, texts: OneOrMany<string> | undefined): boolean =>
  patterns !== undefined &&
  texts !== undefined &&
  listOf(texts).every((text) => listOf(patterns).some((pattern) => coversText(pattern, text)));

const lower = (actions: OneOrMany<string> | undefined): readonly string[] | undefined =>
  actions === undefined ? undefined : listOf(actions).map((action) => action.toLowerCase());

/** One that asks for nothing asks for less than any. */
const conditionsText = ({ Condition }: Statement): string =>
  canonicalStatement({ Effect: 'Allow', ...(Condition && { Condition }) });

/** Whatever `inner` says of a request, `outer` says too. Of what is not understood, such as NotAction, only equality is. */
const covers = (outer: Statement, inner: Statement): boolean => {
  if (outer.Effect !== inner.Effect) return false;
  if (canonicalStatement({ ...outer, Sid: '' }) === canonicalStatement({ ...inner, Sid: '' })) return true;
  const isFree = Object.keys(outer.Condition ?? {}).length === 0;
  return (
    (isFree || conditionsText(outer) === conditionsText(inner)) &&
    coversAll(lower(outer.Action), lower(inner.Action)) &&
    coversAll(outer.Resource, inner.Resource)
  );
};

const areCovered = (effect: Statement['Effect'], inner: PolicyDocument, outer: PolicyDocument): boolean =>
  statementsOf(inner)
    .filter(({ Effect }) => Effect === effect)
    .every((statement) => statementsOf(outer).some((candidate) => covers(candidate, statement)));

/** Of documents that their owner wrote: what is left out of a new version was left out on purpose. */
export const permissionsRiskOf = (before: PolicyDocument | undefined, after: PolicyDocument | undefined): Risk => {
  if (before === undefined) return 'widens access';
  if (after === undefined)
    return statementsOf(before).every(({ Effect }) => Effect === 'Deny') ? 'drops a condition' : 'removes access';
  return areCovered('Allow', after, before) && areCovered('Deny', before, after) ? 'none' : 'widens access';
};
