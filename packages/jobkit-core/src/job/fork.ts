import type { NewTask } from "../task/task.ts";

/** What a job returns that wants to go on when its children have ended. Made by {@link fork}. */
export class Fork {
  readonly tasks: readonly NewTask[];

  constructor(tasks: readonly NewTask[]) {
    this.tasks = tasks;
  }
}

/**
 * Return this from a job: the children are stored, the lane and the slots go back, and when all of them have
 * ended (however they ended) the job is run again, with `forks` one higher and the children among
 * `waitedFor()`. Nothing is held meanwhile, and it survives restarts. The children belong to the same run and
 * have this task as parent. A fork of no tasks is run again at once.
 *
 * A job that forks decides by `forks` what is left to do; it must come to an end by itself.
 * @example
 * run: async ({ input, forks, waitedFor }) => {
 *   if (forks === 0) return fork(input.pages.map((page) => ({ job: "read-page", input: page })));
 *   const children = await waitedFor();
 *   return { read: children.filter(({ state }) => state.kind === "done").length };
 * }
 */
export function fork(tasks: readonly NewTask[]): Fork {
  return new Fork(tasks);
}
