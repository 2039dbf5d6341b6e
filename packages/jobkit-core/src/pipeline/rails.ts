/**
 * The lines of a drawing: each phase is a row, and each phase that others wait for has a rail, a column that
 * runs down from its row to the last row that waits for it. Pure; rows times columns is all it costs.
 */
import { layersOf } from "./layers.ts";
import type { Phase, Pipeline } from "./pipeline.ts";

/** What lines are made of: by which sides of a cell they leave through. */
export interface LinePieces {
  readonly upDown: string;
  readonly leftRight: string;
  readonly upLeft: string;
  readonly upRight: string;
  readonly upLeftRight: string;
  readonly upDownLeft: string;
  readonly upDownRight: string;
  readonly upDownLeftRight: string;
}

export const finePieces: LinePieces = {
  upDown: "│",
  leftRight: "─",
  upLeft: "╯",
  upRight: "╰",
  upLeftRight: "┴",
  upDownLeft: "┤",
  upDownRight: "├",
  upDownLeftRight: "┼",
};

export const plainPieces: LinePieces = {
  upDown: "|",
  leftRight: "-",
  upLeft: "'",
  upRight: "`",
  upLeftRight: "+",
  upDownLeft: "+",
  upDownRight: "+",
  upDownLeftRight: "+",
};

/** One row of the drawing: a phase with the lines beside it, or what runs on between two layers. */
export interface RailRow {
  readonly phase: Phase | null;
  /** Cells of one letter, `null` where the letter of the phase goes; a gap follows each. */
  readonly cells: readonly (string | null)[];
  readonly gaps: readonly string[];
}

/** Rows for all phases, layer by layer; `null` where it would take more than `columnsMax` rails. */
export function railRows(
  pipeline: Pick<Pipeline, "phases">,
  pieces: LinePieces,
  columnsMax: number,
): readonly RailRow[] | null {
  const uses = new Map<string, number>();
  for (const { after } of pipeline.phases)
    for (const parent of after) uses.set(parent, (uses.get(parent) ?? 0) + 1);
  const rails = new Rails(uses);
  const rows: RailRow[] = [];
  for (const layer of layersOf(pipeline)) {
    if (rows.length > 0) rows.push(rails.between(pieces));
    // Beside the rails it hangs from, each crosses as few others as can be.
    const placed = layer.toSorted((a, b) => rails.leftmost(a) - rails.leftmost(b));
    for (const phase of placed) {
      rows.push(rails.place(phase, pieces));
      if (rails.width > columnsMax) return null;
    }
  }
  return rows;
}

class Rails {
  /** By column: the phase whose rail it is, or `null`. */
  readonly #columns: (string | null)[] = [];
  readonly #columnOf = new Map<string, number>();
  /** By phase: rows that still wait for it. */
  readonly #uses: Map<string, number>;

  constructor(uses: Map<string, number>) {
    this.#uses = uses;
  }

  get width(): number {
    return this.#columns.length;
  }

  /** The leftmost rail that a phase hangs from; beyond all of them where it hangs from none. */
  leftmost({ after }: Phase): number {
    return after.reduce(
      (least, parent) => Math.min(least, this.#columnOf.get(parent) ?? Number.MAX_SAFE_INTEGER),
      Number.MAX_SAFE_INTEGER,
    );
  }

  between(pieces: LinePieces): RailRow {
    const cells = this.#columns.map((name) => (name === null ? " " : pieces.upDown));
    return { phase: null, cells, gaps: cells.map(() => " ") };
  }

  place(phase: Phase, pieces: LinePieces): RailRow {
    const ends = new Map<number, boolean>();
    for (const parent of phase.after) {
      const left = (this.#uses.get(parent) ?? 1) - 1;
      this.#uses.set(parent, left);
      ends.set(this.#columnOf.get(parent) ?? 0, left === 0);
    }
    const own = this.#ownColumn(ends);
    const row = this.#draw(phase, { own, ends }, pieces);
    for (const [column, ended] of ends) if (ended) this.#columns[column] = null;
    if ((this.#uses.get(phase.name) ?? 0) > 0) {
      this.#columns[own] = phase.name;
      this.#columnOf.set(phase.name, own);
    } else if (own === this.#columns.length - 1) this.#columns.length -= this.#columns[own] === null ? 1 : 0;
    return row;
  }

  /** Straight below a rail that ends here, so that a chain is one line; else where there is room. */
  #ownColumn(ends: ReadonlyMap<number, boolean>): number {
    let own = Number.MAX_SAFE_INTEGER;
    for (const [column, ended] of ends) if (ended) own = Math.min(own, column);
    if (own < this.#columns.length) return own;
    const free = this.#columns.indexOf(null);
    if (free !== -1) return free;
    this.#columns.push(null);
    return this.#columns.length - 1;
  }

  #draw(
    phase: Phase,
    { own, ends }: { readonly own: number; readonly ends: ReadonlyMap<number, boolean> },
    pieces: LinePieces,
  ): RailRow {
    let low = own;
    let high = own;
    for (const column of ends.keys()) {
      low = Math.min(low, column);
      high = Math.max(high, column);
    }
    const cells: (string | null)[] = [];
    const gaps: string[] = [];
    for (const [column, rail] of this.#columns.entries()) {
      const ended = ends.get(column);
      const inside = column >= low && column <= high;
      if (column === own) cells.push(null);
      else if (ended !== undefined)
        cells.push(joint(pieces, { down: !ended, left: column > low, right: column < high }));
      else if (rail !== null) cells.push(pieces.upDown);
      else cells.push(inside ? pieces.leftRight : " ");
      gaps.push(column >= low && column < high ? pieces.leftRight : " ");
    }
    return { phase, cells, gaps };
  }
}

function joint(
  pieces: LinePieces,
  { down, left, right }: { readonly down: boolean; readonly left: boolean; readonly right: boolean },
): string {
  if (left && right) return down ? pieces.upDownLeftRight : pieces.upLeftRight;
  if (left) return down ? pieces.upDownLeft : pieces.upLeft;
  return down ? pieces.upDownRight : pieces.upRight;
}
