/** Three-valued logic: a condition on a fact that nobody stated neither holds nor fails. */

export type Truth = boolean | 'maybe';

export const not = (truth: Truth): Truth => (truth === 'maybe' ? truth : !truth);

export const anyOf = <T>(items: readonly T[], test: (item: T) => Truth): Truth => {
  let result: Truth = false;
  for (const item of items) {
    const truth = test(item);
    if (truth === true) return true;
    if (truth === 'maybe') result = truth;
  }
  return result;
};

export const allOf = <T>(items: readonly T[], test: (item: T) => Truth): Truth => {
  let result: Truth = true;
  for (const item of items) {
    const truth = test(item);
    if (truth === false) return false;
    if (truth === 'maybe') result = truth;
  }
  return result;
};
