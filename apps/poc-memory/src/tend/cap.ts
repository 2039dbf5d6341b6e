import { degreeOf } from "../graph/adjacency.ts";
import type { MemoryGraph } from "../graph/memory-graph.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { planCap } from "./degree-cap.ts";

/** Who takes links from hubs, as author of the batch. */
export const CAP_AUTHOR = "tend:cap-degree";

/** What capping did. */
export interface CapDone {
  /** Memories above the limit before, and after. */
  readonly over: number;
  readonly stillOver: number;
  readonly unlinked: number;
  /** The greatest number of neighbours before. */
  readonly greatest: number;
}

/** Take links from every memory with more than `limit` neighbours, by the rules of `planCap`, in one transaction. */
export function capDegrees(
  store: SqliteMemoryStore,
  graph: MemoryGraph,
  { limit, atMs }: { readonly limit: number; readonly atMs: number },
): CapDone {
  return store.atomically("capping degrees", () => {
    graph.follow(store);
    const rows = graph.adjacency();
    const hubs: number[] = [];
    let greatest = 0;
    for (let index = 0; index < rows.size; index += 1) {
      const degree = degreeOf(rows, index);
      greatest = Math.max(greatest, degree);
      if (degree > limit) hubs.push(graph.idAt(index));
    }
    const plan = planCap(hubs, (id) => store.neighbours(id), limit);
    const ids = [...new Set(plan.lost.flatMap(({ from, to }) => [from, to]))];
    const keys = new Map(store.byIds(ids).map(({ id, key }) => [id, key]));
    const changes = plan.lost.map(
      ({ from, to, type }) =>
        ({ kind: "unlink", from: keys.get(from) ?? "", to: keys.get(to) ?? "", type }) as const,
    );
    const { unlinked } = store.apply({ author: CAP_AUTHOR, atMs, changes });
    return { over: hubs.length, stillOver: plan.stillOver.length, unlinked, greatest };
  });
}
