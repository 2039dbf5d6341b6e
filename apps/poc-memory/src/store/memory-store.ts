/**
 * Where memory lives: nodes and links with every version, a revision number for each committed batch,
 * a feed of changes by revision, full-text search, and, apart from the graph, what has been read and visited.
 *
 * Synchronous on purpose: the store is one file on this machine, a call costs microseconds, and a
 * transaction that cannot await cannot be interleaved (ADR 0004). One process writes (the holder of the data
 * folder's lock); others may open it for reading.
 *
 * What every store promises (and `memoryStoreConformance` proves): a batch is applied whole or not at
 * all; revisions only grow; nothing is overwritten, only superseded; forgetting a node forgets its links;
 * bookkeeping written `alongside` is committed with the batch or not at all.
 */
import type { Receipt } from "../mine/mined.ts";
import type { LinkType, MemoryNode, NodeOutline, NodeType } from "./node.ts";

/** A change by key. Keys are normalised by the store, by its one function. */
export type Change =
  | {
      readonly kind: "put";
      readonly key: string;
      readonly type: NodeType;
      readonly content: string;
      readonly category: string;
      readonly weight?: number;
      /** Used when the node is new, and where `backdate` asks for it. */
      readonly createdAtMs: number;
      /** Give an existing node `createdAtMs` too: mining has met an earlier source of the same memory. */
      readonly backdate?: boolean;
      /** Replaces the node's entities; `undefined` leaves them. */
      readonly entities?: readonly string[];
    }
  | { readonly kind: "forget"; readonly key: string }
  /**
   * The node weighs so much now. No version and no author: importance is no content, it moves every day, and a
   * memory that was only weighed is still its writer's. Told by the feed.
   */
  | { readonly kind: "weigh"; readonly key: string; readonly weight: number }
  /** The node keeps its id, links, entities and history. */
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | {
      readonly kind: "link";
      readonly from: string;
      readonly to: string;
      readonly type: LinkType;
      readonly strength: number;
    }
  | { readonly kind: "unlink"; readonly from: string; readonly to: string; readonly type: LinkType };

export interface ChangeBatch {
  /** Who writes, as free text: provenance of every version in the batch. */
  readonly author: string;
  /** Wall time in ms since 1970. */
  readonly atMs: number;
  readonly changes: readonly Change[];
  /** Bookkeeping to commit with the batch. Runs inside the transaction, after the changes; must not await. */
  readonly alongside?: () => void;
}

/** What a batch did. `revision` is the old one where nothing changed. */
export interface Applied {
  readonly revision: number;
  readonly written: number;
  readonly forgotten: number;
  readonly linked: number;
  readonly unlinked: number;
}

/**
 * One step of the feed: what became of nodes and links, by id, in the order of the revisions.
 * What was superseded since is left out, so a link may come before the fact of a node that was written again later.
 */
export type Fact =
  | { readonly kind: "node"; readonly revision: number; readonly node: MemoryNode }
  | { readonly kind: "forgotten"; readonly revision: number; readonly id: number }
  | {
      readonly kind: "link";
      readonly revision: number;
      readonly from: number;
      readonly to: number;
      readonly type: LinkType;
      /** 0: the link is gone. */ readonly strength: number;
    };

/** One version of a node, tombstones included. */
export interface NodeVersion {
  readonly version: number;
  readonly revision: number;
  readonly author: string;
  readonly atMs: number;
  /** `null` where this version forgot the node. */
  readonly content: string | null;
}

/** A hit of the word index. `score` is positive, larger is better. */
export interface WordHit {
  readonly id: number;
  readonly score: number;
}

export interface Neighbour {
  readonly id: number;
  readonly type: LinkType;
  readonly strength: number;
}

export interface MemoryCounts {
  readonly nodes: number;
  readonly links: number;
  readonly revision: number;
  readonly byType: Readonly<Record<NodeType, number>>;
}

export interface MemoryStore extends Disposable {
  readonly revision: number;
  /** Who has written anything since a revision, each once, in the order of their names. */
  authorsSince(revision: number): readonly string[];
  apply(batch: ChangeBatch): Applied;
  /** The living node of a key, `null` where there is none. */
  get(key: string): MemoryNode | null;
  byIds(ids: readonly number[]): readonly MemoryNode[];
  /** Versions, newest first, at most `limit` (1,000); also of forgotten nodes. Empty where the key never was. */
  history(key: string, limit?: number): readonly NodeVersion[];
  /** Living links of a node, strongest first. */
  neighbours(id: number): readonly Neighbour[];
  /** Where a node was found, earliest first, at most `limit` (100): some facts are found in every session. */
  receipts(id: number, limit?: number): readonly Receipt[];
  entities(id: number): readonly string[];
  /** Facts with a revision above `since`, at most `limit`, whole revisions only (so possibly a few more). */
  facts(since: number, limit: number): readonly Fact[];
  /** Living nodes of the types, by createdAtMs, newest first. */
  recent(types: readonly NodeType[], limit: number): readonly MemoryNode[];
  /** Living nodes of the types without their texts, by createdAtMs and id, from `fromMs` to before `untilMs`. */
  outlines(types: readonly NodeType[], fromMs?: number, untilMs?: number): readonly NodeOutline[];
  /** BM25 with Porter stems over key and content. Any text is a query; operators are not interpreted. */
  words(query: string, limit: number): readonly WordHit[];
  /** How many living nodes hold a word of `queryTerms`, in any of its forms, counted up to `most`. */
  wordSpread(word: string, most: number): number;
  counts(): MemoryCounts;
}
