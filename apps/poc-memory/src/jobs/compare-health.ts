import { defineJob, type Job } from "jobkit-core";
import { z } from "zod/mini";
import type { GraphMeasures } from "../health/graph-health.ts";
import { movedMeasures } from "../health/difference.ts";
import { measureNow } from "./measure-graph.ts";
import { noteTended } from "../tend/due-work.ts";
import { dateInput, type DateInput } from "../tend/date.ts";
import type { TendDeps } from "../tend/tend-deps.ts";

const measured = z.nullable(z.number());

/** The measures of a graph, as a phase before hands them on. */
const measures = z.object({
  nodes: z.number(),
  links: z.number(),
  communities: z.number(),
  components: z.number(),
  orphans: z.number(),
  avgClustering: z.number(),
  avgPathLength: measured,
  sigma: measured,
  gini: z.number(),
  alpha: measured,
  episodicRatio: z.number(),
  maxDegree: z.number(),
  interference: measured,
});

const compareInput = z.object({
  ...dateInput.shape,
  /** `null` where nothing was measured before: then there is no difference to tell. */
  before: z.nullable(measures),
});
/** What `compare-health` takes. */
export type CompareInput = z.infer<typeof compareInput>;

/** Measure the graph before the daily work, and hand the measures on. */
export function snapshotHealth(deps: TendDeps): Job<DateInput> {
  return defineJob({
    name: "snapshot-health",
    doc: "Measure the graph before the daily work, for the comparison after it.",
    input: dateInput,
    concurrencyMax: 1,
    async run() {
      return { ...measuresOf(measureNow(deps).graph) };
    },
  });
}

/** Measure the graph after the daily work and tell what has moved. The end of the work: from here on, changes are new. */
export function compareHealth(deps: TendDeps): Job<CompareInput> {
  const { store, events } = deps;
  return defineJob({
    name: "compare-health",
    doc: "Measure the graph after the daily work and tell which measures have moved, for better or worse.",
    input: compareInput,
    concurrencyMax: 1,
    async run({ input, note }) {
      const { graph, revision, ok, reasons } = measureNow(deps);
      const moved = input.before === null ? [] : movedMeasures(input.before, graph);
      noteTended(store, revision);
      const counted = (verdict: string): number => moved.filter((one) => one.verdict === verdict).length;
      const difference = moved.map(({ sentence }) => sentence);
      const counts = { revision, better: counted("better"), worse: counted("worse") };
      for (const sentence of difference) note(sentence);
      events.emit("health.compared", () => ({ ...counts, difference: difference.join(" ") }));
      return { ...counts, ok, reasons, difference };
    },
  });
}

function measuresOf(graph: GraphMeasures): GraphMeasures {
  return measures.parse(graph);
}
