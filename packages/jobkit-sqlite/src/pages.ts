import { pageCursor, pageLimit, type ListRequest, type RunId, type TaskPage } from "jobkit-core";
import type { Statements } from "./statements.ts";
import type { StoredTaskTable } from "./stored-tasks.ts";

/**
 * Pages of the list of tasks. A narrowed list reads, for every job and state that has any, at most a page from
 * the index, and merges: it costs jobs times states times the page, never the tasks stored.
 */
export class Pages {
  readonly #run: Statements;
  readonly #tasks: StoredTaskTable;

  constructor(statements: Statements, tasks: StoredTaskTable) {
    this.#run = statements;
    this.#tasks = tasks;
  }

  page(request: ListRequest): TaskPage {
    const limit = pageLimit(request);
    // One more than asked tells whether there is another page.
    const seqs = this.#seqs(request, limit + 1);
    const shown = seqs.slice(0, limit);
    return {
      tasks: shown.flatMap((seq) => {
        const row = this.#run.taskBySeq.get(seq);
        return row === undefined ? [] : this.#tasks.task(row);
      }),
      next: seqs.length > limit ? String(shown.at(-1)) : null,
    };
  }

  #seqs(request: ListRequest, count: number): readonly number[] {
    const oldest = request.order === "oldest";
    const cursor = pageCursor(request) ?? (oldest ? 0 : Number.MAX_SAFE_INTEGER);
    const { states, jobs, run } = request;
    if (run !== undefined) return this.#seqsOf(run, request, cursor, count);
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

  /** Those of one run: reads no more of it than the page takes and what it passes over. */
  #seqsOf(
    run: RunId,
    { states, jobs, order }: ListRequest,
    cursor: number,
    count: number,
  ): readonly number[] {
    const found: number[] = [];
    const rows = this.#run[order === "oldest" ? "oldestOfRun" : "newestOfRun"].iterate(run, cursor);
    for (let row = rows.next(); row.done !== true && found.length < count; row = rows.next()) {
      const { seq, job, state } = row.value;
      if ((states?.includes(state) ?? true) && (jobs?.includes(job) ?? true)) found.push(seq);
    }
    rows.return?.();
    return found;
  }
}
