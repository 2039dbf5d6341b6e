/**
 * One transaction for all calls of one turn of the event loop, so that one wait for the disk serves them all.
 * Each call has a savepoint of its own: one that throws is undone alone. A call is answered when its transaction
 * and all before it are on disk, so that no answer tells of what a power failure could still take back; where its
 * caller asked for that, it is answered before and told later (docs/adr/0011-start-before-the-disk.md).
 * A transaction body never awaits. Knows nothing of tasks. Neighbour: log-sync.ts (the wait for the disk).
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CodedError, jobkitError, type Clock } from "jobkit-core";
import { answerEarly, durableCall, earlyCall, type Answer, type Call, type Committed } from "./calls.ts";
import { codedError, sqliteError, sqliteFault } from "./errors.ts";
import type { LogSync } from "./log-sync.ts";
import type { Presence } from "./presence.ts";

/** What the owner of the data does around a transaction. All are called at work, none may await. */
export interface GroupHooks {
  /** A call succeeded; its changes stand if the transaction commits. */
  kept(): void;
  /** A call threw; its changes are undone. */
  dropped(): void;
  /** Write what was put off to the end of the transaction. */
  beforeCommit(): void;
  /** The transaction is on disk. */
  committed(): void;
  /** The whole transaction is undone. */
  undone(): void;
}

/** Options of a {@link GroupCommit}. */
export interface GroupCommitOptions {
  /** What is being written, for messages. */
  readonly path: string;
  readonly clock: Clock;
  readonly hooks: GroupHooks;
  /** Ms to go on trying while another process holds the lock. */
  readonly lockWaitMs: number;
  /** Waits for the disk; owned from now on. `null` where a commit does that itself, or there is no disk. */
  readonly sync: LogSync | null;
  /** Asked before what has changed is answered. Left out where there is no file, or nothing is written. */
  readonly presence?: Presence;
}

/** Calls of one transaction: so many that the wait for the disk is nothing per call. */
const GROUP_MAX = 4_096;
/** Calls that may wait for their answer; more are refused, so that memory is bounded. */
const WAITING_MAX = 65_536;
/** Pause in ms before another process's lock is tried again. */
export const LOCK_PAUSE_MS = 5;

