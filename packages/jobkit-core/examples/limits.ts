/** Lanes, pools, a job's own limit, a rate: who starts when, and why the others do not. */
import { defineJob, describeHeld, type JobDefinition } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const MINUTE = 60_000;
const job = (name: string, more: Partial<JobDefinition<null>>) =>
  defineJob({
    name,
    doc: "Takes a minute.",
    input: z.null(),
    run: ({ signal }) => clock.sleep(MINUTE, signal),
    ...more,
  });
const jobs = [
  job("render", { needs: { gpu: 1, ram: 12 } }),
  job("resize", { needs: { ram: 2 } }),
  job("backup", { concurrencyMax: 1, lane: "background" }),
  job("call", { rate: { starts: 1, perMs: 10 * MINUTE } }),
];
const { scheduler, bus } = await stage(jobs, {
  pools: { gpu: 2, ram: 16 },
  lanes: { main: 6, background: 2 },
});
await scheduler.submit(jobs.flatMap(({ name }) => [name, name].map((twin) => ({ job: twin, input: null }))));
await clock.settle();
const { running, held, pools } = scheduler.snapshot();
console.log("running:", running.map(({ job: name, worker }) => `${name} in ${worker}`).join(", "));
for (const [name, reason] of Object.entries(held)) console.log(`${name} waits: ${describeHeld(reason)}`);
console.log(pools.map(({ name, held: taken, size }) => `${name} ${taken}/${size}`).join(", "));
await clock.advance(20 * MINUTE);
for (const { name, busyMs } of scheduler.snapshot().laneGroups)
  console.log(`${name}: ${busyMs / MINUTE} lane-minutes in use`);
console.log(bus.count("task.finished"), "finished");
await scheduler[Symbol.asyncDispose]();

// Prints:
// running: render in main-1, backup in background-1, call in main-2
// render waits: no slot of ram
// resize waits: no slot of ram
// backup waits: at its own limit
// call waits: at its rate
// gpu 1/2, ram 12/16
// main: 6 lane-minutes in use
// background: 2 lane-minutes in use
// 8 finished
