/** What a statement speaks of, by its patterns alone: no caller, no conditions. Deciding a call is the evaluator's (src/policy). */
import { compileGlob, globMatches } from './glob.ts';
import { listOf, type Statement } from './policy-document.ts';

const matches = (pattern: string, text: string): boolean => globMatches(compileGlob(pattern.toLowerCase()), text.toLowerCase());

export const coversAction = ({ Action, NotAction }: Statement, action: string): boolean =>
  Action === undefined
    ? !listOf(NotAction).some((pattern) => matches(pattern, action))
    : listOf(Action).some((pattern) => matches(pattern, action));

/** Whether the statement reaches a role that nobody had in mind when its resources were named. */
export const coversEveryRole = ({ Resource, NotResource }: Statement): boolean => {
  const isEvery = (pattern: string): boolean => {
    const [, service = '*', rest = '*'] = /^arn:[^:]*:([^:]*)(?::[^:]*:[^:]*:(.*))?$/s.exec(pattern) ?? [];
    if (pattern !== '*' && !pattern.startsWith('arn:')) return false;
    return matches(service, 'iam') && matches(rest, 'role/any-path/any-role');
  };
  return Resource === undefined ? !listOf(NotResource).some(isEvery) : listOf(Resource).some(isEvery);
};
