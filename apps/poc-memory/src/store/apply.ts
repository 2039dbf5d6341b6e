/**
 * One batch of changes to the tables, inside a transaction that the caller holds. What a batch wrote can be told
 * from the counts; a change that asks for what is already true writes nothing and takes no revision.
 */
import { assertNever } from "jobkit-core";
import { storeError } from "./errors.ts";
import { normaliseKey, tryNormaliseKey } from "./key.ts";
import type { Applied, Change, ChangeBatch } from "./memory-store.ts";
import { linkTypes, nodeTypes, type MemoryNode } from "./node.ts";
import { nodeByKey, type LinkRow } from "./rows.ts";
import type { Sql } from "./database.ts";
import { indexWords, unindexWords } from "./words.ts";

/** Longest content of a node, in characters. */
export const CONTENT_LENGTH_MAX = 256 * 1024;

/** Most entities of a node; what exceeds it is left out. */
export const ENTITIES_MAX = 256;

/** Weight of a new node for which none is given. */
export const WEIGHT_DEFAULT = 0.5;

/** No node weighs less: what has faded can still be found. */
export const WEIGHT_MIN = 0.01;
const STRENGTH_MIN = 0.05;
const ENTITY_LENGTH_MAX = 300;

type Of<K extends Change["kind"]> = Extract<Change, { kind: K }>;

/** Applies the changes of one batch. Made for one batch and dropped with it. */
export class BatchWriter {
  readonly #sql: Sql;
  readonly #batch: ChangeBatch;
  /** The revision that this batch will have if it changes anything. */
  readonly #revision: number;
  #written = 0;
  #forgotten = 0;
  #linked = 0;
  #unlinked = 0;

  constructor(sql: Sql, batch: ChangeBatch, revisionBefore: number) {
    this.#sql = sql;
    this.#batch = batch;
    this.#revision = revisionBefore + 1;
  }

