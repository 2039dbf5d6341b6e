/**
 * What is counted more finely than by row: occurrences and histograms for each job and each combination of
 * the row's `by` fields. Memory is bounded: what is beyond the bounds is counted together.
 */
import { Histogram } from "../observe/histogram.ts";
import { Moments } from "../observe/moments.ts";
import type { EventRow } from "./define.ts";

/** How one field of one row was spread, for one job and one combination of labels. Live: it goes on counting. */
export interface EventSeries {
  /** Name of the row. */
  readonly ev: string;
  readonly field: string;
  /** Unit of the values. */
  readonly unit: "ms" | "bytes" | "tokens" | "count";
  /** `null` for events outside of any task; {@link OTHER_JOBS} for the jobs beyond the bound. */
  readonly job: string | null;
  /** The `by` fields of the row with their values; empty where it has none. */
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
  readonly moments: Moments;
}

/** The counter of a row for one job and one combination of labels. */
export interface LabelledCount {
  readonly ev: string;
  readonly job: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** What this process counted, in the unit of the row. */
  readonly value: number;
}

/** So many jobs have counts of their own per row; the rest share one, so that memory stays bounded. */
const SERIES_JOBS_MAX = 200;
/** So many combinations of job and labels a row has; what is beyond is counted under {@link OTHER_JOBS} alone. */
const SERIES_GROUPS_MAX = 800;
/** Job, and label, of what is beyond the bounds. No job can be named so. */
export const OTHER_JOBS = "(other)";

/** Longer values, in characters, are no labels. */
const LABEL_MAX = 256;

type Attrs = Readonly<Record<string, string | number>>;

/** One job and one combination of labels. */
interface Group {
  readonly job: string | null;
  /** In the order of `by`. */
  readonly labels: readonly string[];
  value: number;
  /** In the order of `hist`. */
  readonly series: readonly EventSeries[];
}

/** A step on the way to a group: by job, then by each label. */
interface Branch {
  readonly branches: Map<string | number | null, Branch>;
  group: Group | null;
}

/** The finer counts of one row. */
export class RowSeries {
  readonly #ev: string;
  readonly #row: EventRow;
  readonly #hist: readonly string[];
  readonly #by: readonly string[];
  readonly #root: Branch = { branches: new Map(), group: null };
  readonly #groups: Group[] = [];
  /** The group of the event before: the next one is often of the same, and comparing is cheaper than a lookup. */
  #latest: Group | null = null;

  constructor(ev: string, row: EventRow) {
    this.#ev = ev;
    this.#row = row;
    this.#hist = row.hist ?? [];
    this.#by = row.by ?? [];
  }

  /** Whether a row counts anything finer at all. */
  static wantedBy(row: EventRow): boolean {
    return (row.hist?.length ?? 0) + (row.by?.length ?? 0) > 0;
  }

  /** Count one event. A field that is missing, because the body failed, is left out. */
  record(attrs: Attrs, job: string | null, amount: number): void {
    let group = this.#latest;
    if (group === null || !this.#fits(group, attrs, job)) {
      group = this.#known(attrs, job) ?? this.#make(attrs, job);
      this.#latest = group;
    }
    group.value += amount;
    const { series } = group;
    for (let at = 0; at < series.length; at += 1) {
      const one = series[at] as EventSeries;
      const value = attrs[one.field];
      if (typeof value !== "number") continue;
      one.histogram.record(value);
      one.moments.record(value);
    }
  }

  /** Every series there is so far, field by field. */
  series(): readonly EventSeries[] {
    return this.#hist.flatMap((_, at) => this.#groups.map(({ series }) => series[at] as EventSeries));
  }

  /** Every count there is so far. */
  counts(): readonly LabelledCount[] {
    return this.#groups.map(({ job, labels, value }) => ({
      ev: this.#ev,
      job,
      labels: this.#named(labels),
      value,
    }));
  }

  #fits(group: Group, attrs: Attrs, job: string | null): boolean {
    if (group.job !== job) return false;
    const by = this.#by;
    for (let at = 0; at < by.length; at += 1) if (group.labels[at] !== attrs[by[at] as string]) return false;
    return true;
  }

  /** By lookups alone: this runs for every event. */
  #known(attrs: Attrs, job: string | null): Group | null {
    let branch = this.#root.branches.get(job);
    const by = this.#by;
    for (let at = 0; at < by.length && branch !== undefined; at += 1)
      branch = branch.branches.get(attrs[by[at] as string] ?? null);
    return branch?.group ?? null;
  }

  #make(attrs: Attrs, job: string | null): Group {
    const { branches } = this.#root;
    const labels = this.#by.map((name) => labelOf(attrs[name]));
    const owner = branches.has(job) || branches.size < SERIES_JOBS_MAX ? job : OTHER_JOBS;
    // Again, as what is beyond a bound goes by another name than it came with.
    const known = this.#known(this.#named(labels), owner);
    if (known !== null) return known;
    if (this.#groups.length < SERIES_GROUPS_MAX) return this.#grow(owner, labels);
    return this.#grow(
      OTHER_JOBS,
      labels.map(() => OTHER_JOBS),
    );
  }

  /** The group of these, made where there is none. */
  #grow(job: string | null, labels: readonly string[]): Group {
    let branch = this.#root;
    for (const key of [job, ...labels]) {
      let next = branch.branches.get(key);
      if (next === undefined) {
        next = { branches: new Map(), group: null };
        branch.branches.set(key, next);
      }
      branch = next;
    }
    return (branch.group ??= this.#open(job, labels));
  }

  #open(job: string | null, labels: readonly string[]): Group {
    const series = this.#hist.map((field) => this.#seriesOf(field, job, labels));
    const group = { job, labels, value: 0, series };
    this.#groups.push(group);
    return group;
  }

  #seriesOf(field: string, job: string | null, labels: readonly string[]): EventSeries {
    const kind = this.#row.fields[field]?.kind;
    const unit = kind === "ms" || kind === "bytes" || kind === "tokens" ? kind : "count";
    return {
      ev: this.#ev,
      field,
      unit,
      job,
      labels: this.#named(labels),
      histogram: new Histogram(),
      moments: new Moments(),
    };
  }

  #named(labels: readonly string[]): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#by.map((name, at) => [name, labels[at] ?? ""]));
  }
}

/** A label is a word. What is longer is a mistake, which must not fill the memory. */
function labelOf(value: string | number | undefined): string {
  const text = String(value ?? "");
  return text.length > LABEL_MAX ? OTHER_JOBS : text;
}
