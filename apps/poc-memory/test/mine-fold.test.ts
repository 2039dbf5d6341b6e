import { expect, test } from "vitest";
import { closes, emptySegment, nextSegment, step } from "../src/mine/fold.ts";
import { memories } from "../src/mine/memories.ts";
import type { TranscriptRecord } from "../src/transcript/record.ts";
import { answered, came, edited, mine, ran, records, said, told } from "./mine-sessions.ts";

const place = { transcript: "t.jsonl", generation: 0, segment: 0 };

function fold(all: readonly TranscriptRecord[], rewinds: Readonly<Record<number, number>> = {}) {
  return all.reduce(
    (state, record) => step(state, record, { duplicate: false, rewindToTurn: rewinds[record.line] ?? null }),
    emptySegment(place),
  );
}

const failing = came(
  "c1",
  "Exit code 1\nsrc/cart.ts(3,5): error TS2345: Argument of type 'string' is not assignable to 'number'.",
  true,
);

test("a segment in which nothing was done or found has no memories", () => {
  expect(
    memories(
      fold(
        records(
          said("hello"),
          answered("Hello! What shall we do?"),
          said("thanks"),
          answered("You're welcome."),
        ),
      ),
    ),
  ).toEqual([]);
  expect(memories(emptySegment(place))).toEqual([]);
});

test("a standing wish of the person is kept in their words, with the line it rests on", () => {
  const { facts } = told(
    records(
      said("add a cart page"),
      answered("Which framework?"),
      said("Never use default exports. Also fix the header."),
    ),
  );

  expect(facts).toHaveLength(1);
  expect(facts[0]).toMatchObject({
    category: "preference",
    content: `The person's preference, said in shop: "Never use default exports."`,
    receipts: [{ line: 3, uuid: "u3" }],
  });
});

test("orders of the moment, questions and pasted rules of others are no wishes", () => {
  const pasted = `look at this log\n${"x ".repeat(700)}\nNever return null from here.`;

  expect(
    told(
      records(said("What do you make of this review?\n> Never use default exports.\n> Always sort imports.")),
    ).facts,
  ).toEqual([]);
  expect(
    told(records(said("don't commit yet"), said("should we always lint?"), said("fix this"), said(pasted)))
      .facts,
  ).toEqual([]);
});

test("what the agent and the tools say is never the person's wish", () => {
  const { facts } = told(
    records(
      said("read the docs please"),
      ran("c1", "cat AGENTS.md"),
      came("c1", "Always use pnpm. Never push to main."),
      answered("Always use pnpm. Never push to main. I prefer tabs."),
    ),
  );

  expect(facts.filter((fact) => fact.category === "preference")).toEqual([]);
});

test("an order with its reason is a decision of the person", () => {
  expect(
    told(records(said("keep the old field, otherwise old clients break"))).facts.map((fact) => fact.content),
  ).toEqual([`Decided by the person in shop: "keep the old field, otherwise old clients break"`]);
});

test("a failure, a change and the same command succeeding are a fix", () => {
  const { facts } = told(
    records(
      said("make the cart typed"),
      ran("c1", "pnpm run typecheck"),
      failing,
      answered("The quantity comes from a form, so it is text. Let me parse it first."),
      edited("c2", "src/cart.ts", "add(quantity);", "const parsed = Number(quantity);\nadd(parsed);"),
      came("c2", "updated"),
      ran("c3", "pnpm run typecheck"),
      came("c3", ""),
      answered("Typed now."),
    ),
  );
  const fix = facts.find((fact) => fact.category === "fix");

  expect(fix?.content).toBe(
    "In shop, `pnpm run typecheck` failed with \"src/cart.ts: error TS2345: Argument of type 'string' is not assignable to 'number'.\". The quantity comes from a form, so it is text. Parse it first. Fixed in `src/cart.ts` (`const parsed = Number(quantity);`, `add(parsed);`); after that it passed.",
  );
  expect(fix?.receipts.map((receipt) => receipt.line)).toEqual([2, 8]);
  expect(fix?.entities).toEqual(
    expect.arrayContaining(["error:TS2345", "file:src/cart.ts", "command:pnpm run typecheck"]),
  );
});

test("a command that passes again with nothing changed is no fix", () => {
  const { facts } = told(
    records(
      said("run the checks"),
      ran("c1", "pnpm run typecheck"),
      failing,
      ran("c2", "pnpm run typecheck"),
      came("c2", ""),
    ),
  );

  expect(facts.map((fact) => fact.category)).toEqual(["command"]);
});

