/** Jobs in worker threads: a result, and a loop without an end that takes only its own thread with it. */
import { defineJob, EventBus, jobkitEvents, noRetry, RamQueue, Scheduler, SeededRandom } from "jobkit-core";
import { systemClock as clock } from "jobkit-core/system"; // Threads are real, so their time is.
import { openThreads } from "jobkit-core/threads";
import { z } from "zod";
import type * as hashing from "./hashing.ts";

const bus = new EventBus({ clock });
const events = bus.emitter(jobkitEvents);
const file = new URL("./hashing.ts", import.meta.url);
await using threads = await openThreads<typeof hashing>({
  lane: "cpu",
  size: 1,
  file,
  events,
  clock,
  killAfterMs: 50,
});
const input = z.object({ text: z.string() });
const jobs = [
  threads.job({ name: "hash", doc: "Hashes a text.", input, export: "hash" }),
  threads.job({ name: "loop", doc: "Never ends.", input, export: "loop", timeoutMs: 300, retry: noRetry }),
  defineJob({ name: "say", doc: "Says it.", input: z.string(), run: async ({ input: text }) => text }),
];
const options = { store: new RamQueue(), pools: {}, random: new SeededRandom(1), owner: "example" };
await using scheduler = new Scheduler({ ...options, jobs, lanes: { main: 1, cpu: 1 }, events, clock });
await scheduler.start();
const ends = await Promise.all(
  scheduler.perform([
    { job: "loop", input: { text: "" } },
    { job: "hash", input: { text: "abc" } },
    { job: "say", input: "the event loop was free" },
  ]),
);
for (const { job, state } of ends)
  console.log(job, state.kind === "done" ? state.result : state.kind === "failed" && state.error.code);
console.log("threads lost:", bus.count("thread.lost"));

// Prints:
// loop TASK_TIMEOUT
// hash ba7816bf8f01cfea
// say the event loop was free
// threads lost: 1
