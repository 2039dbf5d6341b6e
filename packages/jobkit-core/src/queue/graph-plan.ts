/**
 * What adding a batch comes to, decided before anything is stored. Pure, and shared by the stores, so that
 * they agree on keys, circles and parents that have ended already. Neighbours: task/graph.ts.
 */
import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { startingOrder } from "../task/graph.ts";
import { isLast, type TaskFailure, type TaskStateKind } from "../task/state.ts";
import { placesOf, twinOf, type BatchPlaces } from "./batch-places.ts";
import { blockedOn } from "./blocked-on.ts";
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
  const twin = twinOf(drafts);
  if (twin !== null) throw new RangeError(`two tasks of one batch have the id ${twin}`);
  const standIn = new Map<TaskId, TaskId>();
  const met: Met = { keys: new Map(), idempotencyKeys: new Map() };
  const fresh: TaskDraft[] = [];
  for (const draft of drafts) {
    const other = metBy(draft, stored, met);
    if (other === null) fresh.push(draft);
    else standIn.set(draft.id, other);
  }
  const own = standIn.size === 0 ? fresh : fresh.map((draft) => withStandIns(draft, standIn));
  const places = placesOf(own);
  const batch: Batch = { drafts: own, places, stored };
  const tasks = inGivenOrder(batch) ?? inAnyOrder(batch);
  // Nearly every batch is stored as it came: then the answers stand in the order of the tasks.
  if (standIn.size === 0) return { tasks, added: tasks.map(answer) };
  const added = drafts.map(({ id }): Added => {
    const other = standIn.get(id);
    return other === undefined ? answer(tasks[places.of(id)] as PlannedTask) : { id: other, added: false };
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
  readonly places: BatchPlaces;
  readonly stored: StoredTasks;
}

/** How each draft begins, where every parent stands before its children; `null` where one does not. */
function inGivenOrder(batch: Batch): readonly PlannedTask[] | null {
  const { drafts, places } = batch;
  const tasks: PlannedTask[] = [];
  for (const draft of drafts) {
    const parentsAt = placesOfParents(draft, places);
    for (let at = 0; at < parentsAt.length; at += 1)
      if ((parentsAt[at] as number) >= tasks.length) return null;
    tasks.push(planned(draft, parentsAt, { batch, tasks }));
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
    tasks[places.of(draft.id)] = planned(draft, placesOfParents(draft, places), { batch, tasks });
  return tasks;
}

function placesOfParents({ after }: TaskDraft, places: BatchPlaces): readonly number[] {
  return after.length === 0 ? NO_PARENTS : after.map((parent) => places.of(parent));
}

/** A batch, and those of its tasks that are planned, by place. */
interface SoFar {
  readonly batch: Batch;
  readonly tasks: readonly PlannedTask[];
}

/** How a draft begins whose new parents are planned. @throws GRAPH_UNKNOWN_PARENT */
function planned(draft: TaskDraft, parentsAt: readonly number[], soFar: SoFar): PlannedTask {
  if (parentsAt.length === 0) return { draft, beginning: READY, parentEnded: NONE_ENDED, parentsAt };
  let living = 0;
  for (let at = 0; at < parentsAt.length; at += 1)
    if (!isLast(parentKind(draft, parentsAt, at, soFar))) living += 1;
  if (living === parentsAt.length)
    return { draft, beginning: blockedOn(living), parentEnded: NONE_ENDED, parentsAt };
  const kinds = parentsAt.map((_, at) => parentKind(draft, parentsAt, at, soFar));
  const parentEnded = kinds.map((kind) => isLast(kind));
  return { draft, beginning: beginningOf(draft, kinds), parentEnded, parentsAt };
}

/** The state of its parent at that position. @throws GRAPH_UNKNOWN_PARENT */
function parentKind(
  draft: TaskDraft,
  parentsAt: readonly number[],
  at: number,
  { batch, tasks }: SoFar,
): TaskStateKind {
  const place = parentsAt[at] as number;
  return place < 0
    ? known(draft, draft.after[at] as TaskId, batch)
    : (tasks[place] as PlannedTask).beginning.kind;
}

/** The state of a parent. @throws GRAPH_UNKNOWN_PARENT */
function known({ id, job }: TaskDraft, parent: TaskId, { places, stored }: Batch): TaskStateKind {
  const kind = stored.stateOf(parent);
  if (kind === null && places.of(parent) < 0)
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
  return waitingFor === 0 ? READY : blockedOn(waitingFor);
}
