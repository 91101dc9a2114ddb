/** Text that came from outside (AWS, files, flags) as a terminal may show it: nothing in it can move the cursor or change colours. */

/** C0 but tab and line feed, DEL, C1, and the characters that turn the direction of text. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export const printable = (text: string): string =>
  text.replaceAll(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
