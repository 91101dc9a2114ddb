/** How faults of a policy document are gathered: each with its place and with AWS's own wording. */
import { problem, type Diagnostic } from './diagnostic.ts';

/** `identity` stands for boundaries, session policies and SCPs too: they share its grammar. */
export type GrammarKind = 'identity' | 'trust' | 'rcp';

/** Gathers every fault of one document. `aws` is AWS's wording. */
export type Complain = (path: string, message: string, aws: string) => void;

export const complainer = (faults: Diagnostic[]): Complain => {
  return (path, message, aws) => {
    faults.push(problem('INVALID_POLICY', message, { ...(path === '' ? {} : { path }), detail: aws }));
  };
};

export const SYNTAX_ERROR = 'Syntax errors in policy.';

/** A string or a non-empty list of strings, with each one's path; complains about anything else. */
export const stringsOf = (
  value: unknown,
  path: string,
  complain: Complain,
): readonly { readonly text: string; readonly path: string }[] => {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (items.length === 0) complain(path, 'must not be an empty list', SYNTAX_ERROR);
  return items.flatMap((item, i) => {
    const itemPath = Array.isArray(value) ? `${path}[${i}]` : path;
    if (typeof item === 'string') return [{ text: item, path: itemPath }];
    complain(itemPath, `must be text, not ${item === null ? 'null' : typeof item}`, SYNTAX_ERROR);
    return [];
  });
};
