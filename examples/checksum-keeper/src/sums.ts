/** What is known of each file: one small SQLite table, kept beside the queue. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** One file as it was when it was last hashed. */
export interface Sum {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** SHA-256 in hex; `null` once the file is gone. */
  readonly sha256: string | null;
  /** The one before; `null` where it was seen for the first time. */
  readonly before: string | null;
  /** When `sha256` last became another, in ms since 1970. */
  readonly changedAtMs: number;
}

const FILE = "sums.db";
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sum (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtimeMs REAL NOT NULL,
    sha256 TEXT, before TEXT, changedAtMs REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sum_changed ON sum (changedAtMs);
`;
const PUT = `
  INSERT INTO sum (path, size, mtimeMs, sha256, before, changedAtMs) VALUES (:path, :size, :mtimeMs, :sha256, NULL, :nowMs)
  ON CONFLICT (path) DO UPDATE SET
    before = CASE WHEN sha256 IS excluded.sha256 THEN before ELSE sha256 END,
    changedAtMs = CASE WHEN sha256 IS excluded.sha256 THEN changedAtMs ELSE excluded.changedAtMs END,
    size = excluded.size, mtimeMs = excluded.mtimeMs, sha256 = excluded.sha256
`;

/** The table. Whoever opens it closes it. */
export class Sums implements Disposable {
  readonly #db: DatabaseSync;

  /** @param readOnly look without changing; where there is no table yet, an empty one in main memory. */
  constructor(dataDir: string, readOnly = false) {
    const path = join(dataDir, FILE);
    const absent = readOnly && !existsSync(path);
    this.#db = new DatabaseSync(absent ? ":memory:" : path, { readOnly: readOnly && !absent });
    if (!readOnly || absent) this.#db.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`);
  }

  /** Note what a file is now. Noting the same twice changes nothing, so a job may be run twice. */
  put(file: Pick<Sum, "path" | "size" | "mtimeMs" | "sha256">, nowMs: number): void {
    this.#db.prepare(PUT).run({ ...file, nowMs });
  }

  /** Files whose content became another after `sinceMs`, newest first, at most `limit`. First sights are left out. */
  changed(sinceMs: number, limit: number): readonly Sum[] {
    const rows = this.#db
      .prepare(
        "SELECT * FROM sum WHERE before IS NOT NULL AND changedAtMs > ? ORDER BY changedAtMs DESC, path LIMIT ?",
      )
      .all(sinceMs, limit);
    return rows as unknown as readonly Sum[];
  }

  /** Size and time of every file that is not gone, by path. */
  known(): ReadonlyMap<string, Pick<Sum, "size" | "mtimeMs">> {
    const rows = this.#db.prepare("SELECT path, size, mtimeMs FROM sum WHERE sha256 IS NOT NULL").all();
    return new Map(
      rows.map((row) => [
        String(row["path"]),
        { size: Number(row["size"]), mtimeMs: Number(row["mtimeMs"]) },
      ]),
    );
  }

  /** How many files are watched, and how large they are together. */
  totals(): { readonly files: number; readonly bytes: number } {
    const row = this.#db
      .prepare("SELECT count(*) AS files, total(size) AS bytes FROM sum WHERE sha256 IS NOT NULL")
      .get();
    return { files: Number(row?.["files"] ?? 0), bytes: Number(row?.["bytes"] ?? 0) };
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
