/** What the table says of one error code. */
export interface ErrorRow {
  /** May doing the same again later succeed? A task that fails with `false` is not retried. */
  readonly retry: boolean;
  /** One sentence: what it means, from the reader's side. */
  readonly doc: string;
  /** One sentence: what to do next. */
  readonly next: string;
}

/** Code to row. Codes are stable once released and never reused; words may change. */
export type ErrorTable = Readonly<Record<string, ErrorRow>>;

/** What a coded error may carry beside its code. */
export interface CodedErrorOptions {
  readonly cause?: unknown;
  /** Replaces the row's advice where the place knows better. */
  readonly next?: string;
}

/** An error with a stable `code`, the sentence of what was being done to what, and what to do next. */
export class CodedError extends Error {
  readonly code: string;
  readonly retry: boolean;
  readonly next: string;

  constructor(code: string, row: ErrorRow, doing: string, options: CodedErrorOptions = {}) {
    super(doing, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CodedError";
    this.code = code;
    this.retry = row.retry;
    this.next = options.next ?? row.next;
  }
}

/** Makes the errors of one table: the code is checked by the compiler, the rest comes from its row. */
export type ErrorMaker<T extends ErrorTable> = (
  code: keyof T & string,
  doing: string,
  options?: CodedErrorOptions,
) => CodedError;

/**
 * Declare a world of errors. `doing` completes the sentence "<code> while …" and names the thing.
 * @example
 * const memoryError = defineErrors({ STORE_CORRUPT: { retry: false, doc: "…", next: "…" } });
 * throw memoryError("STORE_CORRUPT", "opening memory.db", { cause });
 */
export function defineErrors<const T extends ErrorTable>(table: T): ErrorMaker<T> & { readonly table: T } {
  const make = (code: keyof T & string, doing: string, options?: CodedErrorOptions): CodedError => {
    const row = Object.hasOwn(table, code) ? table[code] : undefined;
    if (row === undefined) throw new RangeError(`no such error code: ${code}`);
    return new CodedError(code, row, doing, options);
  };
  return Object.assign(make, { table });
}

/**
 * Any thrown value as `{ code, message }`; what carries no code gets "INTERNAL". Never throws, not even for
 * a value whose own conversion to text does.
 */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  try {
    if (error instanceof CodedError) return { code: error.code, message: error.message };
    if (error instanceof Error) return { code: "INTERNAL", message: error.message || error.name };
    return { code: "INTERNAL", message: String(error) };
  } catch {
    return { code: "INTERNAL", message: "a thrown value that has no words" }; // It threw while being described.
  }
}
