import type { TaskId } from "../../base/ids.ts";
import type { Added, Cancelled, Marks, TaskDraft, Turn, TurnRequest } from "../../queue/queue-store.ts";
import type { Task } from "../../task/task.ts";

/** Told what the store has really done, whether or not the process lives to hear of it. */
export interface StoreWitness {
  added(drafts: readonly TaskDraft[], added: readonly Added[], marks: Marks): void;
  /** @param durable false where {@link durable} tells later when it is. */
  turned(request: TurnRequest, turn: Turn, durable: boolean): void;
  durable(turn: Turn): void;
  cancelled(answers: readonly Cancelled[]): void;
  requeued(ids: readonly TaskId[]): void;
  recovered(tasks: readonly Task[]): void;
  /** `left` is what is still stored of the `asked`. */
  pruned(asked: readonly TaskId[], left: readonly Task[], count: number): void;
  marked(marks: Marks): void;
  /** Every task that was ever accepted and is not known to be forgotten. */
  readonly stored: readonly TaskId[];
}
