import type { TaskId } from "../base/ids.ts";
import type { Family } from "../run/runner.ts";
import type { Task } from "../task/task.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";

/** What the jobs of a scheduler may do with other tasks. */
export function familyOf({ store }: Pick<Kit, "store">, intake: Intake): Family {
  return {
    waitedFor: async ({ after }) => inOrder(after, await store.get(after)),
    submit: (task, children) => intake.submit(intake.childrenOf(task, children)),
    draft: (task, children) => intake.draft(intake.childrenOf(task, children)),
  };
}

function inOrder(ids: readonly TaskId[], tasks: readonly Task[]): readonly Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
