import { draftTasks, type NewTask, type TaskDraft } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";

export const NOW = 1_700_000_000_000;

/** So many drafts of one job, due at NOW; another seed gives other ids. */
export function drafts(count: number, task: Partial<NewTask> = {}, seed = 1): readonly TaskDraft[] {
  const tasks = Array.from({ length: count }, () => ({ job: "work", input: null, ...task }));
  return draftTasks(tasks, { random: new SeededRandom(seed), nowMs: NOW });
}