/** Runs calls in shared transactions on a connection it owns. */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #options: GroupCommitOptions;
  readonly #statements: Record<
    "begin" | "beginWrite" | "commit" | "save" | "release" | "undo" | "changes",
    StatementSync
  >;
  #waiting: Call[] = [];
  #unanswered = 0;
  #changes: unknown = 0;
  #running: Promise<void> | null = null;
  #closed = false;
  #broken: unknown = null;

  constructor(db: DatabaseSync, options: GroupCommitOptions) {
    this.#db = db;
    this.#options = options;
    this.#statements = {
      begin: db.prepare("BEGIN"),
      beginWrite: db.prepare("BEGIN IMMEDIATE"),
      commit: db.prepare("COMMIT"),
      save: db.prepare("SAVEPOINT one_call"),
      release: db.prepare("RELEASE one_call"),
      undo: db.prepare("ROLLBACK TO one_call"),
      changes: db.prepare("SELECT total_changes() AS n"),
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Do `work` in the next transaction and answer when it is on disk.
   * @param doing completes "<code> while …". @param writes false promises that it does not write.
   * @throws STORE_CLOSED, QUEUE_OVERLOADED, QUEUE_LOCKED, QUEUE_DISK_FULL, QUEUE_IO, QUEUE_CORRUPT, and what
   * `work` throws.
   */
  call<T>(doing: string, writes: boolean, work: () => T): Promise<T> {
    const { call, promise } = durableCall({ doing: this.#inQueue(doing), writes }, work);
    this.#enqueue(call);
    return promise;
  }

  /**
   * Do `work`, which writes, in the next transaction; where `isUrgent` says so of the answer, it is given when that
   * is committed, and `stored` tells when it is on disk. Answers to other calls may come before those to earlier
   * ones then, but `stored` resolves in the order of the calls. @throws as `call`.
   */
  callEarly<T>(doing: string, work: () => T, isUrgent: (value: T) => boolean): Promise<Committed<T>> {
    const { call, promise } = earlyCall(this.#inQueue(doing), work, isUrgent);
    this.#enqueue(call);
    return promise;
  }

  #inQueue(doing: string): string {
    return `${doing} in the queue ${this.#options.path}`;
  }

  #enqueue(call: Call): void {
    const { doing, reject } = call;
    if (this.#closed) reject(jobkitError("STORE_CLOSED", doing));
    else if (this.#broken !== null) reject(codedError(this.#broken, doing));
    else if (this.#unanswered >= WAITING_MAX) reject(sqliteError("QUEUE_OVERLOADED", doing));
    else {
      this.#unanswered += 1;
      this.#waiting.push(call);
      this.#running ??= this.#run();
    }
  }

  /** Answer what was called before, then close the connection. Closing twice is harmless. */
  async close(): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    await this.#running;
    if (!first) return;
    await this.#options.sync?.close();
    if (this.#db.isOpen) this.#db.close();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // The whole turn goes by first, so that every call made in it is in the group.
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting.splice(0, GROUP_MAX);
      await this.#commit(group);
    }
    this.#running = null;
  }

  /** Answer a group in one transaction; where that is refused, each call in one of its own. */
  async #commit(group: readonly Call[]): Promise<void> {
    const giveUpAtMs = this.#options.clock.monotonic() + this.#options.lockWaitMs;
    const writes = group.some((call) => call.writes);
    for (;;) {
      const refused = this.#tryCommit(group, writes);
      if (refused === null) return;
      const fault = sqliteFault(refused);
      if (fault?.busy === true && this.#options.clock.monotonic() < giveUpAtMs) {
        await this.#options.clock.sleep(LOCK_PAUSE_MS);
        continue;
      }
      if (fault?.fatal === true) this.#break(refused);
      const [only, ...more] = group;
      if (only !== undefined && (more.length === 0 || fault?.code !== "QUEUE_DISK_FULL")) {
        this.#refuse(group, refused);
        return;
      }
      // The disk was too small for all of them together; what is small may still fit.
      for (const call of group) await this.#commit([call]);
      return;
    }
  }

  /** @returns what refused the whole transaction, which is undone then; `null` when every call was answered. */
  #tryCommit(group: readonly Call[], writes: boolean): unknown {
    const { hooks } = this.#options;
    const answers: Answer[] = [];
    let changed = false;
    try {
      if (this.#broken !== null) throw this.#broken;
      this.#statements[writes ? "beginWrite" : "begin"].run();
      for (const call of group) answers.push(this.#answer(call, group.length > 1));
      hooks.beforeCommit();
      changed = writes && this.#hasChanged();
      this.#statements.commit.run();
    } catch (error) {
      hooks.undone();
      return this.#rollBack(error);
    }
    const { sync, presence } = this.#options;
    const answer = (fault: unknown): void => {
      const why = fault ?? (changed ? (presence?.lost() ?? null) : null);
      if (why === null) this.#answerAll(group, answers);
      else this.#lose(group, why);
    };
    if (sync === null || (!changed && sync.idle)) answer(null);
    else sync.ask(answer, answerEarly(group, answers));
    return null;
  }

  #answerAll(group: readonly Call[], answers: readonly Answer[]): void {
    this.#unanswered -= group.length;
    this.#options.hooks.committed();
    for (let at = 0; at < group.length; at += 1) {
      const call = group[at] as Call;
      const answer = answers[at] as Answer;
      if (answer.ok) call.resolve(answer.value);
      else call.reject(answer.error);
    }
  }

  /** The disk did not take what is committed: whether it is there, the next opening finds out. */
  #lose(group: readonly Call[], cause: unknown): void {
    const doing = `waiting for the disk in the queue ${this.#options.path}`;
    this.#break(cause instanceof CodedError ? cause : sqliteError("QUEUE_IO", doing, { cause }));
    this.#refuse(group, this.#broken);
  }

  #refuse(group: readonly Call[], why: unknown): void {
    this.#unanswered -= group.length;
    for (const call of group) call.reject(codedError(why, call.doing));
  }

  /** A transaction that changed nothing leaves the disk nothing to do. */
  #hasChanged(): boolean {
    const before = this.#changes;
    this.#changes = this.#statements.changes.get()?.["n"];
    return this.#changes !== before;
  }

  /** @returns why the transaction failed, or the worse reason why it could not even be undone. */
  #rollBack(cause: unknown): unknown {
    try {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec("ROLLBACK");
      return cause;
    } catch (error) {
      this.#break(error);
      return error;
    }
  }

  /** @throws a fault of SQLite, which concerns the whole transaction. */
  #answer(call: Call, apart: boolean): Answer {
    if (apart) this.#statements.save.run();
    try {
      const value = call.work();
      if (apart) this.#statements.release.run();
      this.#options.hooks.kept();
      return { ok: true, value };
    } catch (error) {
      if (sqliteFault(error) !== null || !apart) throw error;
      this.#statements.undo.run();
      this.#statements.release.run();
      this.#options.hooks.dropped();
      return { ok: false, error: codedError(error, call.doing) };
    }
  }

  /**
   * After a failed read or write the file's true content is not known, and the kernel may have dropped what it
   * could not write; going on as if well would lose acknowledged work later. So: stop, until opened again.
   */
  #break(cause: unknown): void {
    this.#broken ??= cause;
    if (this.#db.isOpen) this.#db.close();
  }
}
