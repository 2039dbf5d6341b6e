/** A check that holds a job, a watchdog that barks, and a report. */
import { CheckRunner, defineJob, HealthMonitor, jobkitEvents, SchedulerFacts } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

let serverIsUp = false;
const ask = defineJob({
  name: "ask",
  doc: "Asks a server; hangs after the first part of the answer.",
  input: z.string(),
  checks: { ready: async () => (serverIsUp ? { ok: true } : { ok: false, why: "the server starts" }) },
  run: async ({ progress, signal }) => {
    progress(1, 0, "first part");
    await clock.sleep(8 * 60_000, signal);
  },
});
const { scheduler, store, bus, events } = await stage([ask]);
await using checks = new CheckRunner({ jobs: [ask], holder: scheduler, clock, events });
using facts = new SchedulerFacts({ scheduler, store, jobs: [ask], bus, clock, checks });
await using monitor = new HealthMonitor({
  source: () => facts.gather(),
  clock,
  events,
  settings: () => ({ "health.silentMs": 60_000 }),
});
bus.on(jobkitEvents, "alert.fired", ({ attrs }) => console.log(`${attrs.level}: ${attrs.why}`));
bus.on(jobkitEvents, "alert.resolved", ({ attrs }) =>
  console.log(`over after ${attrs.lastedMs / 60_000} min`),
);
checks.start();
monitor.start();
await scheduler.submit([{ job: "ask", input: "What is a lane?" }]);
await clock.advance(2 * 60_000);
console.log(scheduler.snapshot().holds["ask"], monitor.report().ok);
serverIsUp = true;
await clock.advance(3 * 60_000);
console.log(monitor.report().level, monitor.report().ok);
await clock.advance(8 * 60_000);
console.log(monitor.report().level);
await scheduler[Symbol.asyncDispose]();

// Prints:
// error: ask has not been ready for 1 min 5 s (ready: the server starts)
// { check: 'ready check: the server starts' } false
// over after 1 min
// warn: ask has said nothing for 1 min 3 s
// warn true
// over after 7 min
// ok
