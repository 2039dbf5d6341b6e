import type { MemoryGraph } from "../graph/memory-graph.ts";
import type { MemoryStore, Neighbour } from "../store/memory-store.ts";

/** Where recall looks up the links of a node: in the graph in memory, or one by one in the store. */
export interface Neighbourhood {
  /** Links of a node in order of the neighbour's id, then of the type: both sources give the very same list. */
  linksOf(id: number): readonly Neighbour[];
}

/** Links from the graph that the daemon keeps. */
export function graphNeighbourhood(graph: MemoryGraph): Neighbourhood {
  return {
    linksOf(id) {
      const index = graph.indexOf(id);
      const found: Neighbour[] = [];
      if (index >= 0)
        graph.eachNeighbour(index, (neighbour, strength, type) =>
          found.push({ id: graph.idAt(neighbour), strength, type }),
        );
      return found.toSorted(inOrder);
    },
  };
}

/** Links from the store, looked up as they are needed: for a command that runs without the daemon. */
export function storeNeighbourhood(store: Pick<MemoryStore, "neighbours">): Neighbourhood {
  return { linksOf: (id) => store.neighbours(id).toSorted(inOrder) };
}

function inOrder(a: Neighbour, b: Neighbour): number {
  return a.id - b.id || (a.type < b.type ? -1 : Number(a.type > b.type));
}
