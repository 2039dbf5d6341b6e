/**
 * A process that runs the tasks of a queue file, says when it began the first one, counted in ms from its own
 * beginning and from the opening of the file, and holds it until it is killed. Arguments: queue file.
 */
import { flushCompileCache } from "node:module";
import { openSqliteQueue } from "jobkit-sqlite";
import { job, schedulerOver } from "../faults-kit.ts";

flushCompileCache();
const openedMs = performance.now();
const queue = await openSqliteQueue({ path: process.argv[2] ?? "" });
const { promise: killed } = Promise.withResolvers<void>();
let told = false;
const work = job("work", () => {
  const nowMs = performance.now();
  if (!told) process.stdout.write(`${JSON.stringify({ processMs: nowMs, openMs: nowMs - openedMs })}\n`);
  told = true;
  return killed;
});
const { scheduler } = schedulerOver(queue, { jobs: [work] });
await scheduler.start();
// Somebody who waits for the job keeps the process alive; the job itself does not.
setInterval(() => {}, 60_000);
