import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A queue as one writes it in an afternoon: a table, an index, a transaction per job; as durable as ours. */
export class NaiveQueue implements Disposable {
  readonly #db: DatabaseSync;
  readonly #statements: Record<"add" | "claim" | "finish", StatementSync>;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE job (id INTEGER PRIMARY KEY, state TEXT NOT NULL, payload TEXT NOT NULL, result TEXT);
      CREATE INDEX job_state ON job (state, id);
    `);
    this.#statements = {
      add: this.#db.prepare("INSERT INTO job (state, payload) VALUES ('ready', ?)"),
      claim: this.#db.prepare(`UPDATE job SET state = 'running' WHERE id =
        (SELECT id FROM job WHERE state = 'ready' ORDER BY id LIMIT 1) RETURNING id, payload`),
      finish: this.#db.prepare("UPDATE job SET state = 'done', result = ? WHERE id = ?"),
    };
  }

  async add(payload: unknown): Promise<void> {
    this.#statements.add.run(JSON.stringify(payload));
  }

  async claim(): Promise<number | null> {
    const row = this.#statements.claim.get();
    return row === undefined ? null : Number(row["id"]);
  }

  async finish(id: number, result: unknown): Promise<void> {
    this.#statements.finish.run(JSON.stringify(result), id);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
