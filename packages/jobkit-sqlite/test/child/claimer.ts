/**
 * A process that shares a queue file with another: adds one task and says so, then claims and settles tasks
 * until there are none, and prints the ids it was given. Arguments: queue file.
 */
import { draftTasks } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { claim, settle } from "../turn.ts";

const queue = await openSqliteQueue({ path: process.argv[2] ?? "", shared: true, lockWaitMs: 60_000 });
const nowMs = Date.now();
await queue.addGraph(
  draftTasks([{ job: "hello", input: null }], { random: new SeededRandom(process.pid), nowMs }),
);

const mine: string[] = [];
for (;;) {
  const tasks = await claim(queue, { owner: "child", nowMs, limit: 3 });
  if (tasks.length === 0) break;
  mine.push(...tasks.map(({ id }) => id));
  await settle(queue, tasks, { kind: "done", result: "child" }, { owner: "child", nowMs });
}
await queue[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(mine));
