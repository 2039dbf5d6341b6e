/**
 * The counters, histograms and gauges of a program as Prometheus reads them. All names, units and sentences are
 * those of the tables of events.
 *
 * Counts are those of this process, which is what Prometheus expects: it knows a restart by them. A row with
 * `by` is shown by job and label alone, a row with histograms by job, so that sums count nothing twice.
 */
import type { Counter, EventBus } from "../events/bus.ts";
import type { EventSeries, LabelledCount } from "../events/series.ts";
import type { Gauge } from "./gauge.ts";
import {
  bucketBounds,
  counterMeasure,
  histogramHelp,
  histogramMeasure,
  snakeCase,
} from "./prometheus-names.ts";
import {
  numberText,
  prometheusLines,
  type PrometheusFamily,
  type PrometheusSample,
} from "./prometheus-text.ts";

/** The media type of the answer to a scrape. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What is shown beside the events, and how. */
export interface PrometheusOptions {
  /** Begins every name. Default "jobkit". */
  readonly namespace?: string;
  /** Default: none. See {@link gaugesOf}. */
  readonly gauges?: readonly Gauge[];
}

/**
 * Everything as text.
 * @throws RangeError when two rows, or a row and a gauge, come to the same name.
 */
export function prometheusText(bus: EventBus, options: PrometheusOptions = {}): string {
  const { namespace = "jobkit", gauges = [] } = options;
  const counts = Map.groupBy(bus.labelledCounts(), ({ ev }) => ev);
  const series = Map.groupBy(bus.histograms(), ({ ev, field }) => `${ev} ${field}`);
  const families = [
    ...bus.counters().map((counter) => counterFamily(counter, bus, counts.get(counter.name))),
    ...[...series.values()].map((own) => histogramFamily(own, bus)),
    ...gauges.map(gaugeFamily),
  ];
  return prometheusLines(families, `${namespace}_`);
}

function counterFamily(
  { name: ev, unit, doc, sinceStart }: Counter,
  bus: EventBus,
  counts: readonly LabelledCount[] | undefined,
): PrometheusFamily {
  const { name, divisor } = counterMeasure(ev, unit);
  const { hist, by } = bus.row(ev);
  const plain = hist === undefined && by === undefined ? [{ labels: [], value: sinceStart / divisor }] : [];
  const samples = counts?.map((one) => ({ labels: labelsOf(one), value: one.value / divisor })) ?? plain;
  return { name, type: "counter", help: doc, samples };
}

function histogramFamily(series: readonly EventSeries[], bus: EventBus): PrometheusFamily {
  const [first] = series as readonly [EventSeries];
  const { ev, field, unit } = first;
  const { name, divisor } = histogramMeasure(ev, field, unit);
  const samples = series.flatMap((one) => histogramSamples(one, divisor));
  return { name, type: "histogram", help: histogramHelp(bus.row(ev), field, unit), samples };
}

function histogramSamples(series: EventSeries, divisor: number): readonly PrometheusSample[] {
  const { histogram, unit } = series;
  const bounds = bucketBounds(unit);
  const labels = labelsOf(series);
  const upTo = histogram.countsUpTo(bounds);
  const bucket = (bound: number, value: number): PrometheusSample => ({
    suffix: "_bucket",
    labels: [...labels, ["le", numberText(bound)]],
    value,
  });
  return [
    ...bounds.map((bound, at) => bucket(bound / divisor, upTo[at] ?? 0)),
    bucket(Number.POSITIVE_INFINITY, histogram.count),
    { suffix: "_sum", labels, value: histogram.sum / divisor },
    { suffix: "_count", labels, value: histogram.count },
  ];
}

function gaugeFamily({ name, doc, samples }: Gauge): PrometheusFamily {
  return {
    name,
    type: "gauge",
    help: doc,
    samples: samples.map(({ labels, value }) => ({ labels: Object.entries(labels), value })),
  };
}

/** The job, where there is one, and the labels of the row. */
function labelsOf({
  job,
  labels,
}: Pick<EventSeries, "job" | "labels">): readonly (readonly [string, string])[] {
  const own = Object.entries(labels).map(([name, value]) => [snakeCase(name), value] as const);
  return [["job", job ?? ""], ...own];
}
