/** The service models' regular expressions, which are Java's, as JavaScript's; a pattern is compiled once. */

const compiled = new Map<string, RegExp>();

/** True when `pattern` matches all of `text`, as AWS anchors it. */
export const wholeMatch = (pattern: string, text: string): boolean => {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = new RegExp(`^(?:${translate(pattern)})$`, 'u');
    compiled.set(pattern, regex);
  }
  return regex.test(text);
};

/** Java writes astral characters as `\u10000`; a class may escape what JavaScript's `u` flag refuses to see escaped. */
const translate = (pattern: string): string =>
  pattern.replace(/\\u10000-\\u10FFFF/g, '\\u{10000}-\\u{10FFFF}').replace(/\\([^\w^$\\.*+?()[\]{}|/-])/g, '$1');
