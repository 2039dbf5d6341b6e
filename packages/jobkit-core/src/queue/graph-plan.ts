/**
 * What adding a batch comes to, decided before anything is stored. Pure, and shared by the stores, so that
 * they agree on keys, circles and parents that have ended already. Neighbours: task/graph.ts.
 */
import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { startingOrder } from "../task/graph.ts";
import { isLast, type TaskFailure, type TaskStateKind } from "../task/state.ts";
import type { Added, TaskDraft } from "./queue-store.ts";

/** What the plan asks of the store. Each answer is as of the moment of the call. */
export interface StoredTasks {
  /** The state of a stored task, or `null` where there is none of that id. */
  stateOf(id: TaskId): TaskStateKind | null;
  /** The unfinished task of that job which holds the key, or `null`. */
  holderOf(job: string, key: string): TaskId | null;
}

/** How a new task begins. */
export type Beginning =
  | { readonly kind: "ready" }
  /** `waitingFor` of its parents have not ended. */
  | { readonly kind: "blocked"; readonly waitingFor: number }
  | { readonly kind: "skipped"; readonly because: TaskId }
  | { readonly kind: "failed"; readonly error: TaskFailure };

/** A task to store, in order of adding. Its `after` names the tasks that stand for the ones it asked for. */
export interface PlannedTask {
  readonly draft: TaskDraft;
  readonly beginning: Beginning;
  /** Per id in `draft.after`: has that parent ended? */
  readonly parentEnded: readonly boolean[];
}

/** The whole batch: what to store, and what to answer. */
export interface GraphPlan {
  readonly tasks: readonly PlannedTask[];
  readonly added: readonly Added[];
}

/**
 * Decide what a batch comes to. A draft whose id is stored already is answered with that task, so that
 * sending a batch again is harmless. Only what is to be stored is checked.
 * Of several drafts with one key, the first stands for all.
 * @throws GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT; RangeError when two drafts have one id.
 */
export function planGraph(drafts: readonly TaskDraft[], stored: StoredTasks): GraphPlan {
  const standIn = new Map<TaskId, TaskId>();
  const fresh = new Map<TaskId, TaskDraft>();
  const keys = new Map<string, Map<string, TaskId>>();
  for (const draft of drafts) {
    const met = metBy(draft, stored, keys);
    if (met !== null) standIn.set(draft.id, met);
    else if (fresh.has(draft.id)) throw new RangeError(`two tasks of one batch have the id ${draft.id}`);
    else fresh.set(draft.id, draft);
  }
  for (const [id, draft] of fresh) {
    if (draft.after.length === 0) continue;
    const after = [...new Set(draft.after.map((parent) => standIn.get(parent) ?? parent))];
    fresh.set(id, { ...draft, after });
  }
  const begun = beginnings([...fresh.values()], stored);
  return {
    tasks: [...fresh.keys()].map((id) => begun.get(id) as PlannedTask),
    added: drafts.map(({ id }) => answer(id, standIn.get(id), begun.get(id))),
  };
}

/** What a task fails with whose parent did not end well and which is to fail then. */
export function parentFailure(parent: TaskId, ended: TaskStateKind): TaskFailure {
  return { code: "PARENT_FAILED", message: `task ${parent}, which had to end first, ended ${ended}` };
}

function metBy(draft: TaskDraft, stored: StoredTasks, keys: Map<string, Map<string, TaskId>>): TaskId | null {
  if (stored.stateOf(draft.id) !== null) return draft.id;
  if (draft.key === null) return null;
  const ofJob = keys.get(draft.job) ?? new Map<string, TaskId>();
  const holder = ofJob.get(draft.key) ?? stored.holderOf(draft.job, draft.key);
  if (holder !== null) return holder;
  keys.set(draft.job, ofJob.set(draft.key, draft.id));
  return null;
}

function answer(id: TaskId, met: TaskId | undefined, task: PlannedTask | undefined): Added {
  if (met !== undefined || task === undefined) return { id: met ?? id, added: false };
  const { kind } = task.beginning;
  return kind === "skipped" || kind === "failed" ? { id, added: true, ended: kind } : { id, added: true };
}

/** Parents first, so that a child sees which of its new parents ended at birth. */
function beginnings(fresh: readonly TaskDraft[], stored: StoredTasks): ReadonlyMap<TaskId, PlannedTask> {
  const begun = new Map<TaskId, PlannedTask>();
  const ids = new Set(fresh.map((draft) => draft.id));
  for (const draft of fresh)
    for (const parent of draft.after)
      if (!ids.has(parent) && stored.stateOf(parent) === null)
        throw jobkitError(
          "GRAPH_UNKNOWN_PARENT",
          `adding task ${draft.id} of job ${draft.job} after ${parent}`,
        );
  for (const draft of startingOrder(fresh)) {
    const parents = draft.after.map((id) => begun.get(id)?.beginning.kind ?? stored.stateOf(id) ?? "done");
    begun.set(draft.id, {
      draft,
      beginning: beginningOf(draft, parents),
      parentEnded: parents.map((kind) => isLast(kind)),
    });
  }
  return begun;
}

function beginningOf(draft: TaskDraft, parents: readonly TaskStateKind[]): Beginning {
  const policy = draft.onParentFailure;
  const badAt = policy === "run" ? -1 : parents.findIndex((kind) => isLast(kind) && kind !== "done");
  if (badAt >= 0) {
    const because = draft.after[badAt] as TaskId;
    if (policy === "skip") return { kind: "skipped", because };
    return { kind: "failed", error: parentFailure(because, parents[badAt] as TaskStateKind) };
  }
  const waitingFor = parents.filter((kind) => !isLast(kind)).length;
  return waitingFor === 0 ? { kind: "ready" } : { kind: "blocked", waitingFor };
}
