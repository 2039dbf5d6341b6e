import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { isLast, mayFollow, type TaskState, type TaskStateKind } from "../task/state.ts";
import { parentFailure, type PlannedTask, type StoredTasks } from "./graph-plan.ts";
import { Heap } from "./heap.ts";
import type { Settled, TaskCount } from "./queue-store.ts";
import { copyJson, dueBefore, type Entry } from "./ram-entry.ts";
import { AddingOrder } from "./ram-order.ts";
import { Shelf } from "./ram-shelf.ts";

/** What the end of one task did to others. */
export type Consequences = Pick<Settled, "unblocked" | "ended">;

/**
 * The tasks of a RamQueue. `#move` is the only place where a state changes: counts, keys, heaps and the set
 * of running tasks follow there, so that they cannot disagree. Every step is logarithmic at most.
 */
export class RamTasks implements StoredTasks {
  readonly running = new Set<Entry>();
  readonly order = new AddingOrder();
  readonly #byId = new Map<TaskId, Entry>();
  readonly #shelves = new Map<string, Shelf>();
  readonly #ended = new Heap<Entry>(dueBefore);

  find(id: TaskId): Entry | undefined {
    return this.#byId.get(id);
  }

  shelf(job: string): Shelf | undefined {
    return this.#shelves.get(job);
  }

  stateOf(id: TaskId): TaskStateKind | null {
    return this.#byId.get(id)?.state.kind ?? null;
  }

  holderOf(job: string, key: string): TaskId | null {
    return this.#shelves.get(job)?.holders.get(key)?.draft.id ?? null;
  }

  /** Store the tasks of a plan. Cannot fail: the plan has checked everything. */
  add(planned: readonly PlannedTask[]): void {
    const entries = planned.map((task) => this.#enter(task));
    for (const [at, { beginning }] of planned.entries())
      if (beginning.kind === "blocked") this.#tie(entries[at] as Entry);
  }

  /** Make a task claimable from `dueAtMs` on, as of `nowMs`. */
  makeReady(entry: Entry, dueAtMs: number, nowMs: number): void {
    this.#move(entry, { kind: "ready", dueAtMs }, nowMs);
  }

  /** Change between two states that are not the last. */
  change(entry: Entry, state: TaskState, nowMs: number): void {
    this.#move(entry, state, nowMs);
  }

  /** End a task and carry that to all that wait for it, level by level, without recursion. */
  end(entry: Entry, state: TaskState, nowMs: number): Consequences {
    const unblocked: TaskId[] = [];
    const ended: Settled["ended"][number][] = [];
    this.#move(entry, state, nowMs);
    const over = [entry];
    // The list grows while it is walked: what ended by an end is at its end.
    for (const parent of over) {
      const children = parent.children;
      parent.children = [];
      for (const child of children) {
        const next = afterParent(child, parent, nowMs);
        if (next === null) continue;
        this.#move(child, next, nowMs);
        if (next.kind === "ready") unblocked.push(child.draft.id);
        else if (next.kind === "skipped" || next.kind === "failed") {
          ended.push({ id: child.draft.id, kind: next.kind });
          over.push(child);
        }
      }
    }
    return { unblocked, ended };
  }

  counts(): readonly TaskCount[] {
    return [...this.#shelves.values()].flatMap((shelf) => shelf.counts());
  }

  /** Forget tasks, earliest ended first. Those that a blocked task names are passed over. @returns how many. */
  prune(endedBeforeMs: number, limit: number): number {
    const kept: Entry[] = [];
    let forgotten = 0;
    for (let entry = this.#ended.first(); entry !== undefined; entry = this.#ended.first()) {
      if (forgotten >= limit || entry.heapMs >= endedBeforeMs) break;
      this.#ended.remove(entry);
      if (entry.blockedChildren > 0) {
        kept.push(entry);
      } else {
        this.#forget(entry);
        forgotten += 1;
      }
    }
    for (const entry of kept) this.#ended.push(entry);
    return forgotten;
  }

  #forget(entry: Entry): void {
    entry.heap = null;
    this.#byId.delete(entry.draft.id);
    entry.shelf.count(entry.state.kind, -1);
    this.order.forget(entry);
  }

  #enter({ draft, beginning }: PlannedTask): Entry {
    let shelf = this.#shelves.get(draft.job);
    if (shelf === undefined) this.#shelves.set(draft.job, (shelf = new Shelf(draft.job)));
    const entry: Entry = {
      draft: { ...draft, input: copyJson(draft.input), labels: { ...draft.labels } },
      order: this.order.next(),
      shelf,
      state: { kind: "blocked", waitingFor: 0 },
      attempt: 0,
      claim: 0,
      heapAt: -1,
      heapMs: 0,
      heap: null,
      parents: [],
      children: [],
      blockedChildren: 0,
      forgotten: false,
    };
    this.#byId.set(draft.id, entry);
    this.order.add(entry);
    this.#arrive(entry, beginningState(draft, beginning), draft.createdAtMs);
    return entry;
  }

