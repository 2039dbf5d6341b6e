/**
 * Text from outside (inputs, file names, error messages of others) must not move the cursor, write the
 * clipboard or change the reading direction when it is printed.
 */

// C0 but tab and newline, DEL, C1, and every control that changes the direction of text.
// oxlint-disable-next-line no-control-regex
const DANGEROUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// What JSON.stringify leaves as it is, of the above.
const DANGEROUS_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const BREAKS = /[\t\n\u2028\u2029]+/g;
const HEX = 16;
const ESCAPE_DIGITS = 4;

/** The text without anything that a terminal would obey. Tabs and newlines stay. */
export function cleanText(text: string): string {
  return text.replace(DANGEROUS, "");
}

/** The same on one line: tabs and line breaks become a space. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(BREAKS, " "));
}

/** JSON on one line that is safe to look at and reads back as exactly the same value. */
export function cleanJson(value: unknown): string {
  return cleanEscapes(JSON.stringify(value));
}

/** The same for JSON that is text already. */
export function cleanEscapes(json: string): string {
  return json.replace(
    DANGEROUS_IN_JSON,
    (char) => `\\u${char.charCodeAt(0).toString(HEX).padStart(ESCAPE_DIGITS, "0")}`,
  );
}
