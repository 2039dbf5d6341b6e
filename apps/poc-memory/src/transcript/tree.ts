/**
 * The place of a record in the tree of its session, from its own parent alone: no chain is walked, so cycles
 * and missing parents cost nothing. A person who goes back writes a prompt whose parent lies in an earlier
 * turn; parallel tools and progress lines branch too, but inside a turn, and mean nothing.
 */
import type { TranscriptRecord } from "./record.ts";

/** Where a record was seen first. The store keeps these for every uuid of every transcript. */
export interface SeenPlace {
  /** Names one file in one generation, of any form: it is compared, never read. */
  readonly transcript: string;
  /** Segment of that transcript, from 0. */
  readonly segment: number;
  /** Turn of that segment, from 0; -1 before its first. */
  readonly turn: number;
}

/** Looks up records that were seen before, in any transcript. */
export interface SeenRecords {
  /** `null` for a uuid that was never seen. */
  find(uuid: string): SeenPlace | null;
}

/** Where the reading stands when a record arrives. */
export interface TurnPlace {
  /** As `SeenPlace.transcript`. */
  readonly transcript: string;
  readonly segment: number;
  /** Turns of the segment begun before this record: the number of the next. */
  readonly turnsBegun: number;
}

/** Where a record belongs. */
export interface RecordPlace {
  /** It was seen before, here or in another file (a fork, an older resume): it adds nothing. */
  readonly duplicate: boolean;
  /** It begins a turn: it holds a prompt of the main chain and is no duplicate. */
  readonly beginsTurn: boolean;
  /** The turn it belongs to; what is to be remembered under its uuid. -1 before the first. */
  readonly turn: number;
  /**
   * Set where its prompt goes back: turns of this segment with this number and above are abandoned.
   * `null` where it continues, and where its parent is unknown, in another segment or in another file.
   */
  readonly rewindToTurn: number | null;
}

/** Find the place of a record. Pure; asks `seen` for the record's own uuid and its parent's, nothing else. */
export function placeRecord(record: TranscriptRecord, at: TurnPlace, seen: SeenRecords): RecordPlace {
  const newest = at.turnsBegun - 1;
  const own = record.uuid === null ? null : seen.find(record.uuid);
  if (own !== null) return { duplicate: true, beginsTurn: false, turn: newest, rewindToTurn: null };
  const parentTurn = turnOfParent(record, at, seen);
  const beginsTurn = !record.sidechain && record.entries.some((entry) => entry.kind === "prompt");
  if (!beginsTurn) return { duplicate: false, beginsTurn, turn: parentTurn ?? newest, rewindToTurn: null };
  const rewinds = parentTurn !== null && parentTurn < newest;
  return {
    duplicate: false,
    beginsTurn,
    turn: at.turnsBegun,
    rewindToTurn: rewinds ? parentTurn + 1 : null,
  };
}

function turnOfParent(record: TranscriptRecord, at: TurnPlace, seen: SeenRecords): number | null {
  if (record.parentUuid === null || record.parentUuid === record.uuid) return null;
  const parent = seen.find(record.parentUuid);
  if (parent === null || parent.transcript !== at.transcript || parent.segment !== at.segment) return null;
  return Math.min(parent.turn, at.turnsBegun - 1);
}
