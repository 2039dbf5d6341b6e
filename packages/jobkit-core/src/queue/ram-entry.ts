import type { Json } from "../base/json.ts";
import type { TaskState } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import type { Heap, HeapMember } from "./heap.ts";
import type { Head, TaskDraft } from "./queue-store.ts";
import type { Shelf } from "./ram-shelf.ts";

/** One stored task of a RamQueue: what never changes, what does, and where it stands. Never leaves the store. */
export interface Entry extends HeapMember {
  readonly draft: TaskDraft;
  /** Order of adding, from 1. */
  readonly order: number;
  readonly shelf: Shelf;
  state: TaskState;
  attempt: number;
  claim: number;
  /** When it may start, or when it ended: what the heap it stands in sorts by. */
  heapMs: number;
  heap: Heap<Entry> | null;
  /** While blocked: the entries of `draft.after`. */
  parents: readonly Entry[];
  /** Those that were blocked by it when they were added. One that is not blocked any more is ignored. */
  children: Entry[];
  /** How many blocked tasks name it, ended or not: it is kept for them. */
  blockedChildren: number;
  /** Forgotten; it only waits to be swept out of the order of adding. */
  forgotten: boolean;
}

/** A stored task as a value. */
export function taskOf({ draft, attempt, claim, state }: Entry): Task {
  return {
    id: draft.id,
    job: draft.job,
    key: draft.key,
    input: draft.input,
    labels: draft.labels,
    run: draft.run,
    parent: draft.parent,
    after: draft.after,
    onParentFailure: draft.onParentFailure,
    priority: draft.priority,
    attempt,
    claim,
    createdAtMs: draft.createdAtMs,
    state,
  };
}

/** The same with an input of its own: a job that changes its input must not change the next attempt's. */
export function claimedTaskOf(entry: Entry): Task {
  return { ...taskOf(entry), input: copyJson(entry.draft.input) };
}

/** What the plan needs to know of a claimable task. */
export function headOf({ draft, heapMs }: Entry): Head {
  return { id: draft.id, job: draft.job, priority: draft.priority, dueAtMs: heapMs };
}

/** A JSON value that shares nothing with the given one. A key "__proto__" stays a key like any other. */
export function copyJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(copyJson);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyJson(inner)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Starting order: larger priority, then earlier due, then added earlier. */
export function startsBefore(a: Entry, b: Entry): boolean {
  if (a.draft.priority !== b.draft.priority) return a.draft.priority > b.draft.priority;
  return dueBefore(a, b);
}

/** Earlier due (or ended), then added earlier. */
export function dueBefore(a: Entry, b: Entry): boolean {
  return a.heapMs === b.heapMs ? a.order < b.order : a.heapMs < b.heapMs;
}
