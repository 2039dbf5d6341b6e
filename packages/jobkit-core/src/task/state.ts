/**
 * The life of a task. A state carries exactly the facts that are true in it.
 *
 *   blocked ──▶ ready ──▶ running ──▶ done | failed | cancelled
 *    │  ▲         ▲          │
 *    │  │         │          ├──▶ retrying ──▶ running
 *    │  │         └──────────┤ (interrupted, or its process died)
 *    │  └────────────────────┘ (it forked, and waits for its children)
 *    └──▶ skipped (a parent did not end well); cancelled from every living state, failed at its deadline
 */
import type { TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";

/** Why an attempt, or the whole task, did not succeed. */
export interface TaskFailure {
  /** Code of an error table, or "INTERNAL". */
  readonly code: string;
  /** For people; may change between versions. */
  readonly message: string;
}

/** All times are wall time in ms since 1970. */
export type TaskState =
  | { readonly kind: "blocked"; /** Parents that have not ended yet. */ readonly waitingFor: number }
  | { readonly kind: "ready"; /** May start from here on. */ readonly dueAtMs: number }
  | {
      readonly kind: "running";
      /** Instance that runs it. */ readonly owner: string;
      readonly startedAtMs: number;
      /** Considered lost when not touched until here. */ readonly leaseUntilMs: number;
    }
  | { readonly kind: "retrying"; readonly dueAtMs: number; readonly error: TaskFailure }
  | { readonly kind: "done"; readonly startedAtMs: number; readonly endedAtMs: number; readonly result: Json }
  | {
      readonly kind: "failed";
      readonly startedAtMs: number | null;
      readonly endedAtMs: number;
      readonly error: TaskFailure;
    }
  | {
      readonly kind: "cancelled";
      readonly startedAtMs: number | null;
      readonly endedAtMs: number;
      readonly reason: string;
    }
  | {
      readonly kind: "skipped";
      readonly endedAtMs: number;
      /** The parent it is skipped for. */ readonly because: TaskId;
    };

/** The tag of a state. */
export type TaskStateKind = TaskState["kind"];

/** The table of lives: what may follow what, and which states are the last. */
export const taskStates = {
  blocked: { last: false, next: ["ready", "skipped", "failed", "cancelled"] },
  ready: { last: false, next: ["running", "failed", "cancelled"] },
  running: { last: false, next: ["done", "retrying", "failed", "cancelled", "ready", "blocked"] },
  retrying: { last: false, next: ["running", "ready", "failed", "cancelled"] },
  done: { last: true, next: [] },
  failed: { last: true, next: ["ready", "blocked"] },
  cancelled: { last: true, next: ["ready", "blocked"] },
  skipped: { last: true, next: ["ready", "blocked"] },
} as const satisfies Record<TaskStateKind, { last: boolean; next: readonly TaskStateKind[] }>;

/** True in a state that nothing follows by itself (a person may still retry it by hand). */
export function isLast(kind: TaskStateKind): boolean {
  return taskStates[kind].last;
}

/** True where the table lets `to` follow `from`. */
export function mayFollow(from: TaskStateKind, to: TaskStateKind): boolean {
  return (taskStates[from].next as readonly TaskStateKind[]).includes(to);
}
