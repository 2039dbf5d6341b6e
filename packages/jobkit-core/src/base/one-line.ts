const LENGTH_MAX = 400;

// Control characters (line ends and escapes among them), bidirectional marks, and the Unicode line ends:
// everything that could move a terminal's cursor, reorder a line or begin a new one.
const UNSHOWABLE = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]+/gu;

/**
 * Words from outside as one harmless line for people: control and bidirectional characters become blanks,
 * and what is longer than `max` (default 400) characters ends in "…".
 */
export function oneLine(text: string, max: number = LENGTH_MAX): string {
  // Cutting before replacing keeps the cost bounded; four times leaves room for what blanks swallow.
  const plain = text
    .slice(0, max * 4)
    .replaceAll(UNSHOWABLE, " ")
    .trim();
  const cut = plain.length > max || text.length > max * 4;
  return (cut ? `${plain.slice(0, max - 1)}…` : plain).toWellFormed();
}