test("a check still failing at the end is told as such", () => {
  const { episodes } = told(
    records(
      said("make the cart typed"),
      ran("c1", "pnpm run typecheck"),
      failing,
      answered("I could not mend this in the time that was left for it, so it is open."),
    ),
  );

  expect(episodes[0]).toContain("not fixed here");
  expect(episodes[0]).toContain("Still failing at the end: `pnpm run typecheck`.");
});

const commit = (id: string, message: string, sha: string) =>
  [ran(id, `git commit -m "${message}"`), came(id, `[main ${sha}] ${message}\n 1 file changed`)] as const;

test("a commit that tells why is kept; one that does not is only in the story", () => {
  const { episodes, facts } = told(
    records(
      said("save the work on the cart"),
      ...commit("c1", "Tidy", "aaaaaaa"),
      ...commit("c2", "Pin node 24 because 26 breaks the driver", "bbbbbbb"),
    ),
  );

  expect(facts.map((fact) => fact.content)).toEqual([
    "In shop, commit bbbbbbb on main (2026-01-05): Pin node 24 because 26 breaks the driver.",
  ]);
  expect(episodes[0]).toContain("- Committed aaaaaaa on main: Tidy");
});

test("turns that the person went back from are marked, and what they stated is gone", () => {
  const all = records(
    said("let's try redis for the sessions"),
    answered("Done. I did not add a fallback — `SessionStore` already retries by itself."),
    said("use sqlite for the sessions, and never mock the store"),
    answered("Done. Sessions are in `sessions.db` now, and all of them survive a restart of the server."),
  );
  const { state } = { state: fold(all, { 3: 0 }) };
  const contents = memories(state).map((memory) => memory.content);

  expect(contents[0]).toContain(
    "1. let's try redis for the sessions (set aside: the person went back to before this)",
  );
  expect(contents[0]).toContain("# use sqlite for the sessions");
  expect(contents.join("\n")).not.toContain("Decision in shop");
});

test("ways back count prompts, not slash commands", () => {
  const all = records(
    said("add a search page to the shop"),
    { kind: "command", name: "/simplify", args: "" },
    said("now the tests for it"),
    said("no, first the styles of it"),
  );
  const state = fold(all, { 4: 1 });

  expect(state.turnsBegun).toBe(3);
  expect(state.turns.map((turn) => turn.abandoned)).toEqual([false, false, true, false]);
});

test("words said when refusing a tool call are a request", () => {
  const refused = came(
    "c1",
    "The user doesn't want to proceed with this tool use. The tool use was rejected. To tell you how to proceed, the user said:\nNever edit generated files.",
    true,
  );
  const { facts, episodes } = told(
    records(said("fix the client"), edited("c1", "gen/a.ts", "a", "b"), refused),
  );

  expect(facts.map((fact) => fact.category)).toEqual(["preference"]);
  expect(episodes[0]).toContain("2. Never edit generated files.");
  expect(episodes[0]).not.toContain("gen/a.ts");
});

test("memories given back to the agent are not mined again", () => {
  const recalled = '<poc-memory-recall id="x1">\nAlways use tabs.\n</poc-memory-recall-x1>';

  expect(told(records(said(`${recalled}\nadd a page for returns`), answered("Added."))).facts).toEqual([]);
  expect(told(records(said(recalled)))).toEqual({ episodes: [], facts: [] });
});

test("of a sub-agent only its changes to files count", () => {
  const own = records(
    said("look for dead code in the shop"),
    answered("I asked a helper to remove what nobody calls, and it removed one function."),
  );
  const helper = records(
    said("Always answer in French."),
    edited("h1", "src/dead.ts", "a", "b"),
    came("h1", "ok"),
    answered("The root cause is `x()`."),
  ).map((record) => Object.assign(record, { line: record.line + 10, sidechain: true }));
  const { episodes, facts } = told([...own, ...helper]);

  expect(episodes[0]).toContain("`src/dead.ts`");
  expect(facts).toEqual([]);
});

test("a duplicate changes nothing", () => {
  const all = records(said("Never push to main."), answered("Understood."));
  const state = fold(all);

  expect(
    step(state, { ...all[0], line: 9, entries: [said("Always use tabs.")] } as TranscriptRecord, {
      duplicate: true,
      rewindToTurn: null,
    }),
  ).toBe(state);
});

