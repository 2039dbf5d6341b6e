import type { Json } from "../base/json.ts";
import type { TaskDraft } from "../queue/queue-store.ts";
import type { TaskFailure } from "../task/state.ts";

/** Why an attempt was told to stop before it ended by itself. */
export type StopCause =
  | { readonly kind: "timeout" }
  /** Its task's deadline passed. */
  | { readonly kind: "expired" }
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "interrupted" };

/** How one attempt ended. `ranMs` is monotonic time from its start. */
export type AttemptEnd =
  | { readonly kind: "done"; readonly result: Json; readonly ranMs: number }
  /** It goes on when these have ended. */
  | { readonly kind: "forked"; readonly drafts: readonly TaskDraft[]; readonly ranMs: number }
  | { readonly kind: "error"; readonly error: TaskFailure; readonly retry: boolean; readonly ranMs: number }
  | { readonly kind: "timeout"; readonly error: TaskFailure; readonly retry: boolean; readonly ranMs: number }
  | { readonly kind: "expired"; readonly error: TaskFailure; readonly ranMs: number }
  | { readonly kind: "cancelled"; readonly reason: string; readonly ranMs: number }
  | { readonly kind: "interrupted"; readonly ranMs: number }
  /** It was told to stop and did not within its grace period; it may still run, and nobody waits for it. */
  | {
      readonly kind: "abandoned";
      readonly cause: StopCause;
      readonly error: TaskFailure;
      readonly retry: boolean;
      readonly ranMs: number;
    };
