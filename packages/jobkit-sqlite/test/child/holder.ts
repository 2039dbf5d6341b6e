/**
 * A process that shares a queue file, runs the job "work" for as long as nobody stops it, and says a line when it
 * is ready, when it has begun one, and when it was told to stop. Arguments: queue file.
 */
import { writeSync } from "node:fs";
import { openSqliteQueue } from "jobkit-sqlite";
import { job, schedulerOver } from "../faults-kit.ts";

const queue = await openSqliteQueue({ path: process.argv[2] ?? "", shared: true });
const work = job("work", async ({ signal }) => {
  writeSync(1, "begun\n");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
  writeSync(1, `stopped: ${(signal.reason as { code: string }).code}\n`);
  return "there";
});
const owner = `process ${process.pid}`;
const { scheduler } = schedulerOver(queue, { jobs: [work], owner, lanes: 1, lost: "expired", leaseMs: 300 });
await scheduler.start();
writeSync(1, "ready\n");
setInterval(() => {}, 60_000);
