import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { isLast, mayFollow, type TaskState, type TaskStateKind } from "../task/state.ts";
import { refuseForkCircle, type Ties } from "./fork-circle.ts";
import { twinOf } from "./batch-places.ts";
import { blockedOn } from "./blocked-on.ts";
import {
  parentFailure,
  planGraph,
  type Beginning,
  type PlannedTask,
  type StoredTasks,
} from "./graph-plan.ts";
import { Line } from "./line.ts";
import type { Added, EndedTask, PruneRequest, Settled, TaskCount, TaskDraft } from "./queue-store.ts";
import { Deadlines } from "./ram-deadlines.ts";
import { copyJson, dueBefore, Entry } from "./ram-entry.ts";
import { IdIndex } from "./ram-index.ts";
import { AddingOrder } from "./ram-order.ts";
import { RunningEntries } from "./ram-running.ts";
import { Sequences } from "./ram-sequences.ts";
import { Shelf } from "./ram-shelf.ts";
import { SharedStates } from "./ram-states.ts";

/** What the end of one task did to others. */
export type Consequences = Pick<Settled, "unblocked" | "ended">;

/** What adding a batch came to. */
export interface Stored {
  readonly added: readonly Added[];
  /** Some of them may start as soon as they are due. */
  readonly ready: boolean;
}

const READY: Beginning = { kind: "ready" };
const NO_IDS: readonly TaskId[] = Object.freeze([]);
const NONE_ENDED: readonly EndedTask[] = Object.freeze([]);
const NOTHING_ELSE: Consequences = Object.freeze({ unblocked: NO_IDS, ended: NONE_ENDED });

/**
 * The tasks of a RamQueue. `#move` is the only place where a state changes: counts, keys, orders, sequences
 * and deadlines follow there, so that they cannot disagree. Every step is logarithmic at most, and what comes
 * in order costs the same however much is stored.
 */
export class RamTasks implements StoredTasks {
  readonly running = new RunningEntries();
  readonly order = new AddingOrder();
  readonly states = new SharedStates();
  readonly deadlines = new Deadlines();
  readonly #index = new IdIndex();
  readonly #shelves = new Map<string, Shelf>();
  readonly #sequences = new Sequences();
  readonly #ended = new Line<Entry>(dueBefore);

  find(id: TaskId): Entry | undefined {
    return this.#index.find(id);
  }

  shelf(job: string): Shelf | undefined {
    return this.#shelves.get(job);
  }

