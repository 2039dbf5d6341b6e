/** What digests read back from memories, held together with the miner that writes them. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFact } from "../src/digest/learned.ts";
import { gather } from "../src/digest/gather.ts";
import { learnedLines, toldFacts } from "../src/digest/sections.ts";
import { dayBounds } from "../src/digest/write-day.ts";
import { readStory } from "../src/digest/story.ts";
import type { MemoryNode } from "../src/store/node.ts";
import { answered, came, edited, ran, records, said, told } from "./mine-sessions.ts";

const session = records(
  said("make the cart sum up right, and always use integers for money"),
  edited("e1", "src/cart.ts", "price * 1.0", "cents"),
  came("e1", "ok"),
  ran("c1", "pnpm test"),
  came(
    "c1",
    "Exit code 1\nsrc/cart.ts(3,5): error TS2345: Argument of type 'string' is not assignable.",
    true,
  ),
  edited("e2", "src/cart.ts", "cents: string", "cents: number"),
  came("e2", "ok"),
  ran("c2", "pnpm test"),
  came("c2", "ok"),
  ran("c3", "git commit -m 'Count in cents because floats lose them'"),
  came("c3", "[main 1a2b3c4] Count in cents because floats lose them\n 1 file changed"),
  answered("The cart now counts in cents: all tests pass, and the sum of the fixtures is right to the cent."),
);

const fact = (content: string, category = "project"): MemoryNode => ({
  id: 7,
  key: "k",
  type: "semantic",
  content,
  category,
  weight: 0.5,
  createdAtMs: 5,
  version: 1,
  revision: 1,
  author: "t",
});

const episode = (id: number, content: string): MemoryNode => ({
  ...fact(content),
  id,
  key: `episode/${id}`,
  type: "session",
});
const copy = (commits: number): string =>
  [
    "# Sum the cart",
    "",
    "## Done",
    ...Array.from({ length: commits }, (_, at) => `- Committed abc${at} on main: part ${at}`),
  ].join("\n");

describe("an episode of the miner", () => {
  test("gives back what it tells: title, place, end, outcome, commits, files", () => {
    const story = readStory(told(session).episodes[0] ?? "");

    expect(story).toMatchObject({
      title: "make the cart sum up right, and always use integers for money",
      project: "shop",
      endMs: Date.UTC(2026, 0, 5, 10, 11),
      commits: [{ sha: "1a2b3c4", subject: "Count in cents because floats lose them" }],
      files: [{ path: "src/cart.ts", edits: 2 }],
      filesBeyond: 0,
      open: [],
    });
    expect(story.outcome).toMatch(/^The cart now counts in cents/);
  });

  test("says what was left open, in words for readers", () => {
    const unanswered = records(
      said("make the cart sum up right"),
      edited("e1", "src/cart.ts", "a", "b"),
      came("e1", "ok"),
      ran("c1", "pnpm test"),
      came("c1", "Exit code 1\nsrc/cart.ts(3,5): error TS2345: Argument of type 'string' is wrong.", true),
    );

    const { open } = readStory(told(unanswered).episodes[0] ?? "");

    expect(open[0]).toBe("The last request was not answered.");
    expect(open.slice(1)).toEqual([expect.stringMatching(/^`pnpm test`: .*TS2345.* \(not fixed\)$/)]);
  });
});

describe("a fact of the miner", () => {
  test("is told without the words around it", () => {
    const read = told(session).facts.map(({ content, category }) => readFact(fact(content, category)));

    expect(read.map(({ section, project }) => [section, project])).toEqual([
      ["Preferences", "shop"],
      ["Fixed", "shop"],
      ["Decided", "shop"],
      ["Commands", "shop"],
    ]);
    expect(read[0]).toMatchObject({
      byPerson: true,
      text: expect.stringMatching(/^[^"]*always use integers/),
    });
    expect(read[1]).toMatchObject({
      text: expect.stringMatching(/^`pnpm test` failed with/),
      ending: expect.stringMatching(/^Fixed in `src\/cart.ts`/),
    });
    expect(read[2]).toMatchObject({ sha: "1a2b3c4", text: "Count in cents because floats lose them." });
    expect(read[3]?.text).toBe("`pnpm test` runs tests.");
  });
});

describe("what happened in a time", () => {
  test("has one session for all copies of one beginning: the one that tells most, whichever comes first", () => {
    const copies = [copy(1), copy(3), copy(2)].map((text, at) => episode(at + 1, text));
    const other = episode(9, "# Sum the cart again");

    const { happenings } = gather([...copies, other], []);

    expect(happenings.map(({ title, commits }) => [title, commits.length])).toEqual([
      ["Sum the cart", 3],
      ["Sum the cart again", 0],
    ]);
  });

  test("ranks a fact by the session it is from, and tells the person's own words first where not all can be told", () => {
    const facts = [
      { node: { ...fact("In shop: small.", "decision"), id: 1, key: "small" }, episodes: [1] },
      { node: { ...fact("In shop: great.", "decision"), id: 2, key: "great" }, episodes: [2] },
      {
        node: { ...fact('Decided by the person in shop: "mine"', "decision"), id: 3, key: "theirs" },
        episodes: [],
      },
    ];
    const gathered = gather([episode(1, "# Little"), episode(2, copy(3))], facts);
    const bounds = { ...dayBounds, learned: { ...dayBounds.learned, Decided: 2 } };

    expect(toldFacts(gathered, bounds).map(({ key }) => key)).toEqual(["great", "theirs"]);
    expect(learnedLines(gathered, bounds)).toEqual([
      "",
      "## Decided",
      "- great.",
      '- The person: "mine"',
      "- … and 1 more",
    ]);
  });
});

describe("any other text", () => {
  test("has its first line as title or as note, and nothing is made up", () => {
    const text = "\n\nMet Ann about the tides\n\n## Done\nwent home";

    expect(readStory(text)).toEqual({
      title: "Met Ann about the tides",
      project: null,
      endMs: null,
      outcome: "",
      commits: [],
      pullRequests: [],
      files: [],
      filesBeyond: 0,
      open: [],
    });
    expect(readFact(fact(text, "constructor"))).toMatchObject({
      section: "Noted",
      text: "Met Ann about the tides",
      project: null,
    });
    expect(readFact(fact("In short: tides come twice", "note")).text).toBe("In short: tides come twice");
  });

  test("of any length and kind is read without throwing, onto one line each", () => {
    const piece = fc.constantFrom(
      "# ",
      "## Done",
      "- Changed `a` (2 edits)",
      "In x.",
      "\n",
      "`",
      "—",
      "In a, commit b on c",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: "binary" })), { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        const story = readStory(text);
        const lines = [
          story.title,
          story.outcome,
          story.project ?? "",
          ...story.open,
          readFact(fact(text, "fix")).text,
        ];

        expect(lines.filter((line) => /[\n\r]/.test(line))).toEqual([]);
      }),
    );
    expect(readStory(`In ${"x ".repeat(100_000)}`).title.length).toBeLessThanOrEqual(4_000);
  });
});
