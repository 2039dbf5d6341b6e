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
  /** The task of that job which holds the key at that time, or `null`. */
  holderOf(job: string, key: string, nowMs: number): TaskId | null;
  /** The task of that job with that idempotency key, or `null`. */
  idempotentOf(job: string, key: string): TaskId | null;
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

const READY: Beginning = { kind: "ready" };

/**
 * Decide what a batch comes to. A draft whose id or idempotency key is stored already is answered with that
 * task, so that sending a batch again is harmless. Only what is to be stored is checked.
 * Of several drafts with one key (or idempotency key), the first stands for all.
 * @throws GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT; RangeError when two drafts have one id.
 */
export function planGraph(drafts: readonly TaskDraft[], stored: StoredTasks): GraphPlan {
  const standIn = new Map<TaskId, TaskId>();
  const fresh = new Map<TaskId, TaskDraft>();
  const met: Met = { keys: new Map(), idempotencyKeys: new Map() };
  for (const draft of drafts) {
    const { id } = draft;
    if (fresh.has(id) || (standIn.size > 0 && standIn.has(id)))
      throw new RangeError(`two tasks of one batch have the id ${id}`);
    const other = metBy(draft, stored, met);
    if (other === null) fresh.set(id, draft);
    else standIn.set(id, other);
  }
  const tasks = begin(standIn.size === 0 ? drafts : [...fresh.values()], standIn, stored);
  // Nearly every batch is stored as it came: then the answers stand in the order of the tasks.
  if (standIn.size === 0) return { tasks, added: tasks.map(answer) };
  const begun = new Map(tasks.map((task) => [task.draft.id, answer(task)]));
  const added = drafts.map(({ id }) => begun.get(id) ?? { id: standIn.get(id) ?? id, added: false });
  return { tasks, added };
}

/** What a task fails with whose parent did not end well and which is to fail then. */
export function parentFailure(parent: TaskId, ended: TaskStateKind): TaskFailure {
  return { code: "PARENT_FAILED", message: `task ${parent}, which had to end first, ended ${ended}` };
}

/** What drafts of the batch hold, by job. */
interface Met {
  readonly keys: Map<string, Map<string, TaskId>>;
  readonly idempotencyKeys: Map<string, Map<string, TaskId>>;
}

function metBy(draft: TaskDraft, stored: StoredTasks, met: Met): TaskId | null {
  const { id, job, key, idempotencyKey, createdAtMs } = draft;
  if (stored.stateOf(id) !== null) return id;
  if (key === null && idempotencyKey === null) return null;
  const same =
    idempotencyKey === null
      ? null
      : (ofJob(met.idempotencyKeys, job).get(idempotencyKey) ?? stored.idempotentOf(job, idempotencyKey));
  const holder =
    key === null ? null : (ofJob(met.keys, job).get(key) ?? stored.holderOf(job, key, createdAtMs));
  if (same !== null || holder !== null) return same ?? holder;
  if (key !== null) ofJob(met.keys, job).set(key, id);
  if (idempotencyKey !== null) ofJob(met.idempotencyKeys, job).set(idempotencyKey, id);
  return null;
}

function ofJob(keys: Map<string, Map<string, TaskId>>, job: string): Map<string, TaskId> {
  let found = keys.get(job);
  if (found === undefined) keys.set(job, (found = new Map()));
  return found;
}

function answer({ draft, beginning }: PlannedTask): Added {
  const { id } = draft;
  const { kind } = beginning;
  return kind === "skipped" || kind === "failed" ? { id, added: true, ended: kind } : { id, added: true };
}

/** How each draft begins, in the order given. */
function begin(
  fresh: readonly TaskDraft[],
  standIn: ReadonlyMap<TaskId, TaskId>,
  stored: StoredTasks,
): readonly PlannedTask[] {
  if (fresh.every(({ after }) => after.length === 0))
    return fresh.map((draft) => ({ draft, beginning: READY, parentEnded: [] }));
  const drafts = fresh.map((draft) => withStandIns(draft, standIn));
  const begun = new Map<TaskId, PlannedTask>();
  const ids = new Set(drafts.map(({ id }) => id));
  for (const { id, job, after } of drafts)
    for (const parent of after)
      if (!ids.has(parent) && stored.stateOf(parent) === null)
        throw jobkitError("GRAPH_UNKNOWN_PARENT", `adding task ${id} of job ${job} after ${parent}`);
  // Parents first, so that a child sees which of its new parents ended at birth.
  for (const draft of startingOrder(drafts)) {
    const parents = draft.after.map((id) => begun.get(id)?.beginning.kind ?? stored.stateOf(id) ?? "done");
    const parentEnded = parents.map((kind) => isLast(kind));
    begun.set(draft.id, { draft, beginning: beginningOf(draft, parents), parentEnded });
  }
  return drafts.map(({ id }) => begun.get(id) as PlannedTask);
}

function withStandIns(draft: TaskDraft, standIn: ReadonlyMap<TaskId, TaskId>): TaskDraft {
  if (draft.after.length === 0) return draft;
  const after = draft.after.map((parent) => standIn.get(parent) ?? parent);
  return { ...draft, after: after.length > 1 ? [...new Set(after)] : after };
}

function beginningOf(draft: TaskDraft, parents: readonly TaskStateKind[]): Beginning {
  if (parents.length === 0) return READY;
  const policy = draft.onParentFailure;
  const badAt = policy === "run" ? -1 : parents.findIndex((kind) => isLast(kind) && kind !== "done");
  if (badAt >= 0) {
    const because = draft.after[badAt] as TaskId;
    if (policy === "skip") return { kind: "skipped", because };
    return { kind: "failed", error: parentFailure(because, parents[badAt] as TaskStateKind) };
  }
  const waitingFor = parents.filter((kind) => !isLast(kind)).length;
  return waitingFor === 0 ? READY : { kind: "blocked", waitingFor };
}
