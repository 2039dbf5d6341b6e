import type { DatabaseSync } from "node:sqlite";
import type { Receipt } from "../mine/mined.ts";
import { BatchWriter } from "./apply.ts";
import { asValue, atomically, guarded, onSnapshot, statements, type Sql } from "./database.ts";
import { EntityIndex } from "./entity-index.ts";
import { storeError } from "./errors.ts";
import { readFacts } from "./feed.ts";
import { checkStore } from "./integrity.ts";
import { tryNormaliseKey } from "./key.ts";
import type {
  Applied,
  ChangeBatch,
  Fact,
  MemoryCounts,
  MemoryStore,
  Neighbour,
  NodeVersion,
  WordHit,
} from "./memory-store.ts";
import { MinedYields } from "./mined-yields.ts";
import { nodeTypes, type MemoryNode, type NodeOutline, type NodeType } from "./node.ts";
import { Progress } from "./progress.ts";
import { NODE_COLUMNS, nodeById, nodeByKey, OUTLINE_COLUMNS, toNode, toOutline } from "./rows.ts";
import { countWord, findWords } from "./words.ts";

/** Versions of one node given where no limit is asked for: nobody reads more, and each may be 256 KiB. */
const HISTORY_MAX = 1000;
/** Receipts of one node given where no limit is asked for. */
const RECEIPTS_MAX = 100;

/**
 * Memory in one SQLite file (WAL, synchronous=FULL): what `apply` returned from is on disk. Open it with
 * `openMemoryStore`; dispose it to close it, twice is harmless.
 */
export class SqliteMemoryStore implements MemoryStore {
  /** What has been read and visited, for use alone or `alongside`. */
  readonly progress: Progress;
  /** What each segment yields; written by `remember` only. */
  readonly yields: MinedYields;
  /** Who holds which entity, and what has to be related again. */
  readonly entityIndex: EntityIndex;
  readonly #database: DatabaseSync;
  readonly #sql: Sql;
  #applying = false;

