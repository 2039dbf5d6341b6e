import { DatabaseSync, type StatementSync } from "node:sqlite";

type Statement = "begin" | "commit" | "add" | "done";

/**
 * The least that a durable queue on this engine can cost: a table, one transaction per turn of the event loop, the
 * ready list in memory, no record of a claim, nothing to ask it. Not a product; what ours is measured against.
 */
export class FloorQueue implements Disposable {
  readonly #db: DatabaseSync;
  readonly #run: Record<Statement, StatementSync>;
  #work: (() => void)[] = [];
  #answers: (() => void)[] = [];
  readonly #ready: number[] = [];

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE job (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL) STRICT;
      CREATE INDEX ready ON job (at, id) WHERE state = 0;
    `);
    this.#run = {
      begin: this.#db.prepare("BEGIN IMMEDIATE"),
      commit: this.#db.prepare("COMMIT"),
      add: this.#db.prepare("INSERT INTO job (state, at, payload) VALUES (0, ?, ?)"),
      done: this.#db.prepare("UPDATE job SET state = 2 WHERE id = ?"),
    };
  }

  add(payloads: readonly unknown[]): Promise<void> {
    return this.#do(() => {
      for (const payload of payloads) {
        const { lastInsertRowid } = this.#run.add.run(Date.now(), JSON.stringify(payload));
        this.#ready.push(Number(lastInsertRowid));
      }
    });
  }

  /** Run everything that is ready on so many lanes. */
  async process(lanes: number, handler: () => Promise<void>): Promise<void> {
    const ready = this.#ready.splice(0);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let at = next; at < ready.length; at = next) {
        next += 1;
        await handler();
        await this.#do(() => this.#run.done.run(ready[at] ?? 0));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #do(work: () => void): Promise<void> {
    return new Promise((resolve) => {
      if (this.#work.length === 0) setImmediate(() => this.#turn());
      this.#work.push(work);
      this.#answers.push(resolve);
    });
  }

  #turn(): void {
    const [work, answers] = [this.#work, this.#answers];
    this.#work = [];
    this.#answers = [];
    this.#run.begin.run();
    for (const one of work) one();
    this.#run.commit.run();
    for (const answer of answers) answer();
  }
}
