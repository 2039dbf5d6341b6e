import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DigestPlace } from "../src/digest/sources.ts";
import { writeDigest } from "../src/digest/write.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { LocalCalendar } from "../src/tend/calendar.ts";
import { addDays } from "../src/tend/date.ts";
import { decisionAt, dueKeys, linkedWith, mine, sessionAt, textsOf, writeAll } from "./digest-store.ts";

const TODAY = "2026-05-20";

function open(timeZone = "Europe/Berlin"): DigestPlace & Disposable {
  const store = openMemoryStore({ path: ":memory:", mode: "write" });
  return { store, calendar: new LocalCalendar(timeZone), [Symbol.dispose]: () => store[Symbol.dispose]() };
}

describe("digests that are due", () => {
  test("are those of days, weeks and months that are over and have something to tell", () => {
    using place = open();
    mine(
      place.store,
      sessionAt("april", "2026-04-10T10:00Z"),
      sessionAt("monday", "2026-05-18T10:00Z"),
      sessionAt("today", "2026-05-20T08:00Z"),
      sessionAt("no time", "1970-01-01T00:00Z"),
      sessionAt("in the future", "2027-01-01T00:00Z"),
    );

    expect(dueKeys(place, TODAY)).toEqual(["day 2026-04-10", "day 2026-05-18"]);
    expect(writeAll(place, TODAY).map(({ key }) => key)).toEqual([
      "digest/day/2026-04-10",
      "digest/day/2026-05-18",
      "digest/week/2026-w15",
      "digest/month/2026-04",
    ]);
    expect(dueKeys(place, TODAY)).toEqual([]);
    expect(dueKeys(place, "2026-06-01")).toEqual(["day 2026-05-20", "week 2026-05-18", "month 2026-05-01"]);
  });

  test("are parted by the midnight of their zone, and all anew by another zone's", () => {
    using place = open();
    mine(place.store, sessionAt("late", "2026-05-10T22:30Z"), sessionAt("noon", "2026-05-13T12:00Z"));
    writeAll(place, TODAY);
    expect(Object.keys(textsOf(place.store, "day"))).toEqual([
      "digest/day/2026-05-11",
      "digest/day/2026-05-13",
    ]);

    writeAll({ ...place, calendar: new LocalCalendar("America/New_York") }, TODAY);

    expect(Object.keys(textsOf(place.store, "day"))).toEqual([
      "digest/day/2026-05-10",
      "digest/day/2026-05-13",
    ]);
    expect(place.store.get("digest/day/2026-05-13")?.content).toContain("08:00 (America/New_York)");
    expect(linkedWith(place.store, "late", ["day"])).toEqual(["digest/day/2026-05-10"]);
  });

  test("are not written before their time is over", () => {
    using place = open();
    mine(place.store, sessionAt("today", "2026-05-20T08:00Z"));

    const done = (["day", "week", "month"] as const).map(
      (level) =>
        writeDigest(place, level, { day: TODAY, week: "2026-05-18", month: "2026-05-01" }[level], {
          today: TODAY,
          atMs: 1,
        }).outcome,
    );

    expect(done).toEqual(["unfinished", "unfinished", "unfinished"]);
    expect(place.store.recent(["day", "week", "month"], 9)).toEqual([]);
  });

  test("come back when a source comes late or changes, up to the month, and only those it touches", () => {
    using place = open();
    mine(place.store, sessionAt("one", "2026-03-03T10:00Z"), sessionAt("two", "2026-04-14T10:00Z"));
    writeAll(place, TODAY);
    mine(
      place.store,
      sessionAt("late", "2026-03-04T10:00Z"),
      sessionAt("two", "2026-04-14T10:00Z", "# two, told better"),
    );

    expect(dueKeys(place, TODAY)).toEqual(["day 2026-03-04", "day 2026-04-14"]);
    const done = writeAll(place, TODAY);

    expect(done.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual([
      "digest/day/2026-03-04 written",
      "digest/day/2026-04-14 written",
      "digest/week/2026-w10 written",
      "digest/week/2026-w16 written",
      "digest/month/2026-03 written",
      "digest/month/2026-04 written",
    ]);
    expect(place.store.get("digest/month/2026-04")?.content).toContain("two, told better");
  });

  test("do not come back because memories fade or are linked", () => {
    using place = open();
    mine(place.store, sessionAt("one", "2026-03-03T10:00Z"), decisionAt("d", "2026-03-03T11:00Z"));
    writeAll(place, TODAY);
    mine(
      place.store,
      { kind: "weigh", key: "one", weight: 0.1 },
      { kind: "weigh", key: "digest/day/2026-03-03", weight: 0.1 },
      { kind: "link", from: "one", to: "d", type: "shared", strength: 0.5 },
    );

    expect(dueKeys(place, TODAY)).toEqual([]);
  });
});

describe("a digest's links", () => {
  test("lead from each session to its day, from days to weeks, from weeks to every month they touch", () => {
    using place = open();
    mine(place.store, sessionAt("a", "2026-03-31T10:00Z"), sessionAt("b", "2026-04-01T10:00Z"));
    writeAll(place, TODAY);

    const { store } = place;
    expect(linkedWith(store, "digest/day/2026-03-31", ["session"])).toEqual(["a"]);
    expect(linkedWith(store, "digest/week/2026-w14", ["day"])).toEqual([
      "digest/day/2026-03-31",
      "digest/day/2026-04-01",
    ]);
    expect(linkedWith(store, "digest/week/2026-w14", ["month"])).toEqual([
      "digest/month/2026-03",
      "digest/month/2026-04",
    ]);
    expect(store.get("digest/month/2026-03")?.content).not.toContain(
      "\n- **Week 14, 30 March to 5 April** (2",
    );
    expect(store.checkIntegrity()).toEqual([]);
  });

  test("lead from a fact over its session, and by themselves where no session of the day has it", () => {
    using place = open();
    mine(
      place.store,
      sessionAt("s", "2026-03-03T10:00Z"),
      decisionAt("with", "2026-03-03T11:00Z"),
      decisionAt("without", "2026-03-03T11:00Z"),
      { kind: "link", from: "with", to: "s", type: "about", strength: 0.8 },
    );
    writeAll(place, TODAY);

    expect(linkedWith(place.store, "digest/day/2026-03-03", ["session", "semantic"])).toEqual([
      "s",
      "without",
    ]);
  });
});

test("a digest weighs less than what it tells of, and keeps what it came to weigh when it is written again", () => {
  using place = open();
  mine(place.store, sessionAt("a", "2026-03-03T10:00Z"));
  writeAll(place, TODAY);
  const key = "digest/day/2026-03-03";
  const first = place.store.get(key)?.weight ?? 1;
  mine(place.store, { kind: "weigh", key, weight: 0.9 }, sessionAt("b", "2026-03-03T12:00Z"));
  writeAll(place, TODAY);

  expect(first).toBeLessThan(place.store.get("a")?.weight ?? 0);
  expect(place.store.get(key)).toMatchObject({ weight: 0.9, version: 2 });
});

describe("a digest of a person's", () => {
  test("keeps the text a person gave it, and stays forgotten or renamed where a person did that", () => {
    using place = open();
    const days = ["2026-03-03", "2026-03-04", "2026-03-05"];
    mine(place.store, ...days.map((date) => sessionAt(`on ${date}`, `${date}T10:00Z`)));
    writeAll(place, TODAY);
    const [edited = "", forgotten = "", renamed = ""] = days.map((date) => `digest/day/${date}`);
    const { createdAtMs } = place.store.get(edited)!;
    place.store.apply({
      author: "person:cli",
      atMs: 3,
      changes: [
        { kind: "put", key: edited, type: "day", content: "mine", category: "digest", createdAtMs },
        { kind: "forget", key: forgotten },
        { kind: "rename", from: renamed, to: "my day" },
      ],
    });
    mine(place.store, ...days.map((date) => sessionAt(`more on ${date}`, `${date}T12:00Z`)));

    const done = writeAll(place, TODAY);

    expect(done.slice(0, 3).map(({ outcome }) => outcome)).toEqual(["kept", "kept", "kept"]);
    expect(place.store.get(edited)?.content).toBe("mine");
    expect(linkedWith(place.store, edited, ["session"])).toHaveLength(2);
    expect([place.store.get(forgotten), place.store.get(renamed)]).toEqual([null, null]);
    expect(dueKeys(place, TODAY)).toEqual([]);
  });

  test("goes when nothing is left to tell, and comes back with its history when there is again", () => {
    using place = open();
    mine(place.store, sessionAt("s", "2026-03-03T10:00Z"));
    writeAll(place, TODAY);
    mine(place.store, { kind: "forget", key: "s" });

    expect(writeAll(place, TODAY).map(({ outcome }) => outcome)).toEqual(["gone", "gone", "gone"]);
    expect(place.store.recent(["day", "week", "month"], 9)).toEqual([]);

    mine(place.store, sessionAt("s", "2026-03-03T10:00Z"));
    writeAll(place, TODAY);
    expect(place.store.history("digest/day/2026-03-03").map(({ version }) => version)).toEqual([3, 2, 1]);
  });
});

test("whatever came in whatever order, on whatever days digests were written, they are those of one writing", () => {
  const event = fc.record({
    name: fc.constantFrom("a", "b", "c", "d"),
    // Few days, so that several sessions meet on one and one of them moves away from the others.
    day: fc.constantFrom(0, 1, 8, 40),
    says: fc.constantFrom("one", "two", null),
    writeOn: fc.option(fc.nat(60)),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      using grown = open();
      for (const { name, day, says, writeOn } of events) {
        const at = `${addDays("2026-03-20", day)}T10:00:00Z`;
        const change = sessionAt(name, at, `# ${says}`);
        mine(
          grown.store,
          says === null ? { kind: "forget", key: name } : ({ ...change, backdate: true } as typeof change),
        );
        if (writeOn !== null) writeAll(grown, addDays("2026-03-20", writeOn));
      }
      writeAll(grown, TODAY);
      using fresh = open();
      for (const node of grown.store.recent(["session"], 9))
        mine(fresh.store, sessionAt(node.key, new Date(node.createdAtMs).toISOString(), node.content));
      writeAll(fresh, TODAY);

      for (const level of ["day", "week", "month"] as const) {
        expect(textsOf(grown.store, level)).toEqual(textsOf(fresh.store, level));
        for (const key of Object.keys(textsOf(fresh.store, level)))
          expect(linkedWith(grown.store, key, ["session", "day", "week", "month"])).toEqual(
            linkedWith(fresh.store, key, ["session", "day", "week", "month"]),
          );
      }
    }),
    { numRuns: 60 },
  );
});
