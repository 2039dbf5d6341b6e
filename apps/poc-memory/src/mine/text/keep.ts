/** Cutting texts: by what they cost as JSON, never inside a redaction marker or a surrogate pair. */

const MARKER = /\[redacted:[a-z0-9_-]{1,40}:[0-9a-f]{1,16}\]/giu;
const ELLIPSIS = "…";

/** What one character costs: about its bytes in JSON as UTF-8, quotes and escapes counted. */
function costOf(codePoint: number): number {
  if (codePoint === 0x22 || codePoint === 0x5c) return 2;
  if (codePoint < 0x20) return 6;
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}

/** The text, cut to at most `cost` with an ellipsis where something is missing. Whole redaction markers only. */
export function keep(text: string, cost: number): string {
  if (text.length * 6 <= cost) return text;
  let spent = 0;
  let end = 0;
  let fits = 0;
  for (const character of text) {
    spent += costOf(character.codePointAt(0) ?? 0);
    if (spent > cost) return `${beforeMarker(text, fits).trimEnd()}${ELLIPSIS}`;
    end += character.length;
    if (spent <= cost - ELLIPSIS.length * 3) fits = end;
  }
  return text;
}

/** The text cut at a word to at most `chars` characters, with an ellipsis where something is missing. */
export function shorten(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const hard = Math.max(0, chars - 1);
  const word = text.lastIndexOf(" ", hard);
  const at = word > hard * 0.6 ? word : wholeCharacter(text, hard);
  return `${beforeMarker(text, at).replace(/[\s,;:(-]{1,8}$/u, "")}${ELLIPSIS}`;
}

/** `end`, or one less where it would part a surrogate pair. */
function wholeCharacter(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}

/** The text before `end`, or before the redaction marker that `end` falls into. */
function beforeMarker(text: string, end: number): string {
  for (const match of text.matchAll(MARKER)) {
    if (match.index >= end) break;
    if (match.index + match[0].length > end) return text.slice(0, match.index);
  }
  return text.slice(0, end);
}
