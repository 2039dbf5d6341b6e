/** How far ahead a date is looked up along with the one asked for. */
const AHEAD_MS = 4 * 3_600_000;

/** Dates and times of day in one time zone. */
export class LocalCalendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  /** The date found last, and from when to when it is known to be that: most questions come in the order of time. */
  #known = { fromMs: 0, untilMs: -1, date: "" };

  /** @throws RangeError for a time zone that the platform does not know. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    this.timeZone = timeZone;
  }

  /** The date at a moment, in ms since 1970; years 1 to 9999. */
  dateOf(ms: number): string {
    if (ms >= this.#known.fromMs && ms <= this.#known.untilMs) return this.#known.date;
    const date = this.#dateAt(ms);
    // Dates never go back, also where clocks do, so what lies between two moments of one date has that date too.
    const aheadMs = ms + AHEAD_MS;
    this.#known = { fromMs: ms, untilMs: this.#dateAt(aheadMs) === date ? aheadMs : ms, date };
    return date;
  }

  /** "09:05". */
  timeOf(ms: number): string {
    const parts = this.#parts(ms);
    return `${parts["hour"]}:${parts["minute"]}`;
  }

  #dateAt(ms: number): string {
    const parts = this.#parts(ms);
    return `${parts["year"]?.padStart(4, "0")}-${parts["month"]}-${parts["day"]}`;
  }

  #parts(ms: number): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(this.#format.formatToParts(ms).map(({ type, value }) => [type, value]));
  }
}

/**
 * The calendar of a configured time zone, or of the machine's where none is configured.
 * @throws RangeError that names the zone when the platform does not know it.
 */
export function chooseCalendar(configured: string, ofMachine: string): LocalCalendar {
  const timeZone = configured === "" ? ofMachine : configured;
  try {
    return new LocalCalendar(timeZone);
  } catch (cause) {
    throw new RangeError(
      `time zone ${JSON.stringify(timeZone)} is not known here; "Europe/Berlin" is a name`,
      {
        cause,
      },
    );
  }
}
