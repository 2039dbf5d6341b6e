/** What the two sides of a worker thread say to each other. Everything here is copied between them. */

/** The half of a channel that each side holds, as far as it is used here. */
export interface ThreadPort {
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "close", listener: () => void): unknown;
  postMessage(message: unknown): void;
  close(): void;
}

/** What a function in a thread is called with. */
export interface ThreadRequest {
  readonly input: unknown;
  readonly attempt: number;
  readonly labels: Readonly<Record<string, string>>;
  /** For reports from the thread, and for the one word to it: stop. */
  readonly port: ThreadPort;
  /** Shared by both sides; see {@link REPORTS}. */
  readonly pending: Int32Array;
}

/** Places in `pending`: reports of progress, and lines for people, that are on their way. */
export const REPORTS = { progress: 0, lines: 1 } as const;

/**
 * So many lines may be on their way; a thread in a busy loop that leaves more has them dropped, and counted.
 * Of progress one report is enough: the next one says more.
 */
export const LINES_MAX = 1_000;

/** An error without its class, which does not survive being copied. */
export interface ThreadError {
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
}

/** From the thread, while it works. */
export type ThreadReport =
  | {
      readonly kind: "progress";
      readonly done: number;
      readonly total: number;
      readonly text: string;
      readonly counters: Readonly<Record<string, number>>;
    }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "warn"; readonly text: string };

/** To the thread: stop, and why. */
export interface ThreadStop {
  readonly stop: ThreadError;
}

/** From the thread, at the end. */
export type ThreadAnswer =
  | { readonly threadAnswer: "done"; readonly result: unknown }
  | { readonly threadAnswer: "failed"; readonly error: ThreadError };
