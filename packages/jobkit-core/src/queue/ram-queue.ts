/**
 * The queue in memory: for tests, simulations and tools whose tasks need not outlive them. Keeps every promise
 * of QueueStore but durability. Nothing is scanned to claim, settle or count; what comes in starting order
 * costs the same however much is stored, what does not the logarithm of the tasks of its job. Holds every task
 * until `prune`. Neighbours: ram-tasks.ts (states), ram-shelf.ts (one job), ram-sequences.ts, ram-settle.ts,
 * graph-plan.ts (what adding a batch comes to), room.ts (what starts).
 */
import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { isLast } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import { pageCursor, pageLimit } from "./page.ts";
import type {
  Added,
  Cancelled,
  CancelRequest,
  ListRequest,
  Marks,
  Outcome,
  PruneRequest,
  QueueStore,
  RecoverRequest,
  Settled,
  Settlement,
  TaskCount,
  TaskDraft,
  TaskPage,
  Turn,
  TurnRequest,
} from "./queue-store.ts";
import { claimedTaskOf, copyJson, taskOf, type Entry } from "./ram-entry.ts";
import { accepted, ownOutcome, settleOne } from "./ram-settle.ts";
import { RamTasks } from "./ram-tasks.ts";
import { fillRoom, type HeldReason, type Room } from "./room.ts";
import { WakeListeners } from "./wake.ts";

const NOTHING_HELD: ReadonlyMap<string, HeldReason> = new Map();
const NONE_EXPIRED: readonly Settled[] = Object.freeze([]);

/** A QueueStore in this process's memory. Every call does its work at once; closing forgets everything. */
export class RamQueue implements QueueStore {
  readonly #wake = new WakeListeners();
  readonly #marks = new Map<string, Json>();
  #tasks: RamTasks | null = new RamTasks();