  /** Every job's shelf, as of `nowMs`. */
  shelvesAt(nowMs: number): Iterable<Shelf> {
    // All of them first: tasks of several jobs may be of one sequence.
    for (const shelf of this.#shelves.values()) shelf.see(nowMs);
    return this.#shelves.values();
  }

  stateOf(id: TaskId): TaskStateKind | null {
    return this.find(id)?.state.kind ?? null;
  }

  holderOf(job: string, key: string, nowMs: number): TaskId | null {
    return this.#shelves.get(job)?.holder(key, nowMs)?.draft.id ?? null;
  }

  idempotentOf(job: string, key: string): TaskId | null {
    return this.#shelves.get(job)?.idempotent(key)?.draft.id ?? null;
  }

  /** Store a batch, forked by `parent` where one is given. @throws GRAPH_*; nothing is stored then. */
  add(drafts: readonly TaskDraft[], parent: Entry | null = null): Stored {
    if (parent === null && drafts.every((draft) => this.#isPlain(draft)) && twinOf(drafts) === null)
      return this.#addPlain(drafts);
    const plan = planGraph(drafts, this);
    if (parent !== null) refuseForkCircle(parent.draft, plan, (id) => this.#tiesOf(id));
    const entries = plan.tasks.map(({ draft, beginning }) => this.#enter(draft, beginning));
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[at] as Entry;
      const { draft, parentsAt } = plan.tasks[at] as PlannedTask;
      if (parentsAt.length > 0 && !isLast(entry.state.kind))
        entry.name(
          parentsAt.map(
            (place, i) => (place < 0 ? this.find(draft.after[i] as TaskId) : entries[place]) as Entry,
          ),
        );
    }
    return { added: plan.added, ready: plan.tasks.some(({ beginning }) => beginning.kind === "ready") };
  }

  /** Make a task claimable from `dueAtMs` on, as of `nowMs`. */
  makeReady(entry: Entry, dueAtMs: number, nowMs: number): void {
    this.#move(entry, this.states.ready(dueAtMs), nowMs);
  }

  /** Change between two states that are not the last. */
  change(entry: Entry, state: TaskState, nowMs: number): void {
    this.#move(entry, state, nowMs);
  }

  /** A running task waits for these as well: blocked until they have ended, or ready at once. */
  waitFor(entry: Entry, ids: readonly TaskId[], nowMs: number): void {
    const tied = new Set(entry.parents);
    const more = [...new Set(ids)].filter((id) => {
      const other = this.find(id);
      return other !== undefined && other !== entry && !tied.has(other);
    });
    entry.after = [...entry.after, ...more];
    const living = [...tied, ...more.map((id) => this.find(id) as Entry)];
    const waitingFor = living.filter(({ state }) => !isLast(state.kind)).length;
    if (waitingFor > 0) this.#move(entry, blockedOn(waitingFor), nowMs);
    else this.makeReady(entry, nowMs, nowMs);
    entry.name(this.#named(more));
    // One that it had waited for and that was put back to the start meanwhile lives again.
    for (const other of tied) if (!isLast(other.state.kind)) other.tie(entry);
  }

  /**
   * Those that are to live again wait for nobody until they are restarted: one that ended while it was blocked
   * is still tied to what it waited for, and would be told of its end twice.
   */
  untie(again: ReadonlySet<Entry>): void {
    const tied = new Set<Entry>();
    for (const { after } of again)
      for (const id of after) {
        const parent = this.find(id);
        if (parent !== undefined && parent.children !== null) tied.add(parent);
      }
    for (const parent of tied) parent.children = (parent.children ?? []).filter((child) => !again.has(child));
  }

  /** Put an ended task back to the start; it waits again for parents that live, or are in `alive`. */
  restart(entry: Entry, alive: ReadonlySet<Entry>, nowMs: number): void {
    if (entry.draft.deadlineAtMs !== null) entry.draft = { ...entry.draft, deadlineAtMs: null };
    entry.attempt = 0;
    entry.forks = 0;
    entry.after = entry.draft.after;
    const waitingFor = entry.after.filter((id) => {
      const parent = this.find(id);
      return parent !== undefined && (alive.has(parent) || !isLast(parent.state.kind));
    }).length;
    if (waitingFor > 0) this.#move(entry, blockedOn(waitingFor), nowMs);
    else this.makeReady(entry, nowMs, nowMs);
    entry.name(this.#named(entry.after), alive);
  }

  /** End a task and carry that to all that wait for it, level by level, without recursion. */
  end(entry: Entry, state: TaskState, nowMs: number): Consequences {
    this.#move(entry, state, nowMs);
    return entry.children === null ? NOTHING_ELSE : this.#carryOn(entry, nowMs);
  }

  counts(): readonly TaskCount[] {
    return [...this.#shelves.values()].flatMap((shelf) => shelf.counts());
  }

  /** Forget tasks, earliest ended first. Those that an unfinished task names are passed over. @returns how many. */
  prune({ endedBeforeMs, limit, states }: PruneRequest): number {
    const kept: Entry[] = [];
    let forgotten = 0;
    for (let entry = this.#ended.first(); entry !== undefined; entry = this.#ended.first()) {
      if (forgotten >= limit || entry.heapMs >= endedBeforeMs) break;
      this.#ended.remove(entry);
      entry.place = null;
      if (entry.namedBy > 0 || states?.includes(entry.state.kind) === false) kept.push(entry);
      else {
        this.#forget(entry);
        forgotten += 1;
      }
    }
    for (const entry of kept) this.#standEnded(entry);
    return forgotten;
  }

  /** It is new, waits for nobody and holds nothing: there is nothing to plan. */
  #isPlain({ id, after, key, idempotencyKey }: TaskDraft): boolean {
    return after.length === 0 && key === null && idempotencyKey === null && this.find(id) === undefined;
  }

  #addPlain(drafts: readonly TaskDraft[]): Stored {
    const added: Added[] = [];
    for (const draft of drafts) {
      this.#enter(draft, READY);
      added.push({ id: draft.id, added: true });
    }
    return { added, ready: drafts.length > 0 };
  }

  #carryOn(first: Entry, nowMs: number): Consequences {
    const unblocked: TaskId[] = [];
    const ended: EndedTask[] = [];
    const over = [first];
    // The list grows while it is walked: what ended by an end is at its end.
    for (const parent of over) {
      const { children } = parent;
      parent.children = null;
      for (const child of children ?? []) {
        if (child.state.kind !== "blocked") continue;
        const next = this.#afterParent(child, parent, nowMs);
        // One parent less is no change of state: nothing but the count depends on it.
        if (next.kind === "blocked") {
          child.state = next;
          continue;
        }
        this.#move(child, next, nowMs);
        if (next.kind === "ready") unblocked.push(child.draft.id);
        else if (next.kind === "skipped" || next.kind === "failed") {
          ended.push({ id: child.draft.id, kind: next.kind });
          if (child.children !== null) over.push(child);
        }
      }
    }
    return { unblocked, ended };
  }

  /** The state that the end of `parent` gives a blocked `child`. */
  #afterParent(child: Entry, parent: Entry, nowMs: number): TaskState {
    const { onParentFailure, dueAtMs } = child.draft;
    const ended = parent.state.kind;
    // What it forked it waits for however that ends.
    if (ended === "done" || onParentFailure === "run" || child.forks > 0) {
      const waitingFor = child.state.kind === "blocked" ? child.state.waitingFor - 1 : 0;
      return waitingFor > 0 ? blockedOn(waitingFor) : this.states.ready(Math.max(dueAtMs, nowMs));
    }
    if (onParentFailure === "skip") return { kind: "skipped", endedAtMs: nowMs, because: parent.draft.id };
    const error = parentFailure(parent.draft.id, ended);
    return { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error };
  }

  #forget(entry: Entry): void {
    entry.forgotten = true;
    entry.shelf.forget(entry);
    this.order.forget();
    this.#index.forget(entry);
  }

  #enter(draft: TaskDraft, beginning: Beginning): Entry {
    let shelf = this.#shelves.get(draft.job);
    if (shelf === undefined) this.#shelves.set(draft.job, (shelf = new Shelf(draft.job)));
    const { input } = draft;
    const own = typeof input === "object" && input !== null ? { ...draft, input: copyJson(input) } : draft;
    const entry = new Entry(own, this.order.next(), shelf);
    this.#index.add(entry);
    this.order.add(entry);
    this.#live(entry);
    this.#arrive(entry, this.#begin(draft, beginning), draft.createdAtMs);
    return entry;
  }

  #begin({ createdAtMs, dueAtMs }: TaskDraft, beginning: Beginning): TaskState {
    if (beginning.kind === "ready") return this.states.ready(dueAtMs);
    if (beginning.kind === "skipped") return { ...beginning, endedAtMs: createdAtMs };
    if (beginning.kind === "failed") return { ...beginning, endedAtMs: createdAtMs, startedAtMs: null };
    return beginning;
  }

