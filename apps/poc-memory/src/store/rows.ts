import type { LinkType, MemoryNode, NodeOutline, NodeType } from "./node.ts";
import type { Sql } from "./database.ts";

/** The columns of a living node in the order of `toNode`. */
export const NODE_COLUMNS = "id, key, type, content, category, weight, created_at, version, revision, author";

/** The columns of an outline. */
export const OUTLINE_COLUMNS = "id, key, type, category, weight, created_at, version, revision, author";

interface NodeRow {
  readonly id: number;
  readonly key: string;
  readonly type: NodeType;
  readonly content: string;
  readonly category: string;
  readonly weight: number;
  readonly created_at: number;
  readonly version: number;
  readonly revision: number;
  readonly author: string;
}

/** A row of `node` as a value. */
export function toNode(row: unknown): MemoryNode {
  const { created_at: createdAtMs, ...rest } = row as NodeRow;
  return { ...rest, createdAtMs };
}

/** A row of `node` without its content as a value. */
export function toOutline(row: unknown): NodeOutline {
  const { created_at: createdAtMs, ...rest } = row as Omit<NodeRow, "content">;
  return { ...rest, createdAtMs };
}

/** The living node of a normalised key. */
export function nodeByKey(sql: Sql, key: string): MemoryNode | null {
  const row = sql(`SELECT ${NODE_COLUMNS} FROM node WHERE key = ?`).get(key);
  return row === undefined ? null : toNode(row);
}

/** The living node of an id. */
export function nodeById(sql: Sql, id: number): MemoryNode | null {
  const row = sql(`SELECT ${NODE_COLUMNS} FROM node WHERE id = ?`).get(id);
  return row === undefined ? null : toNode(row);
}

/** A row of `link`; strength 0 is a link that is gone. */
export interface LinkRow {
  readonly low: number;
  readonly high: number;
  readonly type: LinkType;
  readonly forward: number;
  readonly strength: number;
  readonly revision: number;
}
