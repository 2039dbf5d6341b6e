import { pageCursor, pageLimit, type ListRequest, type TaskPage } from "jobkit-core";
import type { Statements } from "./statements.ts";
import type { TaskTable } from "./task-table.ts";

/**
 * Pages of the list of tasks. A narrowed list reads, for every job and state that has any, at most a page from
 * the index, and merges: it costs jobs times states times the page, never the tasks stored.
 */
export class Pages {
  readonly #run: Statements;
  readonly #tasks: TaskTable;

  constructor(statements: Statements, tasks: TaskTable) {
    this.#run = statements;
    this.#tasks = tasks;
  }

  page(request: ListRequest): TaskPage {
    const limit = pageLimit(request);
    // One more than asked tells whether there is another page.
    const seqs = this.#seqs(request, limit + 1);
    const shown = seqs.slice(0, limit);
    const rows = shown.flatMap((seq) => this.#run.taskBySeq.get(seq) ?? []);
    return {
      tasks: rows.map((row) => this.#tasks.task(row)),
      next: seqs.length > limit ? String(shown.at(-1)) : null,
    };
  }

  #seqs(request: ListRequest, count: number): readonly number[] {
    const oldest = request.order === "oldest";
    const cursor = pageCursor(request) ?? (oldest ? 0 : Number.MAX_SAFE_INTEGER);
    const { states, jobs } = request;
    if (states === undefined && jobs === undefined)
      return this.#run[oldest ? "oldest" : "newest"].all(cursor, count).map(({ seq }) => seq);
    const statement = this.#run[oldest ? "oldestOf" : "newestOf"];
    return this.#tasks
      .counts()
      .filter(({ job, state }) => (states?.includes(state) ?? true) && (jobs?.includes(job) ?? true))
      .flatMap(({ job, state }) => statement.all(job, state, cursor, count).map(({ seq }) => seq))
      .toSorted((a, b) => (oldest ? a - b : b - a))
      .slice(0, count);
  }
}
