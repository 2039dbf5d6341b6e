/**
 * The mining of one reading: records are folded into the open segment, and what was found is committed
 * together with how far the file was read. Killed between two commits, the next reading starts at the last
 * one and makes the same memories: nothing is read twice that was committed, nothing committed is lost.
 */
import { closes, emptySegment, nextSegment, step } from "../mine/fold.ts";
import { memories } from "../mine/memories.ts";
import type { SegmentState } from "../mine/segment-state.ts";
import type { Json } from "jobkit-core";
import type { Applied } from "../store/memory-store.ts";
import type { SegmentPlace, TranscriptName, TranscriptProgress } from "../store/progress.ts";
import { remember } from "../store/remember.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { NewSeenRecord } from "../store/seen.ts";
import type { TranscriptRecord } from "../transcript/record.ts";
import { placeRecord, type SeenRecords, type TurnPlace } from "../transcript/tree.ts";

/** Author of what the miner writes, as stored with every version. */
export const MINER = "miner:segment";

/** What one commit did to one segment. */
export interface SegmentOutcome {
  readonly segment: number;
  readonly episodes: number;
  readonly facts: number;
  readonly applied: Applied;
}

export class TranscriptMining {
  readonly #store: SqliteMemoryStore;
  readonly #name: TranscriptName;
  readonly #generation: number;
  readonly #met = new Map<string, NewSeenRecord>();
  #closed: SegmentState[] = [];
  #open: SegmentState;
  #changed = false;
  #duplicates = 0;

  /** Goes on with the open segment of this generation where there is one. */
  constructor(store: SqliteMemoryStore, name: TranscriptName, generation: number) {
    this.#store = store;
    this.#name = name;
    this.#generation = generation;
    this.#open = openSegment(store, name, generation);
  }

  /** Records that were known already, from this file or another. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Fold one more record, in file order. */
  take(record: TranscriptRecord): void {
    if (record.uuid !== null && this.#seen.find(record.uuid) !== null) {
      this.#duplicates += 1;
      return;
    }
    if (closes(this.#open, record)) {
      this.#closed.push(this.#open);
      this.#open = nextSegment(this.#open, record);
    }
    const { turn, rewindToTurn } = placeRecord(record, this.#here(), this.#seen);
    this.#open = step(this.#open, record, { duplicate: false, rewindToTurn });
    this.#changed = true;
    if (record.uuid !== null) this.#met.set(record.uuid, { ...this.#place(), uuid: record.uuid, turn });
  }

  /** Write what was found since the last commit, and `progress`, in one transaction. One outcome per touched segment. */
  commit(progress: TranscriptProgress, atMs: number): readonly SegmentOutcome[] {
    const touched = [...this.#closed, ...(this.#changed ? [this.#open] : [])];
    const outcomes = this.#store.atomically(`committing a reading of ${this.#name.name}`, () => {
      this.#store.progress.saveTranscript(progress);
      const done = touched.map((state) => this.#commitSegment(state, atMs));
      this.#store.progress.seen.add([...this.#met.values()]);
      return done;
    });
    this.#closed = [];
    this.#changed = false;
    this.#met.clear();
    return outcomes;
  }

  #commitSegment(state: SegmentState, atMs: number): SegmentOutcome {
    const found = memories(state);
    const segment: SegmentPlace = {
      root: this.#name.root,
      transcript: this.#name.name,
      generation: this.#generation,
      index: state.place.segment,
    };
    const episode = found.find(({ category }) => category === "episode") ?? null;
    const applied = remember(this.#store, {
      segment,
      author: MINER,
      atMs,
      memories: found,
      alongside: () =>
        this.#store.progress.saveSegment({
          ...segment,
          // A state is plain JSON by its own definition; only its type does not say so.
          state: state === this.#open ? (state as unknown as Json) : null,
          episode: episode?.key ?? null,
          outcome: found.length === 0 ? "nothing" : "mined",
        }),
    });
    const episodes = episode === null ? 0 : 1;
    return { segment: state.place.segment, episodes, facts: found.length - episodes, applied };
  }

  /** Where a record was met first: in what this reading has not committed yet, else in the store. */
  readonly #seen: SeenRecords = {
    find: (uuid) => {
      const seen = this.#met.get(uuid) ?? this.#store.progress.seen.find(uuid);
      return seen === null ? null : { transcript: fileOf(seen), segment: seen.segment, turn: seen.turn };
    },
  };

  #place(): Omit<NewSeenRecord, "uuid" | "turn"> {
    return { ...this.#name, generation: this.#generation, segment: this.#open.place.segment };
  }

  #here(): TurnPlace {
    const { segment } = this.#open.place;
    return { transcript: fileOf(this.#place()), segment, turnsBegun: this.#open.turnsBegun };
  }
}

/** One text for one file: what stood at a path before it was replaced is another. */
function fileOf({ root, name, generation }: TranscriptName & { readonly generation: number }): string {
  return JSON.stringify([root, name, generation]);
}

function openSegment(store: SqliteMemoryStore, name: TranscriptName, generation: number): SegmentState {
  const last = store.progress.segments(name).findLast((one) => one.generation === generation);
  if (last?.state !== null && last?.state !== undefined) return last.state as unknown as SegmentState;
  return emptySegment({
    transcript: name.name,
    generation,
    segment: last === undefined ? 0 : last.index + 1,
  });
}
