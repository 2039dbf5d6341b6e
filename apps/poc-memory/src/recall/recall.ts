import type { MemoryStore, WordHit } from "../store/memory-store.ts";
import type { LinkType, MemoryNode, NodeType } from "../store/node.ts";
import { queryTerms } from "../store/words.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { plainLine } from "./plain-text.ts";
import { defaultRecallWeights, type RecallWeights } from "./settings.ts";
import { matchedTerms, snippet } from "./snippet.ts";
import { spread, type Activation } from "./spread.ts";

/** How to recall. */
export interface RecallOptions {
  /** Most results, 1 to 1,000. Default 10. */
  readonly limit?: number;
  /** Tell for each result why it is there. Default false. */
  readonly explain?: boolean;
  /** Only memories of these types. Default: all. */
  readonly types?: readonly NodeType[];
  readonly weights?: RecallWeights;
}

/** One reason why a memory came up. `share` is its part of the score. */
export type Why =
  | { readonly kind: "key" }
  | { readonly kind: "words"; readonly words: readonly string[]; readonly share: number }
  | { readonly kind: "link"; readonly type: LinkType; readonly from: string; readonly share: number };

/** A memory that came up. */
export interface Recalled {
  readonly key: string;
  /** Above 0, larger is better; 1 is about the best word hit. Compare only within one answer. */
  readonly score: number;
  readonly type: NodeType;
  readonly createdAtMs: number;
  /** One plain line around what was asked. */
  readonly snippet: string;
  /** The earliest place where it was found; `null` for what was written by hand. */
  readonly source: {
    readonly transcript: string;
    readonly line: number;
    readonly uuid: string | null;
  } | null;
  /** Only with `explain`. */
  readonly why?: readonly Why[];
}

/** The part of a store that recall reads. */
export type RecallStore = Pick<MemoryStore, "get" | "byIds" | "words" | "receipts">;

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 1_000;

/** Word hits that are ranked; those beyond the seeds keep their own score but pass nothing on. */
const WORD_HITS_MAX = 200;

/** A query that is a memory's key wants that memory: twice the best word hit puts it first. */
const KEY_SCORE = 2;

/**
 * The memories that a text brings to mind, best first: word hits, and what is linked with them. Any text is a query;
 * one without letters or digits gives nothing. The same store, query and options give the same answer, whether links
 * come from the graph or from the store.
 * @throws what the store throws.
 */
export function recall(
  store: RecallStore,
  neighbourhood: Neighbourhood,
  query: string,
  options: RecallOptions = {},
): readonly Recalled[] {
  const limit = Math.min(LIMIT_MAX, Math.max(1, Math.floor(options.limit ?? LIMIT_DEFAULT) || 1));
  const weights = options.weights ?? defaultRecallWeights;
  const byKey = store.get(query);
  const hits = withKey(store.words(query, Math.max(WORD_HITS_MAX, weights.seeds, limit)), byKey);
  const ranked = rank(store, spread(hits, neighbourhood, weights), { limit, weights, types: options.types });
  const terms = queryTerms(query);
  return ranked.map((one) => {
    const recalled = describe(store, one, terms);
    return options.explain === true
      ? Object.assign(recalled, { why: explain(store, one, terms, byKey) })
      : recalled;
  });
}

function describe(store: RecallStore, { node, score }: Ranked, terms: readonly string[]): Recalled {
  const first = store.receipts(node.id, 1)[0];
  return {
    key: node.key,
    score,
    type: node.type,
    createdAtMs: node.createdAtMs,
    snippet: snippet(node.content, terms),
    source:
      first === undefined
        ? null
        : { transcript: plainLine(first.transcript), line: first.line, uuid: first.uuid },
  };
}

function withKey(hits: readonly WordHit[], node: MemoryNode | null): readonly WordHit[] {
  if (node === null) return hits;
  const top = hits[0]?.score ?? 1;
  return [{ id: node.id, score: KEY_SCORE * top }, ...hits.filter((hit) => hit.id !== node.id)];
}

interface Ranked {
  readonly node: MemoryNode;
  readonly score: number;
  readonly activation: Activation;
}

interface RankLimits {
  readonly limit: number;
  readonly weights: RecallWeights;
  readonly types: readonly NodeType[] | undefined;
}

/** Best first; equal scores in order of the key. A node's weight is applied here, at the end, and nowhere before. */
function rank(store: RecallStore, activations: readonly Activation[], limits: RankLimits): readonly Ranked[] {
  const share = limits.weights.weightShare;
  const sorted = activations.toSorted((a, b) => total(b) - total(a));
  // What is below this cannot come up among the first, whatever its weight and that of the others.
  const least =
    limits.types === undefined ? total(sorted[limits.limit - 1] ?? NOTHING) * ((1 - share) / (1 + share)) : 0;
  const candidates = sorted.filter((activation) => total(activation) >= least);
  const nodes = new Map(store.byIds(candidates.map(({ id }) => id)).map((node) => [node.id, node]));
  const ranked = candidates.flatMap((activation) => {
    const node = nodes.get(activation.id);
    if (node === undefined || limits.types?.includes(node.type) === false) return [];
    return [{ node, score: total(activation) * (1 + share * (2 * node.weight - 1)), activation }];
  });
  return ranked
    .toSorted((a, b) => b.score - a.score || (a.node.key < b.node.key ? -1 : 1))
    .slice(0, limits.limit);
}

function total(activation: Activation): number {
  return activation.words + activation.links;
}

const NOTHING: Activation = { id: 0, words: 0, links: 0, via: [] };

function explain(
  store: RecallStore,
  { activation, node }: Ranked,
  terms: readonly string[],
  byKey: MemoryNode | null,
): readonly Why[] {
  const why: Why[] = node.id === byKey?.id ? [{ kind: "key" }] : [];
  if (activation.words > 0)
    why.push({
      kind: "words",
      words: matchedTerms(`${node.key} ${node.content}`, terms),
      share: activation.words,
    });
  for (const via of activation.via) {
    const from = store.byIds([via.from])[0];
    if (from !== undefined) why.push({ kind: "link", type: via.type, from: from.key, share: via.share });
  }
  return why;
}
