import { defineJob, SeededRandom, type Clock, type Emitter, type Job } from "jobkit-core";
import type { Reconciler } from "jobkit-daemon";
import { z } from "zod/mini";
import type { MemoryEvents } from "../events.ts";
import type { MemoryGraph } from "../graph/memory-graph.ts";
import { graphHealth, type GraphHealth } from "../health/graph-health.ts";
import type { HealthBounds } from "../health/settings.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";

const nothing = z.object({});

export interface MeasureDeps {
  readonly store: SqliteMemoryStore;
  /** The daemon's one graph; brought up to date here by the store's feed. */
  readonly graph: MemoryGraph;
  readonly events: Emitter<MemoryEvents>;
  readonly clock: Clock;
  readonly settings: HealthBounds;
  readonly everyMs: () => number;
}

/** GraphHealth as it was computed last, and for which revision. */
export interface MeasuredHealth extends GraphHealth {
  readonly revision: number;
}

const JOB = "measure-graph";
const CURSOR = "graph.health";
/** The starts of the path searches are drawn with it: two looks at one graph give one answer. */
const SEED = 1;

/** Compute GraphHealth for what memory holds now, and keep it. */
export function measureGraph(deps: MeasureDeps): Job<z.infer<typeof nothing>> {
  return defineJob({
    name: JOB,
    doc: "Compute GraphHealth: size, communities, clustering, inequality, orphans, with reasons.",
    input: nothing,
    concurrencyMax: 1,
    async run() {
      measureNow(deps);
    },
  });
}

/** Bring the graph up to date, measure it, keep what was measured and tell of it. */
export function measureNow(deps: Omit<MeasureDeps, "everyMs">): MeasuredHealth {
  const { store, graph, events } = deps;
  graph.follow(store);
  const health = measure(graph, deps);
  const { nodes, links, tookMs } = health.graph;
  store.progress.setCursor(CURSOR, JSON.stringify(health));
  const verdict = health.ok ? "ok" : "unhealthy";
  events.emit("graph.measured", () => ({ revision: health.revision, nodes, links, verdict, tookMs }));
  return health;
}

/** GraphHealth of a graph that is up to date. */
export function measure(
  graph: MemoryGraph,
  { clock, settings }: Pick<MeasureDeps, "clock" | "settings">,
): MeasuredHealth {
  const health = graphHealth(graph, { random: new SeededRandom(SEED), clock }, settings);
  return { ...health, revision: graph.revision };
}

/** What was computed last; `null` before the first time. */
export function lastHealth(store: SqliteMemoryStore): MeasuredHealth | null {
  const text = store.progress.cursor(CURSOR);
  return text === null ? null : (JSON.parse(text) as MeasuredHealth);
}

/** Ask for measuring where memory has changed since, but not before its links are up to date. */
export function findUnmeasured({ store, everyMs }: MeasureDeps): Reconciler {
  return {
    name: "find-unmeasured",
    doc: "Looks whether memory has changed since its graph was measured.",
    everyMs,
    find: async () => {
      const current = store.revision === (lastHealth(store)?.revision ?? 0);
      return current || store.entityIndex.dirtyCount() > 0 ? [] : [{ job: JOB, key: JOB, input: {} }];
    },
  };
}