  addGraph(drafts: readonly TaskDraft[], marks: Marks = {}): Promise<readonly Added[]> {
    return this.#do("adding tasks", (tasks) => {
      const own = copyMarks(marks);
      const { added, ready } = tasks.add(drafts);
      this.#keepMarks(own);
      if (ready) this.#wake.wake();
      return added;
    });
  }

  turn({ owner, nowMs, leaseUntilMs, settlements, room }: TurnRequest): Promise<Turn> {
    return this.#do("taking a turn", (tasks) => {
      // Copied before anything changes: a result that cannot be copied leaves the whole call undone.
      const outcomes = settlements.map(({ outcome }) => ownOutcome(outcome));
      const settled: Settled[] = [];
      for (let at = 0; at < settlements.length; at += 1)
        settled.push(settleOne(tasks, settlements[at] as Settlement, outcomes[at] as Outcome));
      const expired = expire(tasks, nowMs);
      const claimed: Task[] = [];
      const dueAtMs: number[] = [];
      const running = { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs } as const;
      const take = (entry: Entry): void => {
        dueAtMs.push(entry.heapMs);
        entry.attempt += 1;
        entry.claim += 1;
        tasks.change(entry, running, nowMs);
        claimed.push(claimedTaskOf(entry));
      };
      tasks.shelvesAt(nowMs);
      const first = (job: string): Entry | undefined => tasks.shelf(job)?.first();
      const held = room === null ? NOTHING_HELD : fillRoom<Entry>(room, { first, take });
      // Whoever asked has taken what it can; only others may find more, or wait for what has ended.
      if (this.#wake.size > 1 && (expired.length > 0 || settled.some((one) => one.accepted)))
        this.#wake.wake();
      return { settled, expired, claimed, dueAtMs, held, nextAtMs: nextAtMs(tasks, room), stored: null };
    });
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#do("touching leases", (tasks) =>
      ids.filter((id) => {
        const entry = tasks.find(id);
        if (entry?.state.kind !== "running" || entry.state.owner !== owner) return false;
        // Only the lease moves: no count, order or key depends on it.
        entry.state = { ...entry.state, leaseUntilMs };
        return true;
      }),
    );
  }

  cancel({ ids, nowMs, reason }: CancelRequest): Promise<readonly Cancelled[]> {
    return this.#do("cancelling tasks", (tasks) =>
      ids.map((id): Cancelled => {
        const entry = tasks.find(id);
        if (entry === undefined) return { id, was: "unknown", settled: null };
        if (isLast(entry.state.kind)) return { id, was: "over", settled: null };
        if (entry.state.kind === "running") return { id, was: "running", settled: null };
        const state = { kind: "cancelled", startedAtMs: null, endedAtMs: nowMs, reason } as const;
        const settled = accepted(id, tasks.end(entry, state, nowMs));
        // Another of its sequence may stand in front now.
        this.#wake.wake();
        return { id, was: "ended", settled };
      }),
    );
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#do("retrying tasks by hand", (tasks) => {
      const again = new Set<Entry>();
      const keys = new Set<string>();
      for (const id of ids) {
        const entry = tasks.find(id);
        if (entry === undefined || !mayRetry(tasks, entry, nowMs)) continue;
        const { job, key } = entry.draft;
        // Of several with one key only the first lives again.
        const held = JSON.stringify([job, key]);
        if (key !== null && keys.has(held)) continue;
        keys.add(held);
        again.add(entry);
      }
      tasks.untie(again);
      for (const entry of again) tasks.restart(entry, again, nowMs);
      if (again.size > 0) this.#wake.wake();
      return [...again].map((entry) => entry.draft.id);
    });
  }

  recover({ nowMs, lost, owner }: RecoverRequest): Promise<readonly Task[]> {
    return this.#do("recovering lost tasks", (tasks) => {
      const found = tasks.running.all.filter(({ state }) => {
        if (state.kind !== "running") return false;
        return lost === "others" ? state.owner !== owner : state.leaseUntilMs <= nowMs;
      });
      for (const entry of found) tasks.makeReady(entry, nowMs, nowMs);
      if (found.length > 0) this.#wake.wake();
      return found.map((entry) => taskOf(entry));
    });
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#do("reading tasks", (tasks) =>
      [...new Set(ids)].flatMap((id) => {
        const entry = tasks.find(id);
        return entry === undefined ? [] : taskOf(entry);
      }),
    );
  }

  /** Tasks page by page, in order of adding. */
  list(request: ListRequest): Promise<TaskPage> {
    return this.#do("listing tasks", (tasks) => {
      const limit = pageLimit(request);
      const found: Entry[] = [];
      for (const entry of tasks.order.from(pageCursor(request), request.order ?? "newest", request.run)) {
        if (request.states?.includes(entry.state.kind) === false) continue;
        if (request.jobs?.includes(entry.draft.job) === false) continue;
        if (found.length === limit) return pageOf(found, true);
        found.push(entry);
      }
      return pageOf(found, false);
    });
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#do("counting tasks", (tasks) => tasks.counts());
  }

  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>> {
    return this.#do("looking for the oldest tasks", (tasks) => {
      const firsts: Record<string, number> = {};
      for (const shelf of tasks.shelvesAt(nowMs)) {
        const entry = shelf.first();
        if (entry !== undefined) firsts[shelf.job] = entry.heapMs;
      }
      return firsts;
    });
  }

  prune(request: PruneRequest): Promise<number> {
    return this.#do("forgetting ended tasks", (tasks) => tasks.prune(request));
  }

  marks(names: readonly string[]): Promise<Marks> {
    return this.#do("reading marks", () =>
      copyMarks(
        Object.fromEntries(
          names.flatMap((name) => {
            const value = this.#marks.get(name);
            return value === undefined ? [] : [[name, value]];
          }),
        ),
      ),
    );
  }

  setMarks(marks: Marks): Promise<void> {
    return this.#do("setting marks", () => this.#keepMarks(copyMarks(marks)));
  }

  /** @throws STORE_CLOSED */
  onWake(listener: () => void): Disposable {
    if (this.#tasks === null)
      throw jobkitError("STORE_CLOSED", "listening for wake-ups of the queue in memory");
    return this.#wake.add(listener);
  }

  /** Forget everything. Closing twice is harmless. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#tasks = null;
    this.#marks.clear();
    this.#wake.clear();
    return Promise.resolve();
  }

  #keepMarks(marks: Marks): void {
    for (const [name, value] of Object.entries(marks))
      if (value === null) this.#marks.delete(name);
      else this.#marks.set(name, value);
  }

  #do<T>(doing: string, change: (tasks: RamTasks) => T): Promise<T> {
    // A promise in every case: no caller has to expect a throw and a rejection.
    try {
      if (this.#tasks === null) throw jobkitError("STORE_CLOSED", `${doing} in the queue in memory`);
      return Promise.resolve(change(this.#tasks));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

/** End what waits and has passed its deadline. */
function expire(tasks: RamTasks, nowMs: number): readonly Settled[] {
  const expired: Settled[] = [];
  for (;;) {
    const entry = tasks.deadlines.firstPassed(nowMs);
    if (entry === undefined) return expired.length === 0 ? NONE_EXPIRED : expired;
    const { id } = entry.draft;
    const error = {
      code: "TASK_EXPIRED",
      message: `task ${id} of ${entry.draft.job} had not run by its deadline`,
    };
    const state = { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error } as const;
    expired.push(accepted(id, tasks.end(entry, state, nowMs)));
  }
}

function nextAtMs(tasks: RamTasks, room: Room | null): number | null {
  let next = tasks.deadlines.nextAtMs ?? Number.POSITIVE_INFINITY;
  for (const { name } of room?.jobs ?? [])
    next = Math.min(next, tasks.shelf(name)?.nextDueAtMs() ?? Number.POSITIVE_INFINITY);
  return next === Number.POSITIVE_INFINITY ? null : next;
}

function copyMarks(marks: Marks): Marks {
  return Object.fromEntries(Object.entries(marks).map(([name, value]) => [name, copyJson(value)]));
}

/** Ended other than done, and its key is not held by another task meanwhile. */
function mayRetry(tasks: RamTasks, { state, draft }: Entry, nowMs: number): boolean {
  if (!isLast(state.kind) || state.kind === "done") return false;
  const holder = draft.key === null ? null : tasks.holderOf(draft.job, draft.key, nowMs);
  return holder === null || holder === draft.id;
}

function pageOf(found: readonly Entry[], more: boolean): TaskPage {
  const last = found.at(-1);
  return {
    tasks: found.map((entry) => taskOf(entry)),
    next: more && last !== undefined ? String(last.order) : null,
  };
}
