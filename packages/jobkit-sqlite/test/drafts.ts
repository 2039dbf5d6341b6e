import { draftTasks, type NewTask, type Room, type TaskDraft } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";

export const NOW = 1_700_000_000_000;

/** So many drafts of one job, due at NOW; another seed gives other ids. */
export function drafts(count: number, task: Partial<NewTask> = {}, seed = 1): readonly TaskDraft[] {
  const tasks = Array.from({ length: count }, () => ({ job: "work", input: null, ...task }));
  return draftTasks(tasks, { random: new SeededRandom(seed), nowMs: NOW });
}

/** Room for so many tasks of each of these jobs, in one group of lanes of that size. */
export function roomFor(jobs: readonly string[], lanes: number): Room {
  return {
    lanes: { all: lanes },
    pools: {},
    jobs: jobs.map((name) => ({ name, lane: "all", starts: lanes, limit: "at its own limit", needs: {} })),
  };
}
