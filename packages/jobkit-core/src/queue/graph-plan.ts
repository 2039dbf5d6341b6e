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
  /** Per id in `draft.after`: has that parent ended? Empty where none has. */
  readonly parentEnded: readonly boolean[];
  /** Per id in `draft.after`: where that parent stands in the plan; -1 where it was stored before. */
  readonly parentsAt: readonly number[];
}

/** The whole batch: what to store, and what to answer. */
export interface GraphPlan {
  readonly tasks: readonly PlannedTask[];
  readonly added: readonly Added[];
}

const READY: Beginning = { kind: "ready" };
/** Shared by all tasks of which it is true. */
const NONE_ENDED: readonly boolean[] = Object.freeze([]);
const NO_PARENTS: readonly number[] = Object.freeze([]);

/**
 * Decide what a batch comes to. A draft whose id or idempotency key is stored already is answered with that
 * task, so that sending a batch again is harmless. Only what is to be stored is checked.
 * Of several drafts with one key (or idempotency key), the first stands for all.
 * @throws GRAPH_CYCLE, GRAPH_UNKNOWN_PARENT; RangeError when two drafts have one id.
 */
export function planGraph(drafts: readonly TaskDraft[], stored: StoredTasks): GraphPlan {
  const standIn = new Map<TaskId, TaskId>();
  const places = new Map<TaskId, number>();
  const met: Met = { keys: new Map(), idempotencyKeys: new Map() };
  const fresh: TaskDraft[] = [];
  for (const draft of drafts) {
    const { id } = draft;
    if (places.has(id) || (standIn.size > 0 && standIn.has(id)))
      throw new RangeError(`two tasks of one batch have the id ${id}`);
    const other = metBy(draft, stored, met);
    if (other !== null) standIn.set(id, other);
    else {
      places.set(id, fresh.length);
      fresh.push(draft);
    }
  }
  const own = standIn.size === 0 ? fresh : fresh.map((draft) => withStandIns(draft, standIn));
  const batch: Batch = { drafts: own, places, stored };
  const tasks = inGivenOrder(batch) ?? inAnyOrder(batch);
  // Nearly every batch is stored as it came: then the answers stand in the order of the tasks.
  if (standIn.size === 0) return { tasks, added: tasks.map(answer) };
  const added = drafts.map(({ id }): Added => {
    const place = places.get(id);
    return place === undefined
      ? { id: standIn.get(id) ?? id, added: false }
      : answer(tasks[place] as PlannedTask);
  });
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

/** What is to be stored: where each task stands, and what is stored already. */
interface Batch {
  readonly drafts: readonly TaskDraft[];
  readonly places: ReadonlyMap<TaskId, number>;
  readonly stored: StoredTasks;
}

/** How each draft begins, where every parent stands before its children; `null` where one does not. */
function inGivenOrder(batch: Batch): readonly PlannedTask[] | null {
  const { drafts, places } = batch;
  const tasks: PlannedTask[] = [];
  for (const draft of drafts) {
    for (const parent of draft.after) if ((places.get(parent) ?? -1) >= tasks.length) return null;
    tasks.push(planned(draft, batch, tasks));
  }
  return tasks;
}

/** The same for any order. @throws GRAPH_CYCLE */
function inAnyOrder(batch: Batch): readonly PlannedTask[] {
  const { drafts, places } = batch;
  const tasks: PlannedTask[] = Array.from({ length: drafts.length });
  for (const draft of drafts) for (const parent of draft.after) known(draft, parent, batch);
  // Parents first, so that a child sees which of its new parents ended at birth.
  for (const draft of startingOrder(drafts))
    tasks[places.get(draft.id) as number] = planned(draft, batch, tasks);
  return tasks;
}

/** How a draft begins whose new parents are planned. @throws GRAPH_UNKNOWN_PARENT */
function planned(draft: TaskDraft, batch: Batch, tasks: readonly PlannedTask[]): PlannedTask {
  const { after } = draft;
  if (after.length === 0) return { draft, beginning: READY, parentEnded: NONE_ENDED, parentsAt: NO_PARENTS };
  const parentsAt: number[] = [];
  const kinds: TaskStateKind[] = [];
  let living = 0;
  for (const parent of after) {
    const at = batch.places.get(parent) ?? -1;
    const kind = at < 0 ? known(draft, parent, batch) : (tasks[at] as PlannedTask).beginning.kind;
    parentsAt.push(at);
    kinds.push(kind);
    if (!isLast(kind)) living += 1;
  }
  if (living === after.length)
    return { draft, beginning: { kind: "blocked", waitingFor: living }, parentEnded: NONE_ENDED, parentsAt };
  const parentEnded = kinds.map((kind) => isLast(kind));
  return { draft, beginning: beginningOf(draft, kinds), parentEnded, parentsAt };
}

/** The state of a parent. @throws GRAPH_UNKNOWN_PARENT */
function known({ id, job }: TaskDraft, parent: TaskId, { places, stored }: Batch): TaskStateKind {
  const kind = stored.stateOf(parent);
  if (kind === null && !places.has(parent))
    throw jobkitError("GRAPH_UNKNOWN_PARENT", `adding task ${id} of job ${job} after ${parent}`);
  return kind ?? "ready";
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
