/**
 * The queue in memory: for tests, simulations and tools whose tasks need not outlive them. Keeps every promise
 * of QueueStore but durability. Nothing is scanned to claim, settle or count; a change costs the logarithm of
 * the tasks of its job. Holds every task until `prune`. Neighbours: ram-tasks.ts (states), ram-shelf.ts (one
 * job), graph-plan.ts (what adding a batch comes to).
 */
import type { TaskId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import { assertNever } from "../base/never.ts";
import { isLast, type TaskState } from "../task/state.ts";
import type { Task } from "../task/task.ts";
import { planGraph } from "./graph-plan.ts";
import { pageCursor, pageLimit } from "./page.ts";
import type {
  Added,
  Cancelled,
  CancelRequest,
  ClaimRequest,
  Heads,
  HeadsRequest,
  ListRequest,
  QueueStore,
  RecoverRequest,
  Settled,
  Settlement,
  TaskCount,
  TaskDraft,
  TaskPage,
} from "./queue-store.ts";
import { claimedTaskOf, copyJson, headOf, taskOf, type Entry } from "./ram-entry.ts";
import { RamTasks, type Consequences } from "./ram-tasks.ts";
import { WakeListeners } from "./wake.ts";

/** A QueueStore in this process's memory. Every call does its work at once; closing forgets everything. */
export class RamQueue implements QueueStore {
  readonly #wake = new WakeListeners();
  #tasks: RamTasks | null = new RamTasks();

  addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
    return this.#do("adding tasks", (tasks) => {
      const plan = planGraph(drafts, tasks);
      tasks.add(plan.tasks);
      if (plan.tasks.some(({ beginning }) => beginning.kind === "ready")) this.#wake.wake();
      return plan.added;
    });
  }

  heads({ nowMs, jobs, perJob }: HeadsRequest): Promise<Heads> {
    return this.#do("looking for tasks that could start", (tasks) => {
      const shelves = [...new Set(jobs)].flatMap((job) => tasks.shelf(job) ?? []);
      const ready = shelves.flatMap((shelf) => shelf.heads(nowMs, perJob)).map(headOf);
      const dues = shelves.flatMap((shelf) => shelf.nextDueAtMs() ?? []);
      return { ready, nextDueAtMs: dues.length === 0 ? null : Math.min(...dues) };
    });
  }

  claim({ owner, nowMs, leaseUntilMs, wants }: ClaimRequest): Promise<readonly Task[]> {
    return this.#do("claiming tasks", (tasks) => {
      const claimed: Task[] = [];
      for (const { job, limit } of wants) {
        const shelf = tasks.shelf(job);
        for (let taken = 0; taken < limit; taken += 1) {
          const entry = shelf?.first(nowMs);
          if (entry === undefined) break;
          entry.attempt += 1;
          entry.claim += 1;
          tasks.change(entry, { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs }, nowMs);
          claimed.push(claimedTaskOf(entry));
        }
      }
      return claimed;
    });
  }

  settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    return this.#do("settling attempts", (tasks) => {
      // Copied before anything changes: a result that cannot be copied leaves the whole call undone.
      const safe = settlements.map(withOwnResult);
      return safe.map((settlement) => this.#settleOne(tasks, settlement));
    });
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#do("touching leases", (tasks) =>
      ids.filter((id) => {
        const entry = tasks.find(id);
        if (entry?.state.kind !== "running" || entry.state.owner !== owner) return false;
        // Only the lease moves: no count, heap or key depends on it.
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
        return { id, was: "ended", settled: this.#accepted(entry, tasks.end(entry, state, nowMs)) };
      }),
    );
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#do("retrying tasks by hand", (tasks) =>
      ids.filter((id) => {
        const entry = tasks.find(id);
        if (entry === undefined || !mayRetry(tasks, entry)) return false;
        entry.attempt = 0;
        tasks.makeReady(entry, nowMs, nowMs);
        this.#wake.wake();
        return true;
      }),
    );
  }

  recover({ nowMs, lost, owner }: RecoverRequest): Promise<readonly Task[]> {
    return this.#do("recovering lost tasks", (tasks) => {
      const found = [...tasks.running].filter(({ state }) => {
        if (state.kind !== "running") return false;
        return lost === "others" ? state.owner !== owner : state.leaseUntilMs <= nowMs;
      });
      for (const entry of found) tasks.makeReady(entry, nowMs, nowMs);
      if (found.length > 0) this.#wake.wake();
      return found.map(taskOf);
    });
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#do("reading tasks", (tasks) =>
      [...new Set(ids)].flatMap((id) => tasks.find(id) ?? []).map(taskOf),
    );
  }

  list(request: ListRequest): Promise<TaskPage> {
    return this.#do("listing tasks", (tasks) => {
      const limit = pageLimit(request);
      const found: Entry[] = [];
      for (const entry of tasks.order.from(pageCursor(request), request.order ?? "newest")) {
        if (!(request.states?.includes(entry.state.kind) ?? true)) continue;
        if (!(request.jobs?.includes(entry.draft.job) ?? true)) continue;
        if (found.length === limit) return pageOf(found, true);
        found.push(entry);
      }
      return pageOf(found, false);
    });
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#do("counting tasks", (tasks) => tasks.counts());
  }

  prune(endedBeforeMs: number, limit: number): Promise<number> {
    return this.#do("forgetting ended tasks", (tasks) => tasks.prune(endedBeforeMs, limit));
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
    this.#wake.clear();
    return Promise.resolve();
  }

  #settleOne(tasks: RamTasks, { id, owner, claim, nowMs, outcome }: Settlement): Settled {
    const entry = tasks.find(id);
    const running = entry?.state.kind === "running" ? entry.state : null;
    if (entry === undefined || running === null || running.owner !== owner || entry.claim !== claim)
      return { id, accepted: false, unblocked: [], ended: [] };
    const { startedAtMs } = running;
    const end = (state: TaskState): Settled => this.#accepted(entry, tasks.end(entry, state, nowMs));
    switch (outcome.kind) {
      case "done":
        return end({ kind: "done", startedAtMs, endedAtMs: nowMs, result: outcome.result });
      case "failed":
        return end({ kind: "failed", startedAtMs, endedAtMs: nowMs, error: outcome.error });
      case "cancelled":
        return end({ kind: "cancelled", startedAtMs, endedAtMs: nowMs, reason: outcome.reason });
      case "retrying":
        tasks.change(entry, { kind: "retrying", dueAtMs: outcome.dueAtMs, error: outcome.error }, nowMs);
        break;
      case "interrupted":
        entry.attempt -= 1;
        tasks.makeReady(entry, nowMs, nowMs);
        break;
      default:
        return assertNever(outcome);
    }
    this.#wake.wake();
    return { id, accepted: true, unblocked: [], ended: [] };
  }

  #accepted(entry: Entry, consequences: Consequences): Settled {
    if (consequences.unblocked.length > 0) this.#wake.wake();
    return { id: entry.draft.id, accepted: true, ...consequences };
  }

  #do<T>(doing: string, change: (tasks: RamTasks) => T): Promise<T> {
    // A promise in every case: no caller has to expect a throw and a rejection.
    return new Promise((resolve) => {
      if (this.#tasks === null) throw jobkitError("STORE_CLOSED", `${doing} in the queue in memory`);
      resolve(change(this.#tasks));
    });
  }
}

function withOwnResult(settlement: Settlement): Settlement {
  const { outcome } = settlement;
  if (outcome.kind !== "done" || typeof outcome.result !== "object") return settlement;
  return { ...settlement, outcome: { kind: "done", result: copyJson(outcome.result) } };
}

/** Ended other than done, and its key is not held by another task meanwhile. */
function mayRetry(tasks: RamTasks, { state, draft }: Entry): boolean {
  if (!isLast(state.kind) || state.kind === "done") return false;
  return draft.key === null || tasks.holderOf(draft.job, draft.key) === null;
}

function pageOf(found: readonly Entry[], more: boolean): TaskPage {
  const last = found.at(-1);
  return { tasks: found.map(taskOf), next: more && last !== undefined ? String(last.order) : null };
}
