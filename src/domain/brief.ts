/** A text in a message, where it may be a whole file. */

const MOST_CHARACTERS = 200;

export const brief = (text: string): string =>
  text.length <= 2 * MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`;
