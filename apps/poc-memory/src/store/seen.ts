import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { asValue, atomically, statements, type Sql } from "./database.ts";
import type { TranscriptName } from "./progress.ts";

/** Where a record with some uuid was first met. */
export interface SeenRecord extends TranscriptName {
  readonly generation: number;
  readonly segment: number;
  /** Number of the person's turn in the segment, as the miner counts. */
  readonly turn: number;
}

/** A record to be remembered as met. */
export interface NewSeenRecord extends SeenRecord {
  readonly uuid: string;
}

/**
 * The uuids of all records met so far, each as 64 bits: forks of a session repeat them, and
 * rewinds point back at them. Two of a million different uuids collide with a chance of about 3 in 10^8;
 * the cost would be one record taken for a repetition.
 */
export class SeenIndex {
  readonly #database: DatabaseSync;
  readonly #sql: Sql;
  readonly #transcriptId: (name: TranscriptName) => number;

  constructor(database: DatabaseSync, transcriptId: (name: TranscriptName) => number) {
    this.#database = database;
    this.#sql = statements(database);
    this.#transcriptId = transcriptId;
  }

  /** Where a record was first met, `null` where it is new. */
  find(uuid: string): SeenRecord | null {
    const row = this.#sql(`SELECT t.root, t.name, s.generation, s.segment, s.turn FROM seen s
      JOIN transcript t ON t.id = s.transcript WHERE s.hash = ?`).get(hash64(uuid));
    return row === undefined ? null : asValue<SeenRecord>(row);
  }

  /**
   * Remember records as met, all or none; one that was met before keeps its first place.
   * @returns how many were new.
   * @throws TRANSCRIPT_UNKNOWN when a transcript was not saved first.
   */
  add(records: readonly NewSeenRecord[]): number {
    return atomically(this.#database, "remembering seen records", () => {
      const ids = new Map<string, number>();
      let added = 0;
      for (const record of records) {
        const name = `${record.root}\n${record.name}`;
        const id = ids.get(name) ?? this.#transcriptId(record);
        ids.set(name, id);
        const done = this.#sql(
          "INSERT OR IGNORE INTO seen (hash, transcript, generation, segment, turn) VALUES (?, ?, ?, ?, ?)",
        ).run(hash64(record.uuid), id, record.generation, record.segment, record.turn);
        added += Number(done.changes);
      }
      return added;
    });
  }

  /** Forget the records that were first met in one transcript, because its file was replaced. */
  drop(name: TranscriptName): void {
    this.#sql(
      "DELETE FROM seen WHERE transcript IN (SELECT id FROM transcript WHERE root = ? AND name = ?)",
    ).run(name.root, name.name);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LAST_GROUPS = 19;

/** The last 64 bits of a UUID, which hold 62 bits of chance in versions 4 and 7; other ids are hashed. */
function hash64(uuid: string): bigint {
  if (!UUID.test(uuid)) return createHash("sha256").update(uuid).digest().readBigInt64BE(0);
  return BigInt.asIntN(
    64,
    BigInt(`0x${uuid.slice(LAST_GROUPS, LAST_GROUPS + 4)}${uuid.slice(LAST_GROUPS + 5)}`),
  );
}
