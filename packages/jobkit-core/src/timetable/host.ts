import type { TaskId } from "../base/ids.ts";
import type { Added, Marks } from "../queue/queue-store.ts";
import type { NewTask, Task } from "../task/task.ts";

/** What a timetable asks of whoever runs tasks: a `Scheduler` does it. */
export interface TimetableHost {
  /** Store tasks, with marks in the same commit. */
  submit(tasks: readonly NewTask[], options?: { readonly marks?: Marks }): Promise<readonly Added[]>;
  /** Cancel tasks that wait or run. */
  cancel(ids: readonly TaskId[], reason: string): Promise<unknown>;
}

/** What a timetable asks of the store: a `QueueStore` does it. */
export interface TimetableStore {
  /** The tasks of those ids that exist. */
  get(ids: readonly TaskId[]): Promise<readonly Task[]>;
  /** The marks of those names that are set. */
  marks(names: readonly string[]): Promise<Marks>;
  /** Set marks, all or none. */
  setMarks(marks: Marks): Promise<void>;
}
