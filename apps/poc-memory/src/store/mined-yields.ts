/**
 * What every segment yields, as it was mined: the ground from which the miner's nodes follow. A memory that
 * several segments yield is one key with several rows; the earliest row says what the node holds.
 */
import type { DatabaseSync } from "node:sqlite";
import type { MinedMemory, Receipt } from "../mine/mined.ts";
import { asValue, statements, type Sql } from "./database.ts";
import type { NodeType } from "./node.ts";
import type { SegmentPlace } from "./progress.ts";

/** What a key's earliest yield says. */
export type EarliestYield = Omit<MinedMemory, "receipts" | "episode">;

/** A fact and the episode it came from, by key. */
export interface AboutPair {
  readonly fact: string;
  readonly episode: string;
}

interface YieldRow {
  readonly key: string;
  readonly type: NodeType;
  readonly content: string;
  readonly category: string;
  readonly created_at: number;
  readonly entities: string;
}

/** Episodes that one fact is linked to, at most: those in which it was found first. */
export const ABOUT_MAX = 12;

const PLACE = "root = ? AND transcript = ? AND generation = ?";
const EARLIEST = "ORDER BY at, transcript, line, root, generation, number";

/** Reads and writes the yields of one store. Keys are normalised by the caller. */
export class MinedYields {
  readonly #sql: Sql;

  constructor(database: DatabaseSync) {
    this.#sql = statements(database);
  }

  /** Keys that a segment yields now. */
  keysOf(place: SegmentPlace): readonly string[] {
    return this.#sql(`SELECT key FROM mined WHERE ${PLACE} AND number = ? ORDER BY key`)
      .all(...series(place), place.index)
      .map((row) => String(row["key"]));
  }

