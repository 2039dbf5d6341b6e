/** How one check stands after its answers. Pure. */
export interface CheckState {
  readonly state: "unknown" | "well" | "unwell";
  /** Monotonic ms since which it has been so. */
  readonly sinceMs: number;
  /** Bad answers since the last good one. */
  readonly failuresInARow: number;
  /** What it said last; "" for a good answer. */
  readonly why: string;
}

/** A check that was not asked yet. */
export function notAsked(nowMs: number): CheckState {
  return { state: "unknown", sinceMs: nowMs, failuresInARow: 0, why: "not asked yet" };
}

/**
 * Go on by one answer. A good one is enough to be well; a check that was well is unwell after `failuresMax`
 * bad ones in a row, one that was never well after the first: nothing is lost by believing it.
 */
export function afterAnswer(
  before: CheckState,
  answer: { readonly ok: true } | { readonly ok: false; readonly why: string },
  { nowMs, failuresMax }: { readonly nowMs: number; readonly failuresMax: number },
): CheckState {
  const failuresInARow = answer.ok ? 0 : before.failuresInARow + 1;
  const state = answer.ok
    ? "well"
    : before.state === "well" && failuresInARow < failuresMax
      ? "well"
      : "unwell";
  return {
    state,
    sinceMs: state === before.state ? before.sinceMs : nowMs,
    failuresInARow,
    why: answer.ok ? "" : answer.why,
  };
}
