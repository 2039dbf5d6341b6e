import { statSync } from "node:fs";
import type { Clock, CodedError } from "jobkit-core";
import { sqliteError } from "./errors.ts";

/**
 * Looked at no more often than once in so many ms. Whoever deletes the file deletes all that was ever answered: what is
 * answered in that time beside it is no worse.
 */
const LOOK_MS = 10;

/**
 * Notices that a queue file, or its log, is no longer what stands at its path: SQLite would go on in files that
 * nobody finds again, and say that all is well.
 */
export class Presence {
  readonly #paths: readonly string[];
  readonly #opened: readonly (string | null)[];
  readonly #clock: Clock;
  #lookAtMs = Number.NEGATIVE_INFINITY;

  /** The file and its log must be open. */
  constructor(path: string, clock: Clock) {
    this.#paths = [path, `${path}-wal`];
    this.#opened = this.#paths.map(identity);
    this.#clock = clock;
  }

  /** Why nothing may be answered any more, or `null`. */
  lost(): CodedError | null {
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#lookAtMs) return null;
    this.#lookAtMs = nowMs + LOOK_MS;
    const at = this.#paths.findIndex((path, index) => identity(path) !== this.#opened[index]);
    if (at === -1) return null;
    return sqliteError("QUEUE_IO", `using ${this.#paths[at]}, which was deleted or replaced meanwhile`, {
      next: "Put the file and its log back where they were, if they are anywhere, then open the queue again.",
    });
  }
}

/** Which file stands there; `null` for none. */
function identity(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev} ${found.ino}`;
}
