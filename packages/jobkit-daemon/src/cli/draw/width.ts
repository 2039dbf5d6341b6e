// Cells: combining marks take none, East Asian wide and emoji take two, the rest one (UAX 11, shortened).
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const TWO_CELLS =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u;
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[[0-9;]*m/g;
const ELLIPSIS = "…";

/** How many cells of a terminal the text takes. Colour codes take none. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text.replace(SGR, "")) cells += cellsOfChar(char);
  return cells;
}

/** The text, cut with an ellipsis where it is wider than `cellsMax`. For text without colour codes. */
export function fit(text: string, cellsMax: number): string {
  if (cellsOf(text) <= cellsMax) return text;
  let kept = "";
  let cells = cellsOf(ELLIPSIS);
  for (const char of text) {
    cells += cellsOfChar(char);
    if (cells > cellsMax) break;
    kept += char;
  }
  return cellsMax < 1 ? "" : kept + ELLIPSIS;
}

/** The text with spaces to `cells`; before it where `side` is "right". */
export function pad(text: string, cells: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, cells - cellsOf(text)));
  return side === "left" ? text + space : space + text;
}

function cellsOfChar(char: string): number {
  if (NO_CELL.test(char)) return 0;
  return TWO_CELLS.test(char) ? 2 : 1;
}