  /** Takes over an open, migrated database. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = statements(database);
    this.progress = new Progress(database);
    this.yields = new MinedYields(database);
    this.entityIndex = new EntityIndex(database);
  }

  get revision(): number {
    return guarded("reading the revision", () => this.#revision());
  }

  authorsSince(revision: number): readonly string[] {
    const rows = guarded(`reading who wrote since revision ${revision}`, () =>
      this.#sql("SELECT DISTINCT author FROM revision WHERE number > ? ORDER BY author").all(revision),
    );
    return rows.map((row) => String(row["author"]));
  }

  /**
   * Apply a batch whole or not at all.
   * @throws KEY_INVALID, KEY_TAKEN, NODE_UNKNOWN, NODE_TOO_LARGE, LINK_INVALID, VALUE_INVALID for what is asked;
   * STORE_DISK_FULL, STORE_LOCKED, STORE_IO, STORE_READ_ONLY for what the disk says; what `alongside` throws.
   */
  apply(batch: ChangeBatch): Applied {
    if (this.#applying) throw new RangeError("apply was called from within the alongside of another batch");
    return atomically(this.#database, `applying ${batch.changes.length} changes by ${batch.author}`, () => {
      const applied = new BatchWriter(this.#sql, batch, this.#revision()).run();
      this.#applying = true;
      try {
        batch.alongside?.();
      } finally {
        this.#applying = false;
      }
      return applied;
    });
  }

  /** Run several reads and batches as one transaction: all or nothing. */
  atomically<T>(doing: string, work: () => T): T {
    return atomically(this.#database, doing, work);
  }

  get(key: string): MemoryNode | null {
    const normal = tryNormaliseKey(key);
    return normal === null ? null : guarded(`reading ${normal}`, () => nodeByKey(this.#sql, normal));
  }

  byIds(ids: readonly number[]): readonly MemoryNode[] {
    return onSnapshot(this.#database, "reading nodes by id", () =>
      ids.map((id) => nodeById(this.#sql, id)).filter((node) => node !== null),
    );
  }

  history(key: string, limit = HISTORY_MAX): readonly NodeVersion[] {
    const normal = tryNormaliseKey(key);
    if (normal === null) return [];
    const rows = guarded(`reading the history of ${normal}`, () =>
      this.#sql(`SELECT version, revision, author, at AS atMs, content FROM version
        WHERE node IN (SELECT node FROM version WHERE key = ?) ORDER BY revision DESC, version DESC
        LIMIT ?`).all(normal, limit),
    );
    return rows.map((row) => asValue<NodeVersion>(row));
  }

  neighbours(id: number): readonly Neighbour[] {
    const rows = guarded(`reading the links of node ${id}`, () =>
      this.#sql(`SELECT high AS id, type, strength FROM link WHERE low = ?1 AND strength > 0
        UNION ALL SELECT low AS id, type, strength FROM link WHERE high = ?1 AND strength > 0
        ORDER BY strength DESC, id, type`).all(id),
    );
    return rows.map((row) => asValue<Neighbour>(row));
  }

  receipts(id: number, limit = RECEIPTS_MAX): readonly Receipt[] {
    return guarded(`reading the receipts of node ${id}`, () => this.yields.receipts(id, limit));
  }

  entities(id: number): readonly string[] {
    return guarded(`reading the entities of node ${id}`, () => this.entityIndex.of(id));
  }

  facts(since: number, limit: number): readonly Fact[] {
    return onSnapshot(this.#database, "reading the feed", () => readFacts(this.#sql, since, limit));
  }

  recent(types: readonly NodeType[], limit: number): readonly MemoryNode[] {
    const most = Math.max(0, Math.floor(limit));
    const rows = onSnapshot(this.#database, "reading recent nodes", () =>
      [...new Set(types)].flatMap((type) =>
        this.#sql(
          `SELECT ${NODE_COLUMNS} FROM node WHERE type = ? ORDER BY created_at DESC, id DESC LIMIT ?`,
        ).all(type, most),
      ),
    );
    return rows
      .map(toNode)
      .toSorted((a, b) => b.createdAtMs - a.createdAtMs || b.id - a.id)
      .slice(0, most);
  }

  outlines(
    types: readonly NodeType[],
    fromMs = Number.MIN_SAFE_INTEGER,
    untilMs = Number.MAX_SAFE_INTEGER,
  ): readonly NodeOutline[] {
    const rows = onSnapshot(this.#database, "reading outlines", () =>
      [...new Set(types)].flatMap((type) =>
        this.#sql(
          `SELECT ${OUTLINE_COLUMNS} FROM node WHERE type = ? AND created_at >= ? AND created_at < ?`,
        ).all(type, fromMs, untilMs),
      ),
    );
    return rows.map(toOutline).toSorted((a, b) => a.createdAtMs - b.createdAtMs || a.id - b.id);
  }

  words(query: string, limit: number): readonly WordHit[] {
    return guarded("searching words", () => findWords(this.#sql, query, limit));
  }

  wordSpread(word: string, most: number): number {
    return guarded("counting a word", () => countWord(this.#sql, word, most));
  }

  counts(): MemoryCounts {
    return onSnapshot(this.#database, "counting", () => {
      const rows = this.#sql("SELECT type, count(*) AS nodes FROM node GROUP BY type").all();
      const found = new Map(rows.map((row) => [String(row["type"]), Number(row["nodes"])]));
      const byType = Object.fromEntries(nodeTypes.map((type) => [type, found.get(type) ?? 0]));
      const links = this.#sql("SELECT count(*) AS links FROM link WHERE strength > 0").get();
      return {
        nodes: [...found.values()].reduce((sum, nodes) => sum + nodes, 0),
        links: Number(links?.["links"]),
        revision: this.#revision(),
        byType: byType as Readonly<Record<NodeType, number>>,
      };
    });
  }

  /** What is wrong with the file or its contents, one sentence each; empty where nothing is. Reads everything. */
  checkIntegrity(): readonly string[] {
    return onSnapshot(this.#database, "checking the store", () => checkStore(this.#sql));
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #revision(): number {
    if (!this.#database.isOpen) throw storeError("STORE_CLOSED", "reading the revision");
    const row = this.#sql("SELECT coalesce(max(number), 0) AS revision FROM revision").get();
    return Number(row?.["revision"]);
  }
}
