/**
 * The order of a pipeline, as layers: the first waits for nothing, each other one for something of the layer
 * before it. Linear in phases and in what they wait for (longest path over Kahn's order).
 */
import { startingOrder } from "../task/graph.ts";
import type { Phase, Pipeline } from "./pipeline.ts";

/** The phases, grouped by when they may start; in each layer as they were written. */
export function layersOf(pipeline: Pick<Pipeline, "phases">): readonly (readonly Phase[])[] {
  const depths = new Map<string, number>();
  for (const { after, id } of orderOf(pipeline)) {
    let depth = 0;
    for (const parent of after) depth = Math.max(depth, (depths.get(parent) ?? -1) + 1);
    depths.set(id, depth);
  }
  const layers: Phase[][] = [];
  for (const phase of pipeline.phases) {
    const depth = depths.get(phase.name) ?? 0;
    while (layers.length <= depth) layers.push([]);
    layers[depth]?.push(phase);
  }
  return layers;
}

/** The phases, each behind all that it waits for. */
export function phaseOrder(pipeline: Pick<Pipeline, "phases">): readonly Phase[] {
  return orderOf(pipeline).map(({ phase }) => phase);
}

function orderOf({ phases }: Pick<Pipeline, "phases">): readonly {
  readonly id: string;
  readonly after: readonly string[];
  readonly phase: Phase;
}[] {
  return startingOrder(phases.map((phase) => ({ id: phase.name, after: phase.after, phase })));
}
