import type { EventRow } from "./define.ts";
import type { Registered } from "./fan-out.ts";
import { RowSeries } from "./series.ts";

/** One row of a bus with its counter and who listens to it. Flat, because every event touches it. */
export class BusRow {
  readonly name: string;
  readonly row: EventRow;
  /** Whether its events get numbers of their own. */
  readonly numbered: boolean;
  readonly series: RowSeries | null;
  value = 0;
  restored = 0;
  /** Replaced, never changed: a delivery under way goes on over the list it began with. */
  listeners: readonly Registered[] = [];
  /** Nobody wants more than the count: the body is not run. */
  quiet: boolean;

  constructor(name: string, row: EventRow) {
    this.name = name;
    this.row = row;
    this.numbered = row.transient !== true;
    this.series = RowSeries.wantedBy(row) ? new RowSeries(name, row) : null;
    this.quiet = this.series === null;
  }

  listen(listeners: readonly Registered[]): void {
    this.listeners = listeners;
    this.quiet = this.series === null && listeners.length === 0;
  }
}
