/**
 * The durable queue of one machine. Every method hands its work to the group commit, so that all calls of one
 * turn of the event loop share one transaction and one wait for the disk. Neighbours: task-table.ts (states),
 * claimables.ts (what may start), pages.ts (lists), statements.ts (the SQL), connection.ts (the file).
 */
import type { DatabaseSync } from "node:sqlite";
import {
  assertNever,
  isLast,
  jobkitError,
  planGraph,
  WakeListeners,
  type Added,
  type Cancelled,
  type CancelRequest,
  type ClaimRequest,
  type Heads,
  type HeadsRequest,
  type ListRequest,
  type QueueStore,
  type RecoverRequest,
  type Settled,
  type Settlement,
  type Task,
  type TaskCount,
  type TaskDraft,
  type TaskId,
  type TaskPage,
} from "jobkit-core";
import { CountChanges } from "./counters.ts";
import { GroupCommit, type GroupCommitOptions } from "./group-commit.ts";
import { Claimables } from "./claimables.ts";
import { wholeLimit } from "./limit.ts";
import { Pages } from "./pages.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { mayRetryState, TaskTable } from "./task-table.ts";
import { watchOthers } from "./watch.ts";

/** What a {@link SqliteQueue} is built of; `openSqliteQueue` builds it. */
export interface SqliteQueueParts extends Omit<GroupCommitOptions, "hooks"> {
  /** Owned from now on. */
  readonly db: DatabaseSync;
  /** Other processes write to the file too. */
  readonly shared: boolean;
}

/** A QueueStore in one SQLite file. Open it with {@link openSqliteQueue}. */
export class SqliteQueue implements QueueStore {
  readonly #group: GroupCommit;
  readonly #run: Statements;
  readonly #tasks: TaskTable;
  readonly #claimables: Claimables;
  readonly #pages: Pages;
  readonly #wake = new WakeListeners();
  readonly #path: string;
  readonly #others: Disposable;
  #wakeAfterCommit = false;

