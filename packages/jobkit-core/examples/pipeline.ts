/** A pipeline from a configuration file: checked, planned, run, drawn, resumed after a failure. */
import { defineJob, describePlan, drawLayers, pipelineJobs, Pipelines, readPipelines } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const written = `{ "books": { "phases": {
  "scan":  { "job": "work", "map": { "list": "pages" } },
  "index": { "job": "work", "after": "scan", "input": "index of $date" },
  "print": { "job": "work", "after": "index", "when": { "predicate": "paper" } },
  "mail":  { "job": "work", "after": ["index", "print"], "when": "no-failure", "input": "$date" }
} } }`;
let inkIsThere = false;
const work = defineJob({
  name: "work",
  doc: "Works on a text.",
  input: z.unknown(),
  retry: { attempts: 1 },
  run: async ({ input }) => {
    if (input === "page 2" && !inkIsThere) throw new Error("no ink");
  },
});
const functions = { lists: { pages: () => ["page 1", "page 2"] }, predicates: { paper: () => false } };
const reading = readPipelines(JSON.parse(written), {
  jobs: ["work"],
  lists: ["pages"],
  predicates: ["paper"],
});
if (!reading.ok)
  throw new Error(reading.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
const [books] = reading.pipelines;

const { scheduler, ...kit } = await stage((made) => [work, ...pipelineJobs({ ...functions, ...made })]);
const pipelines = new Pipelines({ ...functions, ...kit, pipelines: reading.pipelines, scheduler });
for (const line of describePlan(await pipelines.plan("books"))) console.log(line);
const { run } = await pipelines.run("books");
await clock.settle();
const { phases } = await pipelines.status(run);
console.log(phases.map(({ name, state }) => `${name} ${state.kind}`).join(", "));
inkIsThere = true;
await pipelines.resume(run);
await clock.settle();
if (books)
  for (const line of drawLayers(books, { status: await pipelines.status(run), width: 60 })) console.log(line);
await scheduler[Symbol.asyncDispose]();

// Prints:
// books at 2026-03-02 would run 4 tasks in 4 phases
//    1  scan   run      2 × work
//    2  index  run      1 work, if scan succeeds
//    3  print  skip     paper does not hold
//    4  mail   run      1 work, unless index, print fail
// scan failed, index skipped, print skipped, mail skipped
// books  2026-03-02  done in 0 ms
//
// ●    scan   2/2  0 ms
// │
// ●    index       0 ms
// │
// ├─◌  print       skipped: paper does not hold
// │ │
// ●─╯  mail        0 ms
