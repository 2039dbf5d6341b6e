/** Controls, and formats such as invisible and direction-changing marks: what could move a cursor or hide text. */
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** A text as one line that is safe to draw: controls and line breaks are blanks, runs of blanks are one. */
export function plainLine(text: string): string {
  return text.toWellFormed().replace(CONTROL, " ").replace(/\s+/g, " ").trim();
}
