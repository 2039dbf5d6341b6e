import { createHash } from "node:crypto";
import type { NodeOutline } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { DigestLevel } from "./level.ts";

/** Which rules digests are written by: a new number makes all of them due again. */
const RULES = 1;

const FINGERPRINT_CHARS = 16;

/** What a digest was made from, by its first date: bookkeeping beside the graph, one cursor for each level. */
export class MadeDigests {
  readonly #store: SqliteMemoryStore;

  constructor(store: SqliteMemoryStore) {
    this.#store = store;
  }

  /** Fingerprints of the sources that each digest of a level was made from. */
  of(level: DigestLevel): ReadonlyMap<string, string> {
    const text = this.#store.progress.cursor(cursorOf(level));
    return new Map(text === null ? [] : Object.entries(JSON.parse(text) as Record<string, string>));
  }

  /** Remember what one was made from; `null` that it is no more. */
  note(level: DigestLevel, start: string, fingerprint: string | null): void {
    const made = new Map(this.of(level));
    if (fingerprint === null) made.delete(start);
    else made.set(start, fingerprint);
    this.#store.progress.setCursor(cursorOf(level), JSON.stringify(Object.fromEntries(made)));
  }
}

function cursorOf(level: DigestLevel): string {
  return `digest.${level}`;
}

/**
 * What sources say, in a few characters: changes when one of them comes, goes or is written again, not when it is
 * weighed or linked; and with the time zone, whose midnights part the days.
 */
export function fingerprintOf(sources: readonly NodeOutline[], timeZone: string): string {
  const names = sources.map(({ key, version, type }) => `${type} ${key} ${version}`).toSorted();
  return createHash("sha256")
    .update([`rules ${RULES}`, timeZone, ...names].join("\n"))
    .digest("hex")
    .slice(0, FINGERPRINT_CHARS);
}
