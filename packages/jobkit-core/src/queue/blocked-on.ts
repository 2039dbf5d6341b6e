import type { TaskState } from "../task/state.ts";

type Blocked = Extract<TaskState, { readonly kind: "blocked" }>;

/** Tasks that wait for so few others share their state; those of larger fans have one each. */
const SHARED_MAX = 64;

const SHARED: readonly Blocked[] = Array.from({ length: SHARED_MAX + 1 }, (_, waitingFor) =>
  Object.freeze({ kind: "blocked", waitingFor }),
);

/** The state of a task that waits for so many. */
export function blockedOn(waitingFor: number): Blocked {
  return SHARED[waitingFor] ?? { kind: "blocked", waitingFor };
}
