import { assertNever } from "../base/never.ts";
import { oneLine } from "../base/one-line.ts";
import { sayDuration } from "../base/units.ts";
import type { PhaseState, PhaseStatus } from "./status.ts";

/** One letter for how far a phase is. */
export type StateLetters = Readonly<Record<PhaseState["kind"], string>>;

/** Narrow in every font: none of them is drawn as a picture. */
export const fineLetters: StateLetters = {
  waiting: "○",
  running: "◐",
  done: "●",
  failed: "✗",
  cancelled: "⊘",
  skipped: "◌",
};

export const plainLetters: StateLetters = {
  waiting: "o",
  running: ">",
  done: "*",
  failed: "x",
  cancelled: "/",
  skipped: "-",
};

/** How far a phase is, in a few words. `nowMs` is left out where nobody asks how long it has been running. */
export function sayPhase({ state, bad, total }: PhaseStatus, nowMs?: number): string {
  switch (state.kind) {
    case "waiting":
      return "waits";
    case "running":
      return nowMs === undefined ? "runs" : `runs for ${sayDuration(Math.max(0, nowMs - state.startedAtMs))}`;
    case "done":
      return sayDuration(Math.max(0, state.endedAtMs - state.startedAtMs));
    case "failed":
      return total > 1 && bad > 0 ? `failed, ${bad} of ${total} tasks` : `failed: ${oneLine(state.why)}`;
    case "cancelled":
      return `cancelled: ${oneLine(state.why)}`;
    case "skipped":
      return `skipped: ${oneLine(state.why)}`;
    default:
      return assertNever(state);
  }
}
