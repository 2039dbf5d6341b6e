/**
 * The vocabulary of event tables. A row says what cannot be derived: a stable id, what is counted,
 * how bad it is, the fields with their kinds, one sentence. Everything else (counter, typed payload,
 * histogram, documentation, JSON) is derived from it elsewhere in this folder.
 */

/** How a field may be used, decided once, in its row. */
export type FieldKind =
  | "id" // unique per thing: searchable, never a metric label
  | "label" // few distinct values: a metric label, a group
  | "ms" // a duration
  | "bytes" // an amount of data
  | "tokens" // an amount of tokens, as something else counts them
  | "count" // a whole number
  | "text"; // free words for people

/** One field of a row. `values` is present where the field is one of a list. */
export interface Field<T> {
  readonly kind: FieldKind;
  readonly values?: readonly string[];
  /** Carries the type only; never present. */
  readonly type?: T;
}

/** The field kinds as constructors, for use in rows. */
export const field = {
  id: { kind: "id" } as Field<string>,
  label: { kind: "label" } as Field<string>,
  ms: { kind: "ms" } as Field<number>,
  bytes: { kind: "bytes" } as Field<number>,
  tokens: { kind: "tokens" } as Field<number>,
  count: { kind: "count" } as Field<number>,
  text: { kind: "text" } as Field<string>,
  /** A label that is one of these values. */
  oneOf: <const V extends readonly string[]>(...values: V): Field<V[number]> => ({ kind: "label", values }),
} as const;

/** What the counter of a row counts: occurrences, or an amount. */
export type EventUnit = "count" | "bytes" | "tokens" | "ms";

/** How bad it is. `warn` means that a person should look; success is never `warn`. */
export const severities = ["trace", "info", "warn", "error"] as const;
/** One of {@link severities}, mildest first. */
export type Severity = (typeof severities)[number];

/** One row: one kind of fact. */
export interface EventRow {
  /** Stable number of the wire. Append only; dense within its table; never reused. */
  readonly id: number;
  readonly unit: EventUnit;
  readonly sev: Severity;
  /** One sentence from the reader's side; units and starting points of durations are stated. */
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** The fields (of kind ms, bytes, tokens or count) that also feed a histogram. */
  readonly hist?: readonly string[];
  /**
   * The label fields whose values are counted apart, for each job, together with the histograms of the row:
   * the labels of its metrics. Costs a run of the body per event, so it is for rows that come once per task.
   */
  readonly by?: readonly string[];
  /**
   * Counted and shown live, but neither numbered nor kept: for facts that come many times a second. A row
   * without it is durable: numbered without holes, in every log, replayed to who comes back. It is so for ever:
   * changing it changes what a resumed reader sees. The counters of both kinds go on after a restart where the
   * shell keeps them (EventBus.restore); histograms and counts by label start anew with the process.
   */
  readonly transient?: true;
  /** Retired: keeps its id, can no longer be emitted. */
  readonly obsolete?: true;
}

/** Name to row. A name is `noun.pastVerb`: what happened, never what should happen. */
export type EventTable = Readonly<Record<string, EventRow>>;

/** The payload type of a row. */
export type FieldsOf<R extends EventRow> = {
  readonly [K in keyof R["fields"]]: R["fields"][K] extends Field<infer T> ? T : never;
};

/** The names of a table that can be emitted as occurrences. */
export type CountName<T extends EventTable> = {
  [N in keyof T & string]: T[N] extends { obsolete: true } ? never : T[N]["unit"] extends "count" ? N : never;
}[keyof T & string];

/** The names of a table that are emitted with an amount. */
export type AmountName<T extends EventTable> = {
  [N in keyof T & string]: T[N] extends { obsolete: true } ? never : T[N]["unit"] extends "count" ? never : N;
}[keyof T & string];

/** The names of a table that something may still be reported under. */
export type LiveName<T extends EventTable> = CountName<T> | AmountName<T>;

/** First id of the rows of applications; smaller ones belong to jobkit. */
export const FIRST_APP_EVENT_ID = 1000;

const NAME = /^[a-z][a-z0-9]*(\.[a-z][a-zA-Z0-9]*)+$/;

/** The names of the other rows with the id of row N. */
type IdTwin<T extends EventTable, N extends keyof T> = {
  [M in Exclude<keyof T, N>]: T[M]["id"] extends T[N]["id"] ? M : never;
}[Exclude<keyof T, N>];

/** The fields of a row that hold a V; any name where the row is not known to the compiler. */
type FieldNamed<R extends EventRow, V> = string extends keyof R["fields"]
  ? string
  : { [K in keyof R["fields"] & string]: R["fields"][K] extends Field<V> ? K : never }[keyof R["fields"] &
      string];

/** What the rows of a table must be beside rows: checked where each row is written. */
type Sound<T extends EventTable> = {
  readonly [N in keyof T]: {
    readonly id: [IdTwin<T, N>] extends [never] ? number : never;
    readonly hist?: readonly FieldNamed<T[N], number>[];
    readonly by?: readonly FieldNamed<T[N], string>[];
  };
};

/**
 * Declare a table of events. What types cannot check is checked here, at load: ids are dense from
 * `firstId`, names are well formed, no sentence is missing or stands twice, `hist` names numeric fields and `by` labels.
 * @param firstId 1 for jobkit's own table; {@link FIRST_APP_EVENT_ID} for an application's.
 * @throws RangeError naming the row that breaks a rule.
 */
export function defineEvents<const T extends EventTable>(
  table: T & Sound<T>,
  firstId: number = FIRST_APP_EVENT_ID,
): T {
  const docs = new Map<string, string>();
  let nextId = firstId;
  for (const [name, row] of Object.entries<EventRow>(table)) {
    if (!NAME.test(name)) throw new RangeError(`event ${name}: a name is noun.pastVerb`);
    if (row.id !== nextId)
      throw new RangeError(`event ${name}: id ${row.id}, expected ${nextId} (ids are dense)`);
    nextId += 1;
    if (row.doc.trim() === "") throw new RangeError(`event ${name}: its sentence is missing`);
    const twin = docs.get(row.doc);
    if (twin !== undefined) throw new RangeError(`event ${name}: same sentence as ${twin}`);
    docs.set(row.doc, name);
    for (const [key, { values }] of Object.entries(row.fields))
      if (values?.length === 0) throw new RangeError(`event ${name}: ${key} has no values to choose from`);
    checkUse(name, row);
  }
  return table;
}

function checkUse(name: string, { fields, hist = [], by = [] }: EventRow): void {
  for (const key of hist) {
    const kind = fields[key]?.kind;
    if (kind === undefined || kind === "id" || kind === "label" || kind === "text")
      throw new RangeError(`event ${name}: ${key} is not a number, so it has no histogram`);
  }
  for (const key of by) {
    if (fields[key]?.kind !== "label")
      throw new RangeError(`event ${name}: ${key} is not a label to count by`);
    if (RESERVED_LABELS.has(key)) throw new RangeError(`event ${name}: the label ${key} is taken`);
  }
}

/** Labels that metrics have by themselves: of the scope, and of the buckets of a histogram. */
const RESERVED_LABELS: ReadonlySet<string> = new Set(["job", "le"]);
