import type { Json } from "../base/json.ts";
import { assertNever } from "../base/never.ts";
import type { Task } from "../task/task.ts";

/** What the task of a phase returns: that the work was done, or that it chose not to. */
export type PhaseResult =
  | {
      readonly outcome: "done";
      readonly tasks: number;
      /** From when its tasks were added. */
      readonly tookMs: number;
      /** What its tasks returned, in order; `null` where that is too large to hand on. */
      readonly results: readonly Json[] | null;
    }
  | { readonly outcome: "skipped"; readonly why: string };

/** How a phase ended. `choice` is false where it was skipped because a phase above it did not end well. */
export type PhaseOutcome =
  | (PhaseResult & { readonly outcome: "done" })
  | { readonly outcome: "skipped"; readonly why: string; readonly choice: boolean }
  | { readonly outcome: "failed" | "cancelled"; readonly why: string };

/** How the phase that a task stands for ended; `null` while it has not. */
export function outcomeOf(task: Task): PhaseOutcome | null {
  const { state } = task;
  switch (state.kind) {
    case "blocked":
    case "ready":
    case "running":
    case "retrying":
      return null;
    case "done": {
      const result = state.result as unknown as PhaseResult;
      return result.outcome === "skipped" ? { ...result, choice: true } : result;
    }
    case "failed":
      return { outcome: "failed", why: `${state.error.code}: ${state.error.message}` };
    case "cancelled":
      return { outcome: "cancelled", why: state.reason };
    case "skipped":
      return { outcome: "skipped", why: "a phase it waits for did not end well", choice: false };
    default:
      return assertNever(state);
  }
}
