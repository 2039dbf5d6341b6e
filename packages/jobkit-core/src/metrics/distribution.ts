import type { EventSeries } from "../events/series.ts";

/** How values were spread, in their own unit: always, and just now. Plain JSON. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Over everything since the start. */
  readonly mean: number;
  readonly deviation: number;
  /** Over the last ones, the newest weighing most: see {@link Moments.recent}. */
  readonly recentMean: number;
  readonly recentDeviation: number;
  /** Within 1 % of a value that was really recorded. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** A series in numbers; `null` while it holds no value. */
export function distributionOf({ histogram, moments }: EventSeries): Distribution | null {
  const { count, min, max } = histogram;
  if (min === null || max === null) return null;
  const { lifetime, recent } = moments;
  return {
    count,
    min,
    max,
    mean: lifetime.mean,
    deviation: lifetime.deviation,
    recentMean: recent.mean,
    recentDeviation: recent.deviation,
    p50: histogram.quantile(0.5) ?? max,
    p90: histogram.quantile(0.9) ?? max,
    p99: histogram.quantile(0.99) ?? max,
  };
}
