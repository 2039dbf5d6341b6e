/** A process that dies in the middle, and the one after it. The store outlives both. */
import { defineJob, jobkitEvents, RamQueue } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const store = new RamQueue(); // a file in life: jobkit-sqlite
let dying = true;
const mine = defineJob({
  name: "mine",
  doc: "Digs; the first process dies of it.",
  input: z.number(),
  run: async ({ input, attempt }) => {
    if (dying) await new Promise(() => {}); // it never comes back
    return `dug ${input} in attempt ${attempt}`;
  },
});
const first = await stage([mine], { store, owner: "process 1", lanes: 1 });
await first.scheduler.submit([1, 2].map((input) => ({ job: "mine", input })));
await clock.settle();
await first.scheduler.pause("mine");
console.log(await store.counts());

dying = false;
const second = await stage([mine], { store, owner: "process 2" });
second.bus.on(jobkitEvents, "task.finished", ({ attempt, attrs }) => console.log(attrs.outcome, attempt));
await clock.settle();
console.log("paused still:", second.scheduler.snapshot().paused.jobs);
await second.scheduler.resume();
await clock.settle();
for (const { state } of (await store.list({ order: "oldest" })).tasks)
  console.log(state.kind === "done" && state.result);
await second.scheduler[Symbol.asyncDispose]();

// Prints:
// [
//   { job: 'mine', state: 'ready', count: 1 },
//   { job: 'mine', state: 'running', count: 1 }
// ]
// paused still: [ 'mine' ]
// done 2
// done 1
// dug 1 in attempt 2
// dug 2 in attempt 1
