/**
 * A process that runs the tasks of a queue file until nothing is left, unless the job "poison" kills it first, as
 * a fault of native code would. Arguments: queue file.
 */
import { flushCompileCache } from "node:module";
import { openSqliteQueue } from "jobkit-sqlite";
import { job, schedulerOver } from "../faults-kit.ts";

flushCompileCache();
const queue = await openSqliteQueue({ path: process.argv[2] ?? "" });
const poison = job("poison", async () => void process.kill(process.pid, "SIGKILL"));
const good = job("good", async ({ attempt }) => attempt);
const { scheduler } = schedulerOver(queue, { jobs: [poison, good], owner: `process ${process.pid}` });
await scheduler.start();
await scheduler.idle();
await scheduler[Symbol.asyncDispose]();
await queue[Symbol.asyncDispose]();
