const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const FULL = "█";
const EMPTY = "·";
const STEPS = 8;

/** A bar of `cells` cells, filled to `share` (0 to 1) in steps of an eighth of a cell. */
export function bar(share: number, cells: number): string {
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  const eighths = Math.round(bounded * cells * STEPS);
  const full = Math.floor(eighths / STEPS);
  const part = EIGHTHS[eighths % STEPS] ?? "";
  return FULL.repeat(full) + part;
}

/** A bar in a trough: what is not filled is dotted, so that the whole can be seen. */
export function gauge(share: number, cells: number): string {
  const filled = bar(share, cells);
  return filled + EMPTY.repeat(Math.max(0, cells - filled.length));
}
