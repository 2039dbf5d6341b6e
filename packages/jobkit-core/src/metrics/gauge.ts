import type { MetricsSnapshot, PlacesMetrics } from "./snapshot.ts";

/** A value that goes up and down, with its parts by label. */
export interface Gauge {
  /** In snake_case, the base unit last: `queue_oldest_age_seconds`. */
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** What a snapshot was given, as gauges: queue, lanes and pools. */
export function gaugesOf({ queue, lanes, pools }: MetricsSnapshot): readonly Gauge[] {
  const slots = pools.flatMap(({ slots: own }) => (own === null ? [] : [own]));
  return [
    {
      name: "queue_tasks",
      doc: "Tasks in the queue store, by job and state.",
      samples: queue.flatMap(({ job, counts }) =>
        Object.entries(counts).map(([state, value]) => ({ labels: { job, state }, value })),
      ),
    },
    {
      name: "queue_oldest_age_seconds",
      doc: "How long the oldest task that could run has been due.",
      samples: queue.map(({ job, oldestAgeMs }) => ({ labels: { job }, value: oldestAgeMs / 1000 })),
    },
    places("lane_places", "Places for attempts in a group of lanes.", "lane", lanes, "size"),
    places("lane_places_busy", "Places of a group of lanes in which an attempt runs.", "lane", lanes, "busy"),
    places("pool_slots", "Slots of a pool.", "pool", slots, "size"),
    places("pool_slots_busy", "Slots of a pool that are held.", "pool", slots, "busy"),
  ];
}

function places(
  name: string,
  doc: string,
  label: string,
  all: readonly PlacesMetrics[],
  value: "size" | "busy",
): Gauge {
  return { name, doc, samples: all.map((one) => ({ labels: { [label]: one.name }, value: one[value] })) };
}