  constructor({ db, shared, ...options }: SqliteQueueParts) {
    const counts = new CountChanges();
    this.#path = options.path;
    this.#run = prepareStatements(db);
    this.#tasks = new TaskTable(this.#run, counts);
    this.#claimables = new Claimables(this.#run);
    this.#pages = new Pages(this.#run, this.#tasks);
    this.#group = new GroupCommit(db, {
      ...options,
      hooks: {
        kept: () => counts.keep(),
        dropped: () => counts.drop(),
        beforeCommit: () => this.#tasks.writeCounts(),
        committed: () => this.#wakeIfDue(),
        undone: () => counts.clear(),
      },
    });
    this.#others = watchOthers({ db, path: shared ? options.path : null, wake: () => this.#wake.wake() });
  }

  addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
    return this.#write("adding tasks", () => {
      const plan = planGraph(drafts, this.#tasks);
      this.#tasks.add(plan.tasks);
      this.#wakeAfterCommit ||= plan.tasks.some(({ beginning }) => beginning.kind === "ready");
      return plan.added;
    });
  }

  heads(request: HeadsRequest): Promise<Heads> {
    return this.#read("looking for tasks that could start", () => this.#claimables.heads(request));
  }

  claim({ owner, nowMs, leaseUntilMs, wants }: ClaimRequest): Promise<readonly Task[]> {
    return this.#write("claiming tasks", () =>
      wants.flatMap(({ job, limit }) =>
        this.#claimables
          .first(job, nowMs, limit)
          .map((row) => this.#tasks.start(row, owner, nowMs, leaseUntilMs)),
      ),
    );
  }

  settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    return this.#write("settling attempts", () => settlements.map((one) => this.#settleOne(one)));
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#write("touching leases", () =>
      ids.filter((id) => Number(this.#run.touch.run(leaseUntilMs, id, owner).changes) === 1),
    );
  }

  cancel({ ids, nowMs, reason }: CancelRequest): Promise<readonly Cancelled[]> {
    return this.#write("cancelling tasks", () =>
      ids.map((id): Cancelled => {
        const row = this.#tasks.find(id);
        if (row === undefined) return { id, was: "unknown", settled: null };
        if (isLast(row.state)) return { id, was: "over", settled: null };
        if (row.state === "running") return { id, was: "running", settled: null };
        if (row.state === "blocked") this.#tasks.leaveBlocked(row);
        const state = { kind: "cancelled", startedAtMs: null, endedAtMs: nowMs, reason } as const;
        return { id, was: "ended", settled: this.#accepted(id, this.#tasks.end(row, state, nowMs)) };
      }),
    );
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#write("retrying tasks by hand", () =>
      ids.filter((id) => {
        const row = this.#tasks.find(id);
        if (row === undefined || !mayRetryState(row.state)) return false;
        if (row.key !== null && this.#tasks.holderOf(row.job, row.key) !== null) return false;
        this.#tasks.place(row, { kind: "ready", dueAtMs: nowMs }, 0, nowMs);
        this.#wakeAfterCommit = true;
        return true;
      }),
    );
  }

  recover({ nowMs, lost, owner }: RecoverRequest): Promise<readonly Task[]> {
    return this.#write("recovering lost tasks", () => {
      const jobs = this.#tasks.counts().flatMap(({ job, state }) => (state === "running" ? job : []));
      const rows = jobs
        .flatMap((job) => this.#run.running.all(job))
        .filter((row) => (lost === "others" ? row.owner !== owner : (row.lease_until ?? 0) <= nowMs));
      for (const row of rows) this.#tasks.place(row, { kind: "ready", dueAtMs: nowMs }, row.attempt, nowMs);
      this.#wakeAfterCommit ||= rows.length > 0;
      return rows.map((row) => this.#tasks.task({ ...row, state: "ready", due_at: nowMs }));
    });
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#read("reading tasks", () => [...new Set(ids)].flatMap((id) => this.#tasks.read(id) ?? []));
  }

  list(request: ListRequest): Promise<TaskPage> {
    return this.#read("listing tasks", () => this.#pages.page(request));
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#read("counting tasks", () => this.#tasks.counts());
  }

  prune(endedBeforeMs: number, limit: number): Promise<number> {
    return this.#write("forgetting ended tasks", () => this.#tasks.prune(endedBeforeMs, wholeLimit(limit)));
  }

  /** @throws STORE_CLOSED */
  onWake(listener: () => void): Disposable {
    if (this.#group.closed)
      throw jobkitError("STORE_CLOSED", `listening for wake-ups of the queue ${this.#path}`);
    return this.#wake.add(listener);
  }

  /** Answer what was called before, then close the file. Closing twice is harmless. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#others[Symbol.dispose]();
    await this.#group.close();
    this.#wake.clear();
  }

  #settleOne({ id, owner, claim, nowMs, outcome }: Settlement): Settled {
    const row = this.#tasks.find(id);
    if (row?.state !== "running" || row.owner !== owner || row.claim !== claim)
      return { id, accepted: false, unblocked: [], ended: [] };
    const times = { startedAtMs: row.started_at ?? nowMs, endedAtMs: nowMs };
    switch (outcome.kind) {
      case "done":
      case "failed":
      case "cancelled":
        return this.#accepted(id, this.#tasks.end(row, { ...outcome, ...times }, nowMs));
      case "retrying":
        this.#tasks.place(row, outcome, row.attempt, nowMs);
        break;
      case "interrupted":
        this.#tasks.place(row, { kind: "ready", dueAtMs: nowMs }, row.attempt - 1, nowMs);
        break;
      default:
        return assertNever(outcome);
    }
    this.#wakeAfterCommit = true;
    return { id, accepted: true, unblocked: [], ended: [] };
  }

  #accepted(id: TaskId, consequences: Pick<Settled, "unblocked" | "ended">): Settled {
    this.#wakeAfterCommit ||= consequences.unblocked.length > 0;
    return { id, accepted: true, ...consequences };
  }

  #wakeIfDue(): void {
    if (!this.#wakeAfterCommit) return;
    this.#wakeAfterCommit = false;
    this.#wake.wake();
  }

  #read<T>(doing: string, work: () => T): Promise<T> {
    return this.#group.call(doing, false, work);
  }

  #write<T>(doing: string, work: () => T): Promise<T> {
    return this.#group.call(doing, true, work);
  }
}
