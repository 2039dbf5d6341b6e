import type { DatabaseSync } from "node:sqlite";
import type { ListRequest, Marks, QueueStore, Task, TaskCount, TaskId, TaskPage } from "jobkit-core";
import { CountChanges } from "./counters.ts";
import { GroupCommit, type GroupCommitOptions, type GroupHooks } from "./group-commit.ts";
import { MarkTable } from "./marks.ts";
import { Pages } from "./pages.ts";
import { prepareStatements } from "./statements.ts";
import { StoredTaskTable } from "./stored-tasks.ts";

/** The part of a QueueStore that only looks. Looking for what may start is no part of it: that moves tasks. */
export type QueueReader = Pick<QueueStore, "get" | "list" | "counts" | "marks"> & AsyncDisposable;

/** What a {@link SqliteReader} is built of; `openSqliteQueueReader` builds it. */
export interface SqliteReaderParts extends Omit<GroupCommitOptions, "hooks"> {
  /** Owned from now on; may be one that cannot write. */
  readonly db: DatabaseSync;
}

function nothing(): void {}

/** A reader has nothing to do around a transaction. */
const NOTHING_WRITTEN: GroupHooks = {
  kept: nothing,
  dropped: nothing,
  beforeCommit: nothing,
  committed: nothing,
  undone: nothing,
};

/** Looks at the queue in one SQLite file. Open it with {@link openSqliteQueueReader}. */
export class SqliteReader implements QueueReader {
  readonly #group: GroupCommit;
  readonly #tasks: StoredTaskTable;
  readonly #pages: Pages;
  readonly #marks: MarkTable;

  constructor({ db, ...options }: SqliteReaderParts) {
    const statements = prepareStatements(db);
    this.#tasks = new StoredTaskTable(statements, new CountChanges());
    this.#pages = new Pages(statements, this.#tasks);
    this.#marks = new MarkTable(statements);
    this.#group = new GroupCommit(db, { ...options, hooks: NOTHING_WRITTEN });
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

  marks(names: readonly string[]): Promise<Marks> {
    return this.#read("reading marks", () => this.#marks.read(names));
  }

  /** Answer what was asked before, then close the file. Closing twice is harmless. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group.close();
  }

  #read<T>(doing: string, work: () => T): Promise<T> {
    return this.#group.call(doing, false, work);
  }
}
