/**
 * Characters that a reader of a file does not see as what they are: controls but tab and line ends, the separators that some readers take for line
 * ends, marks of no width, and those that turn the direction of the text after them (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
 */
const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** As strings of HCL, JSON and YAML say them. */
export const escapeUnseen = (text: string): string =>
  text.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
