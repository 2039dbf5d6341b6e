/** The histograms that the `hist` fields of the rows feed: one for each row, field and job. */
import { Histogram } from "../observe/histogram.ts";
import { Moments } from "../observe/moments.ts";
import type { EventRow } from "./define.ts";

/** How one field of one row was spread, for one job. Live: it goes on counting. */
export interface EventSeries {
  /** Name of the row. */
  readonly ev: string;
  readonly field: string;
  /** Unit of the values. */
  readonly unit: "ms" | "bytes" | "tokens" | "count";
  /** `null` for events outside of any task; {@link OTHER_JOBS} for the jobs beyond the bound. */
  readonly job: string | null;
  readonly histogram: Histogram;
  readonly moments: Moments;
}

/** So many jobs have series of their own per field; the rest share one, so that memory stays bounded. */
const SERIES_JOBS_MAX = 200;
/** Job of the series shared by all jobs beyond {@link SERIES_JOBS_MAX}. No job can be named so. */
export const OTHER_JOBS = "(other)";

/** The series of one row. */
export class RowSeries {
  readonly #fields: readonly { readonly name: string; readonly jobs: Map<string | null, EventSeries> }[];
  readonly #ev: string;
  readonly #row: EventRow;

  constructor(ev: string, row: EventRow) {
    this.#ev = ev;
    this.#row = row;
    this.#fields = (row.hist ?? []).map((name) => ({ name, jobs: new Map<string | null, EventSeries>() }));
  }

  /** Feed the series of one event. */
  record(attrs: Readonly<Record<string, string | number>>, job: string | null): void {
    for (const { name, jobs } of this.#fields) {
      const value = attrs[name];
      if (typeof value !== "number") continue;
      const series = jobs.get(job) ?? this.#open(name, jobs, job);
      series.histogram.record(value);
      series.moments.record(value);
    }
  }

  /** Every series there is so far. */
  *[Symbol.iterator](): Generator<EventSeries> {
    for (const { jobs } of this.#fields) yield* jobs.values();
  }

  #open(field: string, jobs: Map<string | null, EventSeries>, asked: string | null): EventSeries {
    const job = jobs.size < SERIES_JOBS_MAX ? asked : OTHER_JOBS;
    const known = jobs.get(job);
    if (known !== undefined) return known;
    const kind = this.#row.fields[field]?.kind;
    const unit = kind === "ms" || kind === "bytes" || kind === "tokens" ? kind : "count";
    const series: EventSeries = {
      ev: this.#ev,
      field,
      unit,
      job,
      histogram: new Histogram(),
      moments: new Moments(),
    };
    jobs.set(job, series);
    return series;
  }
}
