/** What kind of value a row takes. Durations are ms, sizes are bytes; text forms such as "5m" or "8MiB" are read too. */
export type SettingKind = "duration" | "bytes" | "count" | "ratio" | "text" | "path" | "flag" | "list";

/** The value type of a kind. */
export interface SettingTypes {
  readonly duration: number;
  readonly bytes: number;
  readonly count: number;
  readonly ratio: number;
  readonly text: string;
  readonly path: string;
  readonly flag: boolean;
  readonly list: readonly string[];
}

/** One row. `default` must lie in the range. */
export interface SettingRow<K extends SettingKind = SettingKind> {
  readonly kind: K;
  readonly default: SettingTypes[K];
  /** Least and greatest, in the unit of the kind, for the four numeric kinds. */
  readonly min?: number;
  readonly max?: number;
  /** Allowed values of a text. */
  readonly oneOf?: readonly string[];
  /** One sentence: what it does and why the default is what it is. */
  readonly doc: string;
  /** What gets better and what gets worse when it is larger (or on). */
  readonly larger?: string;
  /** The same for smaller (or off). */
  readonly smaller?: string;
  /** May be changed without a restart. */
  readonly reload?: true;
}

/** Dotted name to row: `events.segmentBytes` stands in the file as `events: { segmentBytes: … }`. */
export type SettingTable = Readonly<Record<string, SettingRow>>;

/** The effective values of a table, by dotted name. */
export type SettingValues<T extends SettingTable> = {
  readonly [N in keyof T]: SettingTypes[T[N]["kind"]];
};
