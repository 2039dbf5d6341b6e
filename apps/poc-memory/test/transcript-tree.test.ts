import { describe, expect, test } from "vitest";
import { momentOf } from "../src/transcript/moment.ts";
import { placeRecord } from "../src/transcript/tree.ts";
import type { SeenPlace } from "../src/transcript/tree.ts";
import type { Entry, TranscriptRecord } from "../src/transcript/record.ts";

const transcript = "p/s.jsonl";
const at = { transcript, segment: 1, turnsBegun: 3 };
const seen = (places: Readonly<Record<string, Partial<SeenPlace>>>) => ({
  find(uuid: string): SeenPlace | null {
    const place = places[uuid];
    return place === undefined ? null : { transcript, segment: 1, turn: 0, ...place };
  },
});

function record(fields: Partial<TranscriptRecord>, kind: "prompt" | "answer" = "prompt"): TranscriptRecord {
  const entries: Entry[] = [{ kind, text: "x" }];
  const base = { line: 1, sessionId: null, atMs: null, cwd: null, gitBranch: null, sidechain: false };
  return { ...base, uuid: "u", parentUuid: null, entries, ...fields };
}

describe("the place of a record", () => {
  test("a prompt whose parent lies in the newest turn begins the next", () => {
    const place = placeRecord(record({ parentUuid: "p" }), at, seen({ p: { turn: 2 } }));

    expect(place).toEqual({ duplicate: false, beginsTurn: true, turn: 3, rewindToTurn: null });
  });

  test("a prompt whose parent lies in an earlier turn goes back behind it", () => {
    expect(placeRecord(record({ parentUuid: "p" }), at, seen({ p: { turn: 0 } })).rewindToTurn).toBe(1);
    expect(placeRecord(record({ parentUuid: "p" }), at, seen({ p: { turn: -1 } })).rewindToTurn).toBe(0);
  });

  test.each([
    ["no parent", null, {}],
    ["an unknown parent", "p", {}],
    ["a parent of another file", "p", { p: { transcript: "other", turn: 0 } }],
    ["a parent of an earlier segment", "p", { p: { segment: 0, turn: 0 } }],
    ["itself for a parent", "u", {}],
  ])("a prompt with %s continues", (_, parentUuid, places) => {
    expect(placeRecord(record({ parentUuid }), at, seen(places)).rewindToTurn).toBe(null);
  });

  test("what was seen before, here or in a fork, is a duplicate and begins nothing", () => {
    const place = placeRecord(
      record({ parentUuid: "p" }),
      at,
      seen({ u: { transcript: "other" }, p: { turn: 0 } }),
    );

    expect(place).toEqual({ duplicate: true, beginsTurn: false, turn: 2, rewindToTurn: null });
  });

  test("an answer belongs to the turn of its parent, a sub-agent's prompt begins none", () => {
    expect(placeRecord(record({ parentUuid: "p" }, "answer"), at, seen({ p: { turn: 1 } })).turn).toBe(1);
    expect(
      placeRecord(record({ sidechain: true, parentUuid: "p" }), at, seen({ p: { turn: 1 } })).beginsTurn,
    ).toBe(false);
  });

  test("two records that are each other's parents end nothing", () => {
    const places = seen({ a: { turn: 1 }, b: { turn: 1 } });

    expect(placeRecord(record({ uuid: "c", parentUuid: "a" }), at, places).rewindToTurn).toBe(2);
    expect(placeRecord(record({ uuid: "a", parentUuid: "b" }), at, places).duplicate).toBe(true);
  });
});

describe("times", () => {
  test("ISO times with a zone are taken, everything else is none", () => {
    expect(momentOf("2026-01-22T02:04:32.874Z")).toBe(Date.UTC(2026, 0, 22, 2, 4, 32, 874));
    for (const strange of [
      1e308,
      0,
      "",
      "yesterday",
      "2026-01-22",
      "9999-12-31T00:00:00Z",
      "2026-13-45T00:00:00Z",
      null,
      {},
    ])
      expect(momentOf(strange)).toBe(null);
  });
});