  /** A segment yields a memory that it did not yield before. A node that is not known yet is told by `assign`. */
  put(place: SegmentPlace, memory: MinedMemory, node: number | null): void {
    const first = memory.receipts[0];
    if (first === undefined) throw new RangeError(`the mined memory ${memory.key} has no receipt`);
    const done = this.#sql(`INSERT INTO mined (root, transcript, generation, number, key, node,
        is_episode, episode, at, line, type, content, category, created_at, entities)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      ...series(place),
      place.index,
      memory.key,
      node,
      Number(memory.episode === null && memory.type === "session"),
      memory.episode,
      first.atMs,
      first.line,
      memory.type,
      memory.content,
      memory.category,
      memory.createdAtMs,
      JSON.stringify(memory.entities),
    );
    for (const [number, receipt] of memory.receipts.entries())
      this.#sql(
        "INSERT INTO receipt (mined, number, transcript, line, uuid, at) VALUES (?, ?, ?, ?, ?, ?)",
      ).run(done.lastInsertRowid, number, receipt.transcript, receipt.line, receipt.uuid, receipt.atMs);
  }

  /** The node that holds a key's memory. */
  assign(key: string, node: number): void {
    this.#sql("UPDATE mined SET node = ?1 WHERE key = ?2 AND node IS NOT ?1").run(node, key);
  }

  /** A segment no longer yields a key. */
  remove(place: SegmentPlace, key: string): void {
    const values = [...series(place), place.index, key] as const;
    this.#sql(
      `DELETE FROM receipt WHERE mined IN (SELECT id FROM mined WHERE ${PLACE} AND number = ? AND key = ?)`,
    ).run(...values);
    this.#sql(`DELETE FROM mined WHERE ${PLACE} AND number = ? AND key = ?`).run(...values);
  }

  /** What a segment yields under a key, for comparison: the row without its numbers, and its receipts. */
  stored(place: SegmentPlace, key: string): MinedMemory | null {
    const row = this.#sql(`SELECT * FROM mined WHERE ${PLACE} AND number = ? AND key = ?`).get(
      ...series(place),
      place.index,
      key,
    );
    if (row === undefined) return null;
    const receipts = this.#sql(
      `SELECT transcript, line, uuid, at AS atMs FROM receipt WHERE mined = ? ORDER BY number`,
    );
    return {
      ...toYield(row as unknown as YieldRow),
      receipts: receipts.all(Number(row["id"])).map((receipt) => asValue<Receipt>(receipt)),
      episode: row["episode"] === null ? null : String(row["episode"]),
    };
  }

  /** What the earliest of a key's yields says; `null` where no segment yields it. */
  earliest(key: string): EarliestYield | null {
    const row = this.#sql(`SELECT * FROM mined WHERE key = ? ${EARLIEST} LIMIT 1`).get(key);
    return row === undefined ? null : toYield(row as unknown as YieldRow);
  }

  /** The node that a mined key belongs to, even if a person has renamed it since; `null` where it is not mined. */
  nodeOf(key: string): number | null {
    const row = this.#sql("SELECT node FROM mined WHERE key = ? AND node IS NOT NULL LIMIT 1").get(key);
    return row === undefined ? null : Number(row["node"]);
  }

  /**
   * Facts and episodes that belong together and of which one has this key. A fact belongs to the episodes of its
   * ABOUT_MAX earliest yields: a command that every session runs would otherwise be linked to all of them.
   */
  aboutPairs(key: string): readonly AboutPair[] {
    const asFact = this.#sql(`SELECT key AS fact, episode FROM mined
      WHERE key = ? AND episode IS NOT NULL ${EARLIEST} LIMIT ${ABOUT_MAX}`).all(key);
    const asEpisode = this.#sql(`SELECT m.key AS fact, m.episode FROM mined m WHERE m.episode = ? AND
      (SELECT count(*) FROM (SELECT 1 FROM mined e WHERE e.key = m.key AND
        (e.at, e.transcript, e.line, e.root, e.generation, e.number) <
        (m.at, m.transcript, m.line, m.root, m.generation, m.number) LIMIT ${ABOUT_MAX})) < ${ABOUT_MAX}`).all(
      key,
    );
    return [...asFact, ...asEpisode].map((row) => asValue<AboutPair>(row));
  }

  /** The episode of the nearest segment before or after a place in its transcript. */
  episodeBeside(place: SegmentPlace, side: "before" | "after"): string | null {
    const row =
      side === "before"
        ? this.#sql(`SELECT key FROM mined WHERE ${PLACE} AND number < ? AND is_episode = 1
            ORDER BY number DESC, key LIMIT 1`).get(...series(place), place.index)
        : this.#sql(`SELECT key FROM mined WHERE ${PLACE} AND number > ? AND is_episode = 1
            ORDER BY number, key LIMIT 1`).get(...series(place), place.index);
    return row === undefined ? null : String(row["key"]);
  }

  /** The episode of a segment: the first by key where there are several. */
  episodeOf(place: SegmentPlace): string | null {
    const row = this.#sql(
      `SELECT key FROM mined WHERE ${PLACE} AND number = ? AND is_episode = 1 ORDER BY key LIMIT 1`,
    ).get(...series(place), place.index);
    return row === undefined ? null : String(row["key"]);
  }

  /** Segments whose episode has this key. */
  placesOfEpisode(key: string): readonly SegmentPlace[] {
    const rows = this.#sql(
      `SELECT root, transcript, generation, number AS "index" FROM mined WHERE key = ? AND is_episode = 1`,
    );
    return rows.all(key).map((row) => asValue<SegmentPlace>(row));
  }

  /** Where a node was found, earliest first, each place once, at most `limit`. */
  receipts(node: number, limit: number): readonly Receipt[] {
    const rows = this.#sql(`SELECT DISTINCT r.transcript, r.line, r.uuid, r.at AS atMs FROM mined m
      JOIN receipt r ON r.mined = m.id WHERE m.node = ? ORDER BY r.at, r.transcript, r.line, r.uuid
      LIMIT ?`);
    return rows.all(node, limit).map((row) => asValue<Receipt>(row));
  }

  /** The segments that a node was found in, as opaque names to compare. */
  segmentsOf(node: number): ReadonlySet<string> {
    const rows = this.#sql(
      "SELECT DISTINCT root, transcript, generation, number FROM mined WHERE node = ?",
    ).all(node);
    return new Set(rows.map((row) => JSON.stringify(Object.values(row))));
  }
}

function series(place: SegmentPlace): [string, string, number] {
  return [place.root, place.transcript, place.generation];
}

function toYield(row: YieldRow): EarliestYield {
  return {
    key: row.key,
    type: row.type,
    content: row.content,
    category: row.category,
    createdAtMs: row.created_at,
    entities: JSON.parse(row.entities) as readonly string[],
  };
}
