import { cellsOf, fit, pad } from "./width.ts";

/** One column: its head, and on which side its text stands. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
  /** Widest it may be, in cells; what is longer is cut. Default: no limit. */
  readonly cellsMax?: number;
}

const GAP = "  ";

/**
 * Lines of a table, head first. Cells are plain text and already clean. The last column is cut so that
 * a line fits `cellsMax`; pass Infinity where the output is no terminal.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  cellsMax: number,
): readonly string[] {
  const all = [columns.map((column) => column.head), ...rows];
  const fitted = all.map((row) => row.map((cell, at) => fit(cell, columns[at]?.cellsMax ?? Infinity)));
  const widths = columns.map((_, at) => Math.max(...fitted.map((row) => cellsOf(row[at] ?? ""))));
  return fitted.map((row) => {
    const line = row
      .map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align === "right" ? "right" : "left"))
      .join(GAP)
      .trimEnd();
    return fit(line, cellsMax);
  });
}
