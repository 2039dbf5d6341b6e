/**
 * A process that shares a queue file with another: adds one task and says so, then claims and settles tasks
 * until there are none, and prints the ids it was given. Arguments: queue file.
 */
import { draftTasks } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";

const queue = await openSqliteQueue({ path: process.argv[2] ?? "", shared: true, lockWaitMs: 60_000 });
const nowMs = Date.now();
await queue.addGraph(
  draftTasks([{ job: "hello", input: null }], { random: new SeededRandom(process.pid), nowMs }),
);

const wants = [{ job: "work", limit: 3 }];
const mine: string[] = [];
for (;;) {
  const tasks = await queue.claim({ owner: "child", nowMs, leaseUntilMs: nowMs + 60_000, wants });
  if (tasks.length === 0) break;
  mine.push(...tasks.map(({ id }) => id));
  const outcome = { kind: "done", result: "child" } as const;
  await queue.settle(tasks.map(({ id, claim }) => ({ id, owner: "child", claim, nowMs, outcome })));
}
await queue[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(mine));