  #tie(entry: Entry): void {
    entry.parents = entry.draft.after.flatMap((id) => this.#byId.get(id) ?? []);
    for (const parent of entry.parents) {
      parent.blockedChildren += 1;
      if (!isLast(parent.state.kind)) parent.children.push(entry);
    }
  }

  #move(entry: Entry, state: TaskState, nowMs: number): void {
    const from = entry.state.kind;
    // Counting down the parents is no change of state in the sense of the table.
    if (from !== state.kind && !mayFollow(from, state.kind))
      throw jobkitError("TRANSITION_INVALID", `moving task ${entry.draft.id} from ${from} to ${state.kind}`);
    entry.heap?.remove(entry);
    entry.heap = null;
    entry.shelf.count(from, -1);
    if (from === "running") this.running.delete(entry);
    if (from === "blocked" && state.kind !== "blocked") untie(entry);
    this.#arrive(entry, state, nowMs);
  }

  #arrive(entry: Entry, state: TaskState, nowMs: number): void {
    const { shelf, draft } = entry;
    entry.state = state;
    shelf.count(state.kind, 1);
    if (draft.key !== null) keepKey(entry, draft.key);
    if (state.kind === "ready" || state.kind === "retrying") shelf.place(entry, state.dueAtMs, nowMs);
    else if (state.kind === "running") this.running.add(entry);
    else if (state.kind !== "blocked") {
      entry.heapMs = state.endedAtMs;
      entry.heap = this.#ended;
      this.#ended.push(entry);
    }
  }
}

function beginningState(draft: PlannedTask["draft"], beginning: PlannedTask["beginning"]): TaskState {
  const endedAtMs = draft.createdAtMs;
  if (beginning.kind === "ready") return { kind: "ready", dueAtMs: draft.dueAtMs };
  if (beginning.kind === "skipped") return { ...beginning, endedAtMs };
  if (beginning.kind === "failed") return { ...beginning, endedAtMs, startedAtMs: null };
  return beginning;
}

/** The state that the end of `parent` gives `child`; `null` where the child is not blocked any more. */
function afterParent(child: Entry, parent: Entry, nowMs: number): TaskState | null {
  if (child.state.kind !== "blocked") return null;
  const { onParentFailure, dueAtMs } = child.draft;
  const ended = parent.state.kind;
  if (ended === "done" || onParentFailure === "run") {
    const waitingFor = child.state.waitingFor - 1;
    return waitingFor > 0
      ? { kind: "blocked", waitingFor }
      : { kind: "ready", dueAtMs: Math.max(dueAtMs, nowMs) };
  }
  if (onParentFailure === "skip") return { kind: "skipped", endedAtMs: nowMs, because: parent.draft.id };
  const error = parentFailure(parent.draft.id, ended);
  return { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error };
}

function untie(entry: Entry): void {
  for (const parent of entry.parents) parent.blockedChildren -= 1;
  entry.parents = [];
}

/** An unfinished task holds its key, a finished one does not. */
function keepKey(entry: Entry, key: string): void {
  const { holders } = entry.shelf;
  if (!isLast(entry.state.kind)) holders.set(key, entry);
  else if (holders.get(key) === entry) holders.delete(key);
}
