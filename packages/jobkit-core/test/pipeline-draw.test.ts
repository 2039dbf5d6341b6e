import * as fc from "fast-check";
import { expect, test } from "vitest";
import { definePipeline, drawLayers, drawMermaid, fatal } from "jobkit-core";
import { finePieces, railRows } from "../src/pipeline/rails.ts";
import { anyPipeline, read, World } from "./pipeline-kit.ts";

const nightly = definePipeline({
  name: "nightly",
  doc: "What happens every night.",
  phases: {
    fetch: { job: "work", input: "fetch", map: { list: "pages" } },
    facts: { job: "work", input: "facts", when: { predicate: "changed" } },
    merge: { job: "work", input: "merge", after: ["fetch", "facts"], when: "no-failure" },
    links: { job: "work", input: "links", after: ["merge"] },
    digest: { job: "work", input: "digest", after: ["merge"] },
    send: { job: "work", input: "send", after: ["digest"] },
    report: { job: "work", input: "report", after: ["links", "send"], when: "always" },
  },
});

const work = (input: unknown): null => {
  if (input === "links") throw fatal("linking");
  return null;
};

test("a pipeline is drawn layer by layer, with a line from each phase to those that wait for it", () => {
  expect(drawLayers(nightly)).toEqual([
    "nightly  What happens every night.",
    "",
    "○    fetch   work, for each of pages",
    "│ ○  facts   work, if changed",
    "│ │",
    "○─╯  merge   work, unless one failed",
    "│",
    "├─○  links   work",
    "○ │  digest  work",
    "│ │",
    "○ │  send    work",
    "│ │",
    "○─╯  report  work, always",
  ]);
});

test("a run is drawn with what became of each phase", async () => {
  const predicates = { changed: () => false };
  await using world = await new World({
    pipelines: [nightly],
    lists: { pages: () => ["a", "b"] },
    predicates,
    work,
  }).begin();
  const { run } = await world.pipelines.run("nightly", { date: "2026-01-01" });
  await world.clock.settle();
  const status = await world.pipelines.status(run);

  const lines = drawLayers(nightly, { status, plain: true, width: 60 });

  expect(lines).toEqual([
    "nightly  2026-01-01  failed in 0 ms",
    "",
    "*    fetch   2/2  0 ms",
    "| -  facts        skipped: changed does not hold",
    "| |",
    "*-'  merge        0 ms",
    "|",
    "+-x  links        failed: PHASE_FAILED: doing links: task 0~",
    "* |  digest       0 ms",
    "| |",
    "* |  send         0 ms",
    "| |",
    "*-'  report       0 ms",
  ]);
});

test("a phase that the run does not have is said so, and one under way says for how long", async () => {
  const world = new World({
    pipelines: [nightly],
    lists: { pages: () => ["a"] },
    predicates: { changed: () => true },
    work: async (_, { signal }) => {
      await world.clock.sleep(60_000, signal);
      return null;
    },
  });
  await using _closing = await world.begin();
  const { run } = await world.pipelines.run("nightly", { date: "2026-01-01" });
  await world.clock.advance(5_000);
  const status = await world.pipelines.status(run);
  const more = read({ name: "nightly", phases: { fetch: { job: "work" }, added: { job: "work" } } });

  const lines = drawLayers(more, { status, nowMs: world.clock.now() });

  expect(lines).toEqual([
    "nightly  2026-01-01  running for 5 s, 0 of 7 phases ended",
    "",
    "◐  fetch    runs for 5 s",
    "○  added  not part of this run",
  ]);
});

test("where lines would be too many, layers are numbered and parents are named", () => {
  const roots = Array.from({ length: 30 }, (_, at) => [`root-${at}`, { job: "work" }] as const);
  const end = ["end", { job: "work", after: roots.map(([name]) => name) }] as const;
  const pipeline = read({ name: "fan", phases: Object.fromEntries([...roots, end]) });

  const lines = drawLayers(pipeline, { width: 60 });

  expect(lines[2]).toBe("1 ○ root-0   work");
  expect(lines.at(-1)).toBe("2 ○ end      work  after root-0, root-1, root-2, root-3, ro…");
});

