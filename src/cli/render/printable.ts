/** Text that came from outside (AWS, files, flags) as a terminal may show it: nothing in it can move the cursor or change colours. */

/** C0 but tab and line feed, DEL, C1, Unicode's own line ends, and the characters that turn the direction of text. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const printable = (text: string): string => text.replaceAll(CONTROL, escaped);

/** The same on one line: the description of a role may hold line feeds, and what follows one would pass for a line of ours. */
export const printableLine = (text: string): string => printable(text).replaceAll('\n', escaped);
