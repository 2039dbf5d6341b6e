import type { TaskId } from "../base/ids.ts";
import type { Added, Marks } from "../queue/queue-store.ts";
import type { NewTask, Task } from "../task/task.ts";

/** What a timetable asks of whoever runs tasks: a `Scheduler` does it. */
export interface TimetableHost {
  submit(tasks: readonly NewTask[], options?: { readonly marks?: Marks }): Promise<readonly Added[]>;
  cancel(ids: readonly TaskId[], reason: string): Promise<unknown>;
}

/** What a timetable asks of the store: a `QueueStore` does it. */
export interface TimetableStore {
  get(ids: readonly TaskId[]): Promise<readonly Task[]>;
  marks(names: readonly string[]): Promise<Marks>;
  setMarks(marks: Marks): Promise<void>;
}