test("a segment ends at a compaction and where the session id of the main chain changes", () => {
  const [first, second] = records(said("build the importer for orders"), {
    kind: "compaction",
    trigger: "auto",
  });
  const state = step(emptySegment(place), first as TranscriptRecord, {
    duplicate: false,
    rewindToTurn: null,
  });
  const other = { ...(first as TranscriptRecord), sessionId: "s2" };

  expect(closes(state, second as TranscriptRecord)).toBe(true);
  expect(closes(state, other)).toBe(true);
  expect(closes(state, { ...other, sidechain: true })).toBe(false);
  expect(closes(emptySegment(place), second as TranscriptRecord)).toBe(false);
  expect(nextSegment(state, second as TranscriptRecord)).toMatchObject({
    place: { segment: 1 },
    carried: "build the importer for orders",
  });
  expect(nextSegment(state, other).carried).toBeNull();
});

test("work that goes on after a compaction is told under the request it was for", () => {
  const done = mine(
    records(
      said("build the importer for orders"),
      answered("I began."),
      { kind: "compaction", trigger: "auto" },
      edited("c1", "src/import.ts", "a", "b"),
      came("c1", "ok"),
      answered("The importer reads orders in pages of 500 and resumes after the last one."),
    ),
    "t.jsonl",
  );

  expect(done.map((one) => one.memories.length)).toEqual([0, 1]);
  expect(done[1]?.memories[0]?.content).toContain("# Continued: build the importer for orders");
});

test("the same statement about the same project has the same key in every session; its episode has its own", () => {
  const all = records(said("Never use default exports."), answered("Understood."));
  const [a, b] = ["a.jsonl", "b.jsonl"].map((name) => mine(all, name)[0]?.memories);

  expect(a?.[1]?.key).toBe(b?.[1]?.key);
  expect(a?.[0]?.key).not.toBe(b?.[0]?.key);
  expect(a?.[1]?.episode).toBe(a?.[0]?.key);
});

test("the episode's key stays while the segment grows", () => {
  const all = records(
    said("yes"),
    edited("c1", "src/a.ts", "a", "b"),
    came("c1", "ok"),
    said("now build the importer for orders"),
    answered("Built, and every order is in."),
  );
  const keys = [3, 5].map((n) => memories(fold(all.slice(0, n)))[0]?.key);

  expect(keys[0]).toMatch(/^episode\/2026-01-05\/session-[0-9a-f]{6}$/u);
  expect(keys[1]).toBe(keys[0]);
});

test("a yes is told with what it agreed to", () => {
  const { episodes } = told(
    records(
      said("look at the cart"),
      answered("It leaks. Do you want me to close the cursor in `cart.ts`?"),
      said("yes"),
      edited("c1", "cart.ts", "a", "b"),
      came("c1", "ok"),
    ),
  );

  expect(episodes[0]).toContain("2. yes (agreed: close the cursor in `cart.ts`)");
});

test("another language keeps the story, the commands and the fixes", () => {
  const { episodes, facts } = told(
    records(
      said("Bitte baue die Warenkorbseite"),
      ran("c1", "pnpm run typecheck"),
      failing,
      edited("c2", "src/cart.ts", "add(q);", "add(Number(q));"),
      came("c2", "ok"),
      ran("c3", "pnpm run typecheck"),
      came("c3", ""),
      answered("Die Seite ist fertig und alle Prüfungen laufen durch."),
    ),
  );

  expect(episodes[0]).toContain("# Bitte baue die Warenkorbseite");
  expect(facts.map((fact) => fact.category)).toEqual(["fix", "command"]);
});

test("an interrupted request says so", () => {
  const { episodes } = told(
    records(said("rewrite the importer in Rust"), edited("c1", "a.rs", "a", "b"), came("c1", "ok"), {
      kind: "interruption",
    }),
  );

  expect(episodes[0]).toContain("The last request was interrupted by the person.");
});

test("times that no date can hold are as good as none", () => {
  const all = records(said("Never use default exports."), answered("Understood.")).map((record, n) =>
    Object.assign(record, { atMs: n === 0 ? 1e308 : Number.NaN }),
  );

  expect(mine(all, "t.jsonl")[0]?.memories[0]?.createdAtMs).toBe(0);
});
