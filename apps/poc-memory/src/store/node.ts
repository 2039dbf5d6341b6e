/** Kinds of memory: episodes of a session, digests of a day, week or month, and lasting knowledge. */
export const nodeTypes = ["session", "day", "week", "month", "semantic"] as const;
export type NodeType = (typeof nodeTypes)[number];

/** One memory, as it is now. A value. */
export interface MemoryNode {
  /** Small dense number of the store; what links and the graph use. Survives renames. */
  readonly id: number;
  /** Normalised address, unique among living nodes. */
  readonly key: string;
  readonly type: NodeType;
  readonly content: string;
  readonly category: string;
  /** Importance, 0.01 to 1. */
  readonly weight: number;
  /** What happened then (not when it was written), in ms since 1970. Set once. */
  readonly createdAtMs: number;
  /** Grows by one with every written version of this node. */
  readonly version: number;
  /** Revision of the store that wrote this version, or weighed it last. */
  readonly revision: number;
  /** Who wrote this version, for example "miner:segment" or "person:cli". */
  readonly author: string;
}

/** A node without its text: what lists and daily work are made from. */
export type NodeOutline = Omit<MemoryNode, "content">;

/**
 * `next`: neighbours in time of one session. `about`: a fact and its episode. `shared`: they speak of the same
 * things. `link`: drawn by hand or agent. `digest`: a source and the digest that tells of it. `auto`: alike in words,
 * drawn because one of them stood alone. Links are undirected for every measure; who pointed at whom is kept.
 */
export const linkTypes = ["next", "about", "shared", "link", "digest", "auto"] as const;
export type LinkType = (typeof linkTypes)[number];
