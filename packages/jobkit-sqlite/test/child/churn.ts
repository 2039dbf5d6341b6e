/**
 * A process that works on a queue until it is killed: recovers what an earlier one left, then adds, claims and
 * settles at random, and writes into a side file what the queue has answered for. Arguments: queue file, side
 * file, seed. Says on stdout each time something was answered.
 */
import { openSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { draftTasks, type TaskDraft, type TaskId } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { claim, settle } from "../turn.ts";

// Now, because it would be written at the end, and this process is killed.
flushCompileCache();
const [path = "", side = "", seedText = "0"] = process.argv.slice(2);
const random = new SeededRandom(Number(seedText));
const owner = `process ${process.pid} seed ${seedText}`;
const LANES = 4;
const UNFINISHED_MAX = 200;

const sideFile = openSync(side, "a");
/** One write call is whole or not there after a kill; it comes after the answer, never before. */
function acknowledged(what: string, ids: readonly TaskId[]): void {
  writeSync(sideFile, ids.map((id) => `${what} ${id}\n`).join(""));
  writeSync(1, ".\n");
}

const queue = await openSqliteQueue({ path });
await queue.recover({ nowMs: Date.now(), lost: "others", owner });
await Promise.all([adding(), ...Array.from({ length: LANES }, () => working())]);

async function adding(): Promise<void> {
  for (;;) {
    const unfinished = (await queue.counts()).filter(({ state }) => state !== "done");
    if (unfinished.reduce((sum, { count }) => sum + count, 0) > UNFINISHED_MAX) continue;
    const batch = graph();
    await queue.addGraph(batch);
    acknowledged(
      "added",
      batch.map(({ id }) => id),
    );
  }
}

/** A small graph: each task may wait for earlier ones of its batch. */
function graph(): readonly TaskDraft[] {
  const tasks = Array.from({ length: 1 + random.below(6) }, () => ({ job: "work", input: null }));
  const batch = draftTasks(tasks, { random, nowMs: Date.now() });
  return batch.map((draft, at) => {
    const after = random.chance(0.5) ? batch.slice(0, at).slice(-2) : [];
    return Object.assign({}, draft, { after: after.map(({ id }) => id) });
  });
}

async function working(): Promise<void> {
  for (;;) {
    const nowMs = Date.now();
    const tasks = await claim(queue, { owner, nowMs, limit: 1 + random.below(3) });
    if (tasks.length === 0) continue;
    acknowledged(
      "claimed",
      tasks.map(({ id }) => id),
    );
    const settled = await settle(queue, tasks, { kind: "done", result: owner }, { owner, nowMs });
    acknowledged(
      "done",
      settled.filter(({ accepted }) => accepted).map(({ id }) => id),
    );
  }
}
