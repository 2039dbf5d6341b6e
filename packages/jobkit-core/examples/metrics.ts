/** Numbers of what ran: as one JSON value, and as Prometheus reads them. */
import { defineJob, gaugesOf, Metrics, prometheusText } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const resize = defineJob({
  name: "resize",
  doc: "Resizes a picture, which takes a second per megapixel; refuses large ones at first.",
  input: z.number(),
  needs: { cpu: 1 },
  retry: { attempts: 2, firstMs: 1_000, jitter: 0 },
  run: async ({ input, attempt, signal }) => {
    if (input > 3 && attempt === 1) throw new Error("too large");
    await clock.sleep(input * 1_000, signal);
  },
});
const { scheduler, bus, store } = await stage([resize], { pools: { cpu: 1 } });
const metrics = new Metrics({ bus, clock });
await scheduler.submit([1, 2, 3, 4, 5].map((input) => ({ job: "resize", input })));
await clock.advance(10_000);

const { pools, laneGroups } = scheduler.snapshot();
const oldest = await store.oldestDue(clock.now());
const counts = Map.groupBy(await store.counts(), ({ job }) => job);
const snapshot = metrics.snapshot({
  queue: [...counts].map(([job, own]) => ({
    job,
    counts: Object.fromEntries(own.map(({ state, count }) => [state, count])),
    oldestDueAtMs: oldest[job] ?? null,
  })),
  lanes: laneGroups,
  pools: pools.map(({ name, size, held }) => ({ name, size, busy: held })),
});
const [job] = snapshot.jobs;
console.log(job?.outcomes, "success", job?.successRate, "retries", job?.retries);
console.log("median ms", Math.round(job?.ranMs["done"]?.p50 ?? 0), "recent per s", job?.recent?.finishedPerS);
console.log(snapshot.queue, snapshot.pools[0]?.slots);
const lines = prometheusText(bus, { gauges: gaugesOf(snapshot) }).split("\n");
console.log(lines.filter((line) => /^jobkit_(queue_|pool_slots|task_finished_total)/.test(line)).join("\n"));
await scheduler[Symbol.asyncDispose]();

// Prints:
// { done: 3 } success 1 retries 2
// median ms 1992 recent per s 0.3
// [
//   {
//     job: 'resize',
//     counts: { running: 1, retrying: 1, done: 3 },
//     oldestAgeMs: 3000
//   }
// ] { name: 'cpu', size: 1, busy: 1, utilisation: 1 }
// jobkit_task_finished_total{job="resize",outcome="done"} 3
// jobkit_queue_tasks{job="resize",state="running"} 1
// jobkit_queue_tasks{job="resize",state="retrying"} 1
// jobkit_queue_tasks{job="resize",state="done"} 3
// jobkit_queue_oldest_age_seconds{job="resize"} 3
// jobkit_pool_slots{pool="cpu"} 1
// jobkit_pool_slots_busy{pool="cpu"} 1
