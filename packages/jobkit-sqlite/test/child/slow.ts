/**
 * A process that submits tasks one after the other and runs them, on a disk that may be slow, beside other work of
 * its own. Prints how long its event loop was held up, how long submissions took and what else was done, all in
 * ms. Arguments: queue file, how many tasks, pages of the log before they go into the file (optional).
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openSqliteQueue } from "jobkit-sqlite";
import { job, schedulerOver } from "../faults-kit.ts";

const OTHER_WORK_MS = 5;
const [path = "", count = "1"] = process.argv.slice(2);
const queue = await openSqliteQueue({ path });
const work = job("work", async () => {});
const { scheduler } = schedulerOver(queue, { jobs: [work] });
await scheduler.start();

const loop = monitorEventLoopDelay({ resolution: 1 });
let turns = 0;
const other = setInterval(() => (turns += 1), OTHER_WORK_MS);
loop.enable();
const submits: number[] = [];
const ends: number[] = [];
const otherTurns: number[] = [];
for (let at = 0; at < Number(count); at += 1) {
  const askedMs = performance.now();
  const turnsBefore = turns;
  const [ended] = scheduler.perform([{ job: "work", input: at }]);
  await scheduler.submit([{ job: "work", input: `beside ${at}` }]);
  submits.push(performance.now() - askedMs);
  await ended;
  ends.push(performance.now() - askedMs);
  otherTurns.push(turns - turnsBefore);
}
loop.disable();
clearInterval(other);
await scheduler[Symbol.asyncDispose]();
await queue[Symbol.asyncDispose]();

function spread(values: readonly number[]): { readonly p50: number; readonly max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: sorted[sorted.length >> 1] ?? 0, max: sorted.at(-1) ?? 0 };
}
const lag = { p50: loop.percentile(50) / 1e6, p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 };
process.stdout.write(
  JSON.stringify({ lag, submit: spread(submits), end: spread(ends), otherTurns: spread(otherTurns) }),
);
