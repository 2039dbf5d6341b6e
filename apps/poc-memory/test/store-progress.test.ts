import { describe, expect, test } from "vitest";
import { openMemoryStore } from "../src/store/open.ts";
import {
  SEGMENT_STATE_BYTES_MAX,
  type SegmentProgress,
  type TranscriptProgress,
} from "../src/store/progress.ts";

const open = () => openMemoryStore({ path: ":memory:", mode: "write" });

const transcript: TranscriptProgress = {
  root: "/t",
  name: "p/s.jsonl",
  identity: { inode: 2 ** 53 - 1, size: 900, headHash: "ab".repeat(32), headBytes: 900 },
  position: { offset: 812, line: 7 },
  generation: 0,
  state: "reading",
  linesKept: 5,
  linesSkipped: { "too-long": 1, "not-json": 1 },
  mtimeMs: 1_700_000_000_000.25,
};
const segment: SegmentProgress = {
  root: "/t",
  transcript: "p/s.jsonl",
  generation: 0,
  index: 0,
  state: { turns: [1, "two", null], nested: { deep: true } },
  episode: null,
  outcome: null,
};

describe("progress", () => {
  test("what was saved is read again, and saving again replaces it", () => {
    using store = open();
    store.progress.saveTranscript(transcript);
    store.progress.saveSegment(segment);
    const closed = { ...segment, state: null, episode: "episode/x", outcome: "mined" as const };

    expect(store.progress.transcript(transcript)).toEqual(transcript);
    expect(store.progress.segment(segment)).toEqual(segment);
    store.progress.saveTranscript({ ...transcript, state: "current", generation: 1 });
    store.progress.saveSegment(closed);
    expect(store.progress.transcripts()).toEqual([{ ...transcript, state: "current", generation: 1 }]);
    expect(store.progress.segments(transcript)).toEqual([closed]);
    expect(store.progress.totals()).toEqual({
      known: 1,
      current: 1,
      reading: 0,
      bytesRead: 812,
      linesKept: 5,
      segments: 1,
    });
  });

  test("two roots may hold transcripts of one name", () => {
    using store = open();
    const other = { ...transcript, root: "/other", linesKept: 9 };
    store.progress.saveTranscript(transcript);
    store.progress.saveTranscript(other);
    store.progress.forgetTranscript(transcript);

    expect(store.progress.transcript(transcript)).toBeNull();
    expect(store.progress.transcript(other)).toEqual(other);
  });

  test("a record keeps the place where it was first met", () => {
    using store = open();
    store.progress.saveTranscript(transcript);
    const first = { root: "/t", name: "p/s.jsonl", generation: 0, segment: 0, turn: 3 };

    expect(
      store.progress.seen.add([
        { ...first, uuid: "u" },
        { ...first, uuid: "v" },
      ]),
    ).toBe(2);
    expect(store.progress.seen.add([{ ...first, uuid: "u", turn: 9 }])).toBe(0);
    expect(store.progress.seen.find("u")).toEqual(first);
    expect(store.progress.seen.find("w")).toBeNull();
    store.progress.seen.drop(transcript);
    expect(store.progress.seen.find("u")).toBeNull();
  });

  test("rows are bounded and belong to a known transcript", () => {
    using store = open();

    expect(() => store.progress.saveSegment(segment)).toThrow(
      expect.objectContaining({ code: "TRANSCRIPT_UNKNOWN" }),
    );
    store.progress.saveTranscript(transcript);
    const huge = { ...segment, state: "x".repeat(SEGMENT_STATE_BYTES_MAX) };
    expect(() => store.progress.saveSegment(huge)).toThrow(
      expect.objectContaining({ code: "PROGRESS_TOO_LARGE" }),
    );
  });

  test("written alongside a batch it is there with the batch or not at all", () => {
    using store = open();
    const batch = (fail: boolean) => () =>
      store.apply({
        author: "m",
        atMs: 1,
        changes: [{ kind: "put", key: "a", type: "semantic", content: "x", category: "c", createdAtMs: 1 }],
        alongside: () => {
          store.progress.saveTranscript(transcript);
          store.progress.seen.add([
            { root: "/t", name: "p/s.jsonl", generation: 0, segment: 0, turn: 0, uuid: "u" },
          ]);
          store.progress.visits.record({ node: 1, agent: "linker", atMs: 5, outcome: "processed" });
          if (fail) throw new RangeError("no");
        },
      });

    expect(batch(true)).toThrow("no");
    expect([
      store.progress.transcripts(),
      store.progress.seen.find("u"),
      store.progress.visits.last(1, "linker"),
    ]).toEqual([[], null, null]);
    batch(false)();
    expect(store.progress.visits.since("linker", 5)).toEqual(new Set([1]));
    expect(store.progress.visits.since("linker", 6)).toEqual(new Set());
    expect(store.progress.transcripts()).toHaveLength(1);
  });

  test("a batch inside the bookkeeping of another is refused", () => {
    using store = open();
    const inner = (): unknown => store.apply({ author: "m", atMs: 1, changes: [] });

    expect(() => store.apply({ author: "m", atMs: 1, changes: [], alongside: () => void inner() })).toThrow(
      RangeError,
    );
    expect(store.apply({ author: "m", atMs: 1, changes: [] }).revision).toBe(0);
  });
});