  #tiesOf(id: TaskId): Ties | null {
    const entry = this.find(id);
    if (entry === undefined || isLast(entry.state.kind)) return null;
    return { after: entry.after, sequence: entry.draft.sequence };
  }

  #named(ids: readonly TaskId[]): readonly Entry[] {
    return ids.flatMap((id) => this.find(id) ?? []);
  }

  #move(entry: Entry, state: TaskState, nowMs: number): void {
    const from = entry.state.kind;
    const to = state.kind;
    // Counting down the parents is no change of state in the sense of the table; a retry by hand may block.
    if (from !== to && !mayFollow(from, to))
      throw jobkitError("TRANSITION_INVALID", `moving task ${entry.draft.id} from ${from} to ${to}`);
    if (entry.place !== null) {
      entry.place.remove(entry);
      entry.place = null;
    }
    entry.shelf.count(from, -1);
    if (isLast(from)) this.#live(entry);
    this.#arrive(entry, state, nowMs);
  }

  /** It begins to live, or lives again. */
  #live(entry: Entry): void {
    const { draft } = entry;
    if (draft.sequence !== null) entry.sequence = this.#sequences.enter(draft.sequence);
    if (draft.key !== null || draft.idempotencyKey !== null) entry.shelf.keep(entry);
  }

  #arrive(entry: Entry, state: TaskState, nowMs: number): void {
    const { shelf, draft } = entry;
    entry.state = state;
    shelf.count(state.kind, 1);
    if (state.kind === "running") {
      entry.place = this.running;
      this.running.push(entry);
      entry.sequence?.hold();
      if (draft.deadlineAtMs !== null) this.deadlines.remove(entry);
    } else if (isLast(state.kind)) this.#arriveAtEnd(entry, nowMs);
    else {
      if (draft.deadlineAtMs !== null && entry.deadline === null)
        this.deadlines.add(entry, draft.deadlineAtMs);
      if (state.kind === "ready" || state.kind === "retrying") shelf.place(entry, state.dueAtMs, nowMs);
    }
  }

  #arriveAtEnd(entry: Entry, nowMs: number): void {
    const { draft, sequence } = entry;
    if (draft.deadlineAtMs !== null) this.deadlines.remove(entry);
    if (draft.key !== null) entry.shelf.letGo(entry, nowMs);
    entry.letParentsGo();
    this.#standEnded(entry);
    if (sequence === null) return;
    sequence.leave(entry);
    this.#sequences.exit(sequence);
    entry.sequence = null;
  }

  #standEnded(entry: Entry): void {
    entry.heapMs = "endedAtMs" in entry.state ? entry.state.endedAtMs : 0;
    entry.place = this.#ended;
    this.#ended.push(entry);
  }
}