  /** Apply all changes in order and write the revision. */
  run(): Applied {
    for (const change of this.#batch.changes) this.#change(change);
    const counts = {
      written: this.#written,
      forgotten: this.#forgotten,
      linked: this.#linked,
      unlinked: this.#unlinked,
    };
    if (counts.written + counts.forgotten + counts.linked + counts.unlinked === 0)
      return { revision: this.#revision - 1, ...counts };
    this.#sql(
      "INSERT INTO revision (number, author, at, written, forgotten, linked, unlinked) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(
      this.#revision,
      this.#batch.author,
      wholeMs(this.#batch.atMs, "atMs"),
      counts.written,
      counts.forgotten,
      counts.linked,
      counts.unlinked,
    );
    return { revision: this.#revision, ...counts };
  }

  #change(change: Change): void {
    switch (change.kind) {
      case "put":
        return this.#put(change);
      case "forget":
        return this.#forget(change);
      case "weigh":
        return this.#weigh(change);
      case "rename":
        return this.#rename(change);
      case "link":
        return this.#link(change);
      case "unlink":
        return this.#unlink(change);
      default:
        return assertNever(change);
    }
  }

  #put(change: Of<"put">): void {
    const key = normaliseKey(change.key);
    checkPut(change, key);
    const old = nodeByKey(this.#sql, key);
    const id = old?.id ?? this.#idOf(key);
    const entitiesChanged = change.entities !== undefined && this.#replaceEntities(id, change.entities);
    const createdAtMs =
      old !== null && change.backdate !== true ? old.createdAtMs : wholeMs(change.createdAtMs, "createdAtMs");
    const next: MemoryNode = {
      id,
      key,
      type: change.type,
      content: change.content,
      category: change.category,
      weight: clampWeight(change.weight ?? old?.weight ?? WEIGHT_DEFAULT),
      createdAtMs,
      version: this.#lastVersion(id) + 1,
      revision: this.#revision,
      author: this.#batch.author,
    };
    if (old !== null && !entitiesChanged && sameNode(old, next)) return;
    this.#write(next, old === null || old.content !== next.content);
  }

  #weigh(change: Of<"weigh">): void {
    const node = this.#known(change.key);
    checkWeight(change.weight, node.key);
    const weight = clampWeight(change.weight);
    if (weight === node.weight) return;
    this.#sql("UPDATE node SET weight = ?, revision = ? WHERE id = ?").run(weight, this.#revision, node.id);
    this.#written += 1;
  }

  #rename(change: Of<"rename">): void {
    const node = this.#known(change.from);
    const key = normaliseKey(change.to);
    if (key === node.key) return;
    if (nodeByKey(this.#sql, key) !== null) throw storeError("KEY_TAKEN", `renaming ${node.key} to ${key}`);
    const next = {
      ...node,
      key,
      version: node.version + 1,
      revision: this.#revision,
      author: this.#batch.author,
    };
    this.#write(next, true);
  }

  #write(node: MemoryNode, wordsChanged: boolean): void {
    this.#sql(`INSERT INTO node (id, key, type, content, category, weight, created_at, version, revision, author)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET key = excluded.key, type = excluded.type, content = excluded.content,
        category = excluded.category, weight = excluded.weight, created_at = excluded.created_at,
        version = excluded.version, revision = excluded.revision, author = excluded.author`).run(
      node.id,
      node.key,
      node.type,
      node.content,
      node.category,
      node.weight,
      node.createdAtMs,
      node.version,
      node.revision,
      node.author,
    );
    this.#keepVersion(node, node.content);
    if (wordsChanged) indexWords(this.#sql, node.id, node.key, node.content);
    this.#written += 1;
  }

  #forget(change: Of<"forget">): void {
    const key = tryNormaliseKey(change.key);
    const node = key === null ? null : nodeByKey(this.#sql, key);
    if (node === null) return;
    for (const link of this.#linksOf(node.id)) this.#dropLink(link);
    this.#sql("DELETE FROM entity WHERE node = ?").run(node.id);
    this.#sql("DELETE FROM node WHERE id = ?").run(node.id);
    unindexWords(this.#sql, node.id);
    this.#keepVersion({ ...node, version: node.version + 1 }, null);
    this.#forgotten += 1;
  }

  #link(change: Of<"link">): void {
    const [from, to] = [this.#known(change.from), this.#known(change.to)];
    if (from.id === to.id) throw storeError("LINK_INVALID", `linking ${from.key} to itself`);
    if (!linkTypes.includes(change.type))
      throw storeError("VALUE_INVALID", `linking ${from.key}: type ${change.type}`);
    if (!Number.isFinite(change.strength))
      throw storeError("VALUE_INVALID", `linking ${from.key} to ${to.key}: strength ${change.strength}`);
    // Rounded to what a Float32Array holds, so that graph and store give the same sums.
    const strength = Math.fround(Math.min(1, Math.max(STRENGTH_MIN, change.strength)));
    const [low, high] = from.id < to.id ? [from.id, to.id] : [to.id, from.id];
    const old = this.#linkAt(low, high, change.type);
    if (old !== null && old.strength === strength) return;
    const forward = old !== null && old.strength > 0 ? old.forward : Number(from.id === low);
    this.#writeLink({ low, high, type: change.type, forward, strength, revision: this.#revision });
    this.#linked += 1;
  }

  #unlink(change: Of<"unlink">): void {
    const [from, to] = [change.from, change.to].map((text) => {
      const key = tryNormaliseKey(text);
      return key === null ? null : nodeByKey(this.#sql, key);
    });
    if (from === null || from === undefined || to === null || to === undefined) return;
    const link = this.#linkAt(Math.min(from.id, to.id), Math.max(from.id, to.id), change.type);
    if (link !== null && link.strength > 0) this.#dropLink(link);
  }

  #dropLink(link: LinkRow): void {
    this.#writeLink({ ...link, strength: 0, revision: this.#revision });
    this.#unlinked += 1;
  }

  #writeLink(link: LinkRow): void {
    const values = [link.low, link.high, link.type, link.forward, link.strength, link.revision] as const;
    const columns = "(low, high, type, forward, strength, revision) VALUES (?, ?, ?, ?, ?, ?)";
    this.#sql(`INSERT OR REPLACE INTO link ${columns}`).run(...values);
    this.#sql(`INSERT OR REPLACE INTO link_version ${columns}`).run(...values);
  }

  #known(text: string): MemoryNode {
    const key = normaliseKey(text);
    const node = nodeByKey(this.#sql, key);
    if (node === null) throw storeError("NODE_UNKNOWN", `looking up ${key}`);
    return node;
  }

  /** A forgotten node that comes back under its last key has its old id and history again. */
  #idOf(key: string): number {
    const gone = this.#sql(`SELECT node FROM version AS v WHERE key = ? AND content IS NULL
      AND version = (SELECT max(version) FROM version WHERE node = v.node) ORDER BY revision DESC LIMIT 1`).get(
      key,
    );
    if (gone !== undefined) return Number(gone["node"]);
    return Number(this.#sql("SELECT coalesce(max(node), 0) + 1 AS id FROM version").get()?.["id"]);
  }

  #lastVersion(id: number): number {
    return Number(
      this.#sql("SELECT coalesce(max(version), 0) AS v FROM version WHERE node = ?").get(id)?.["v"],
    );
  }

  #keepVersion(node: MemoryNode, content: string | null): void {
    this.#sql(`INSERT INTO version (node, version, key, type, content, category, weight, revision, author, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      node.id,
      node.version,
      node.key,
      node.type,
      content,
      node.category,
      node.weight,
      this.#revision,
      this.#batch.author,
      wholeMs(this.#batch.atMs, "atMs"),
    );
  }

  #replaceEntities(id: number, names: readonly string[]): boolean {
    const wanted = new Set(
      names
        .map((name) => name.trim().slice(0, ENTITY_LENGTH_MAX))
        .filter((name) => name !== "")
        .slice(0, ENTITIES_MAX),
    );
    const rows = this.#sql("SELECT name FROM entity WHERE node = ?").all(id);
    const held = new Set(rows.map((row) => String(row["name"])));
    const gone = [...held].filter((name) => !wanted.has(name));
    const fresh = [...wanted].filter((name) => !held.has(name));
    for (const name of gone) this.#sql("DELETE FROM entity WHERE node = ? AND name = ?").run(id, name);
    for (const name of fresh) this.#sql("INSERT INTO entity (node, name) VALUES (?, ?)").run(id, name);
    return gone.length + fresh.length > 0;
  }

  #linksOf(id: number): readonly LinkRow[] {
    const rows = this.#sql(`SELECT * FROM link WHERE low = ?1 AND strength > 0
      UNION ALL SELECT * FROM link WHERE high = ?1 AND strength > 0`).all(id);
    return rows as unknown as LinkRow[];
  }

  #linkAt(low: number, high: number, type: string): LinkRow | null {
    const row = this.#sql("SELECT * FROM link WHERE low = ? AND high = ? AND type = ?").get(low, high, type);
    return row === undefined ? null : (row as unknown as LinkRow);
  }
}

function checkPut(change: Of<"put">, key: string): void {
  if (!nodeTypes.includes(change.type))
    throw storeError("VALUE_INVALID", `writing ${key}: type ${change.type}`);
  if (change.content.length > CONTENT_LENGTH_MAX)
    throw storeError("NODE_TOO_LARGE", `writing ${key} with ${change.content.length} characters`);
  if (change.weight !== undefined) checkWeight(change.weight, key);
}

function checkWeight(weight: number, key: string): void {
  if (!Number.isFinite(weight)) throw storeError("VALUE_INVALID", `writing ${key}: weight ${weight}`);
}

function wholeMs(ms: number, name: string): number {
  if (!Number.isFinite(ms) || Math.abs(ms) > Number.MAX_SAFE_INTEGER)
    throw storeError("VALUE_INVALID", `writing a batch: ${name} ${ms} is no time`);
  return Math.round(ms);
}

function clampWeight(weight: number): number {
  return Math.min(1, Math.max(WEIGHT_MIN, weight));
}

function sameNode(a: MemoryNode, b: MemoryNode): boolean {
  return (
    a.type === b.type &&
    a.content === b.content &&
    a.category === b.category &&
    a.weight === b.weight &&
    a.createdAtMs === b.createdAtMs
  );
}
