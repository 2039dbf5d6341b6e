/**
 * The durable queue of one machine. Every method hands its work to the group commit, so that all calls of one
 * turn of the event loop share one transaction and one wait for the disk. Neighbours: turns.ts (settle and
 * claim), interventions.ts, task-table.ts (states), pages.ts (lists), statements.ts (the SQL), connection.ts.
 */
import type { DatabaseSync } from "node:sqlite";
import {
  jobkitError,
  mayStartEarly,
  WakeListeners,
  type Added,
  type Cancelled,
  type CancelRequest,
  type ListRequest,
  type Marks,
  type PruneRequest,
  type QueueStore,
  type RecoverRequest,
  type Task,
  type TaskCount,
  type TaskDraft,
  type TaskId,
  type TaskPage,
  type Turn,
  type TurnRequest,
} from "jobkit-core";
import { Claimables } from "./claimables.ts";
import { CountChanges } from "./counters.ts";
import { GroupCommit, type GroupCommitOptions } from "./group-commit.ts";
import { Interventions } from "./interventions.ts";
import { MarkTable } from "./marks.ts";
import { Pages } from "./pages.ts";
import { prune } from "./pruning.ts";
import { Standings } from "./standings.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { StoredTaskTable } from "./stored-tasks.ts";
import { TaskTable } from "./task-table.ts";
import { Turns } from "./turns.ts";
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
  readonly #counts = new CountChanges();
  readonly #stored: StoredTaskTable;
  readonly #tasks: TaskTable;
  readonly #claimables: Claimables;
  readonly #turns: Turns;
  readonly #interventions: Interventions;
  readonly #marks: MarkTable;
  readonly #pages: Pages;
  readonly #wake = new WakeListeners();
  readonly #path: string;
  readonly #others: Disposable;
  #wakeAfterCommit = false;

  constructor({ db, shared, ...options }: SqliteQueueParts) {
    const statements = prepareStatements(db);
    const counts = this.#counts;
    const standings = new Standings(statements);
    const stored = new StoredTaskTable(statements, counts);
    const tasks = new TaskTable({ statements, stored, counts, standings });
    const claimables = new Claimables(statements, standings);
    this.#path = options.path;
    this.#run = statements;
    this.#stored = stored;
    this.#tasks = tasks;
    this.#claimables = claimables;
    this.#turns = new Turns({ statements, counts, stored, tasks, claimables });
    this.#interventions = new Interventions({ statements, stored, tasks });
    this.#marks = new MarkTable(statements);
    this.#pages = new Pages(statements, stored);
    this.#group = new GroupCommit(db, { ...options, hooks: this.#hooks() });
    this.#others = watchOthers({ db, path: shared ? options.path : null, wake: () => this.#wake.wake() });
  }

  addGraph(drafts: readonly TaskDraft[], marks: Marks = {}): Promise<readonly Added[]> {
    return this.#write("adding tasks", () => {
      const plan = this.#tasks.plan(drafts);
      this.#tasks.add(plan);
      this.#marks.set(marks);
      this.#wakeAfterCommit ||= plan.tasks.some(({ beginning }) => beginning.kind === "ready");
      return plan.added;
    });
  }

  async turn(request: TurnRequest): Promise<Turn> {
    const { value, stored } = await this.#group.callEarly(
      "taking a turn",
      () => this.#turn(request),
      mayStartEarly,
    );
    return stored === null ? value : { ...value, stored };
  }

  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.#write("touching leases", () =>
      ids.filter((id) => {
        const seq = this.#turns.seqOf(id);
        return seq !== undefined && Number(this.#run.touch.run(leaseUntilMs, seq, owner).changes) === 1;
      }),
    );
  }

  cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
    return this.#write("cancelling tasks", () => {
      const cancelled = request.ids.map((id) => this.#interventions.cancel(id, request));
      // Another of its sequence may stand in front now.
      this.#wakeAfterCommit ||= cancelled.some(({ was }) => was === "ended");
      return cancelled;
    });
  }

  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.#write("retrying tasks by hand", () => {
      const again = this.#interventions.retry(ids, nowMs);
      this.#wakeAfterCommit ||= again.length > 0;
      return again;
    });
  }

  recover(request: RecoverRequest): Promise<readonly Task[]> {
    return this.#write("recovering lost tasks", () => {
      const recovered = this.#interventions.recover(request);
      this.#wakeAfterCommit ||= recovered.length > 0;
      return recovered;
    });
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.#read("reading tasks", () => [...new Set(ids)].flatMap((id) => this.#stored.read(id) ?? []));
  }

  list(request: ListRequest): Promise<TaskPage> {
    return this.#read("listing tasks", () => this.#pages.page(request));
  }

  counts(): Promise<readonly TaskCount[]> {
    return this.#read("counting tasks", () => this.#stored.counts());
  }

  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>> {
    // It moves over what has become due, so it writes.
    return this.#write("looking for the oldest tasks", () => {
      const jobs = new Set<string>();
      for (const { job, state } of this.#stored.counts())
        if (state === "ready" || state === "retrying") jobs.add(job);
      return this.#claimables.oldest(nowMs, [...jobs]);
    });
  }

  prune(request: PruneRequest): Promise<number> {
    return this.#write("forgetting ended tasks", () => prune(this.#run, this.#counts, request));
  }

  marks(names: readonly string[]): Promise<Marks> {
    return this.#read("reading marks", () => this.#marks.read(names));
  }

  setMarks(marks: Marks): Promise<void> {
    return this.#write("setting marks", () => this.#marks.set(marks));
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

  #turn(request: TurnRequest): Turn {
    const turn = this.#turns.take(request);
    // Whoever asked has taken what it can; only others may find more, or wait for what has ended.
    this.#wakeAfterCommit ||=
      this.#wake.size > 1 && (turn.expired.length > 0 || turn.settled.some(({ accepted }) => accepted));
    return turn;
  }

  #hooks(): GroupCommitOptions["hooks"] {
    return {
      kept: () => this.#counts.keep(),
      dropped: () => {
        this.#counts.drop();
        this.#turns.forgetPlaces();
      },
      beforeCommit: () => {
        for (const { job, state, count } of this.#counts.take()) this.#run.changeCount.run(job, state, count);
      },
      committed: () => this.#wakeIfDue(),
      undone: () => {
        this.#counts.clear();
        this.#turns.forgetPlaces();
      },
    };
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
