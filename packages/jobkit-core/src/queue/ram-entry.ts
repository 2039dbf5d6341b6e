import type { TaskId } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { isLast, type TaskState } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import { blockedOn } from "./blocked-on.ts";
import type { HeapMember } from "./heap.ts";
import type { TaskDraft } from "./queue-store.ts";
import type { Deadline } from "./ram-deadlines.ts";
import type { Sequence } from "./ram-sequences.ts";
import type { Shelf } from "./ram-shelf.ts";
import type { Head } from "./room.ts";

/** Where an entry stands in an order; it knows how to leave it. */
export interface Place {
  remove(entry: Entry): void;
}

const NOBODY: readonly Entry[] = Object.freeze([]);

/** One stored task of a RamQueue: what never changes, what does, and where it stands. Never leaves the store. */
export class Entry implements HeapMember, Head {
  draft: TaskDraft;
  /** Order of adding, from 1. */
  readonly order: number;
  readonly shelf: Shelf;
  /** While it is unfinished and in one. */
  sequence: Sequence | null = null;
  /** Before it has arrived anywhere it is blocked. */
  state: TaskState;
  attempt = 0;
  claim = 0;
  forks = 0;
  /** What it has to wait for: its parents, then what it forked. */
  after: readonly TaskId[];
  heapAt = -1;
  /** When it may start, or when it ended: what the order it stands in sorts by. */
  heapMs = 0;
  place: Place | null = null;
  /** While it is unfinished: the entries of `after`. */
  parents: readonly Entry[] = NOBODY;
  /** Those that were blocked by it when they were tied to it. One that is not blocked any more is ignored. */
  children: Entry[] | null = null;
  /** How many unfinished tasks name it: it is kept for them. */
  namedBy = 0;
  deadline: Deadline | null = null;
  /** Forgotten; it only waits to be swept out of the order of adding. */
  forgotten = false;

  constructor(draft: TaskDraft, order: number, shelf: Shelf) {
    this.draft = draft;
    this.order = order;
    this.shelf = shelf;
    this.after = draft.after;
    this.state = blockedOn(0);
  }

  get priority(): number {
    return this.draft.priority;
  }

  get dueAtMs(): number {
    return this.heapMs;
  }

  get needs(): Readonly<Record<string, number>> | null {
    return this.draft.limits?.needs ?? null;
  }

  /** It names these from now on, and is told of the end of those that live or are in `alive`. */
  name(parents: readonly Entry[], alive?: ReadonlySet<Entry>): void {
    const blocked = this.state.kind === "blocked";
    for (const parent of parents) {
      parent.namedBy += 1;
      if (blocked && (!isLast(parent.state.kind) || alive?.has(parent) === true)) parent.tie(this);
    }
    this.parents = this.parents.length === 0 ? parents : [...this.parents, ...parents];
  }

  /** A blocked task is told of the end of this one. */
  tie(child: Entry): void {
    if (this.children === null) this.children = [child];
    else this.children.push(child);
  }

  /** It names nobody any more: those it named may be forgotten as far as it is concerned. */
  letParentsGo(): void {
    for (const parent of this.parents) parent.namedBy -= 1;
    this.parents = NOBODY;
  }
}

/** A stored task as a value. `input` shares with the store unless one of its own is given. */
export function taskOf(entry: Entry, input: Json = entry.draft.input): Task {
  const { draft } = entry;
  return {
    id: draft.id,
    job: draft.job,
    key: draft.key,
    keyUntilMs: draft.keyUntilMs,
    idempotencyKey: draft.idempotencyKey,
    input,
    labels: draft.labels,
    run: draft.run,
    parent: draft.parent,
    after: entry.after,
    onParentFailure: draft.onParentFailure,
    priority: draft.priority,
    sequence: draft.sequence,
    deadlineAtMs: draft.deadlineAtMs,
    limits: draft.limits,
    attempt: entry.attempt,
    claim: entry.claim,
    forks: entry.forks,
    createdAtMs: draft.createdAtMs,
    state: entry.state,
  };
}

/** The same with an input of its own: a job that changes its input must not change the next attempt's. */
export function claimedTaskOf(entry: Entry): Task {
  return taskOf(entry, copyJson(entry.draft.input));
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
