import { degreeOf } from "../graph/adjacency.ts";
import type { MemoryGraph } from "../graph/memory-graph.ts";
import type { NodeOutline } from "../store/node.ts";
import type { MemoryStore } from "../store/memory-store.ts";
import { CORE_CATEGORY } from "./decay.ts";

/** So many neighbours at most: what has more is a way between others, whatever its own weight. */
const DEGREE_MAX = 1;

/**
 * Memories that a person might let go, the lightest first: lighter than `below`, at most one neighbour, not core. Asked
 * of what is true now, never marked, so nothing can be stale. Nothing deletes them. Digests go with their sources.
 */
export function pruneCandidates(
  store: Pick<MemoryStore, "outlines" | "facts" | "revision">,
  graph: MemoryGraph,
  below: number,
): readonly NodeOutline[] {
  graph.follow(store);
  const rows = graph.adjacency();
  return store
    .outlines(["session", "semantic"])
    .filter(({ weight, category }) => weight < below && category !== CORE_CATEGORY)
    .filter(({ id }) => {
      const index = graph.indexOf(id);
      return index < 0 || degreeOf(rows, index) <= DEGREE_MAX;
    })
    .toSorted((a, b) => a.weight - b.weight || (a.key < b.key ? -1 : 1));
}
