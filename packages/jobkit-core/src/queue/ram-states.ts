import type { Json } from "../base/json.ts";
import type { TaskState } from "../task/state.ts";

type Of<Kind extends TaskState["kind"]> = Extract<TaskState, { readonly kind: Kind }>;

/**
 * States are values, so tasks that became the same in the same moment share one: what is made over and over
 * is only made when it differs from the last.
 */
export class SharedStates {
  #ready: Of<"ready"> = { kind: "ready", dueAtMs: 0 };
  #done: Of<"done"> = { kind: "done", startedAtMs: 0, endedAtMs: 0, result: null };

  /** Of a task that may start from then on. */
  ready(dueAtMs: number): Of<"ready"> {
    if (this.#ready.dueAtMs !== dueAtMs) this.#ready = { kind: "ready", dueAtMs };
    return this.#ready;
  }

  /** Of a task that is done. */
  done(startedAtMs: number, endedAtMs: number, result: Json): Of<"done"> {
    const last = this.#done;
    if (last.result === result && last.endedAtMs === endedAtMs && last.startedAtMs === startedAtMs)
      return last;
    return (this.#done = { kind: "done", startedAtMs, endedAtMs, result });
  }
}
