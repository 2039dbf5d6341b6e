/**
 * Does the cost of one task grow with the tasks that are queued? Submitting, and picking with completing, for
 * each decade up to a million, in memory; and what a queued task costs in memory.
 * `node --expose-gc --conditions=@jobkit/source bench/growth.ts`
 */
import { RamQueue, type NewTask } from "../src/index.ts";
import { scheduler } from "./kit.ts";

const MOST = Number(process.env["MOST"] ?? 1_000_000);
/** Tasks submitted, and run, beside those that are queued already. */
const PROBE = 1_000;
const ROUNDS = 7;

const later = (input: number): NewTask => ({ job: "work", input, priority: -1 });
const probe = (input: number): NewTask => ({ job: "work", input });

const best = (values: readonly number[]): string => Math.min(...values).toFixed(2);

console.log("   queued   submit µs   pick and complete µs   bytes a task");
for (let queued = 1_000; queued <= MOST; queued *= 10) await measure(queued);

async function measure(queued: number): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const store = new RamQueue();
  await using open = scheduler(async () => {}, store);
  for (let at = 0; at < queued; at += 100_000)
    await open.submit(Array.from({ length: Math.min(100_000, queued - at) }, (_, input) => later(input)));
  globalThis.gc?.();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / queued);
  const submits: number[] = [];
  const runs: number[] = [];
  await open.start();
  await open.pause();
  for (let round = 0; round < ROUNDS; round += 1) {
    const beganMs = performance.now();
    const ended = open.perform(Array.from({ length: PROBE }, (_, input) => probe(input)));
    await store.counts();
    submits.push(((performance.now() - beganMs) * 1_000) / PROBE);
    const resumedMs = performance.now();
    await open.resume();
    await Promise.all(ended);
    runs.push(((performance.now() - resumedMs) * 1_000) / PROBE);
    await open.pause();
  }
  console.log(
    `${String(queued).padStart(9)}${best(submits).padStart(12)}${best(runs).padStart(23)}${String(bytes).padStart(15)}`,
  );
}