test("each phase hangs from exactly the rails of those it waits for, and no line is too long", () => {
  fc.assert(
    fc.property(anyPipeline(), fc.integer({ min: 40, max: 120 }), (pipeline, width) => {
      const rows = railRows(pipeline, finePieces, 100) ?? [];
      const lines = drawLayers(pipeline, { width });

      expect(rows.flatMap(({ phase }) => phase?.name ?? []).toSorted()).toEqual(
        pipeline.phases.map(({ name }) => name).toSorted(),
      );
      expect(followed(rows)).toEqual(
        new Map(pipeline.phases.map(({ name, after }) => [name, after.toSorted()])),
      );
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }),
  );
});

test("a thousand phases are drawn, whatever their shape", () => {
  const shapes = [
    (at: number) => (at === 0 ? [] : [`p${at - 1}`]),
    (at: number) => (at === 0 ? [] : ["p0"]),
    (at: number) => (at < 30 ? [] : [`p${at - 30}`, `p${at - 29}`]),
  ];
  for (const shape of shapes) {
    const phases = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`p${at}`, { job: "work", after: shape(at) }]),
    );
    const pipeline = read({ name: "big", phases });

    expect(drawLayers(pipeline).filter((line) => line.includes("work")).length).toBe(1_000);
    expect(drawMermaid(pipeline).split("\n").length).toBeGreaterThan(1_000);
  }
});

test("the chart for pages numbers its nodes, and words from outside cannot end a label", async () => {
  const pipeline = read({
    name: "chart",
    phases: {
      end: { job: 'a "job"]' },
      last: {
        job: "work",
        after: "end",
        when: { predicate: "is|it", parents: "always" },
        map: { list: "all" },
      },
    },
  });

  expect(drawMermaid(pipeline)).toBe(
    [
      "flowchart TD",
      '  p0("<b>end</b><br>a #34;job#34;#93;")',
      '  p1[["<b>last</b><br>work<br>each of all"]]',
      '  p0 -.->|"always, if is#124;it"| p1',
      "",
    ].join("\n"),
  );
});

test("the chart of a run colours each phase by its state", async () => {
  const world = await new World({
    pipelines: [nightly],
    lists: { pages: () => ["a"] },
    predicates: { changed: () => false },
  }).begin();
  await using _closing = world;
  const { run } = await world.pipelines.run("nightly");
  await world.clock.settle();

  const chart = drawMermaid(nightly, await world.pipelines.status(run));

  expect(chart).toContain('p0[["<b>fetch</b><br>work<br>1 of 1"]]:::done');
  expect(chart).toContain(":::skipped");
  expect(chart).toContain("classDef skipped ");
  expect(chart).not.toContain("classDef failed ");
});

/** Follow the lines as an eye does: which phases each one is connected to from above. */
function followed(rows: NonNullable<ReturnType<typeof railRows>>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  /** By column: the phase whose line comes down there. A letter with a letter right below it has no line. */
  let down: (string | undefined)[] = [];
  let above: readonly (string | null)[] = [];
  for (const { phase, cells, gaps } of rows) {
    const next = cells.map((cell, at) => ("│├┤┼".includes(cell ?? "?") ? down[at] : undefined));
    if (phase !== null) {
      const own = cells.indexOf(null);
      const parents = new Set([above[own] === null ? undefined : down[own]]);
      for (let at = own - 1; at >= 0 && gaps[at] === "─"; at -= 1)
        if ("├┤┼╰╯┴".includes(cells[at] ?? "?")) parents.add(down[at]);
      for (let at = own + 1; at < cells.length && gaps[at - 1] === "─"; at += 1)
        if ("├┤┼╰╯┴".includes(cells[at] ?? "?")) parents.add(down[at]);
      parents.delete(undefined);
      next[own] = phase.name;
      found.set(phase.name, [...parents].map(String).toSorted());
    }
    down = next;
    above = cells;
  }
  return found;
}
