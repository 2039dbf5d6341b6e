/**
 * A process that makes calls of every kind on a queue, a few of which the disk will refuse, tries each refused one
 * once more, and prints what was answered, what was refused, and what it knows to be done. Arguments: queue file.
 */
import { CodedError, draftTasks, type QueueStore, type TaskId } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { claim, settle } from "../turn.ts";

const ROUNDS = 12;
const random = new SeededRandom(1);
const refused: string[] = [];
const added: TaskId[] = [];
const done: TaskId[] = [];

/** @returns the answer, or `null` where it was refused both times. */
async function twice<T>(call: () => Promise<T>): Promise<T | null> {
  for (let time = 0; time < 2; time += 1)
    try {
      return await call();
    } catch (error) {
      refused.push(error instanceof CodedError ? error.code : String(error));
    }
  return null;
}

const queue = await twice(() => openSqliteQueue({ path: process.argv[2] ?? "" }));
if (queue !== null) {
  for (let round = 0; round < ROUNDS; round += 1) await callAll(queue, round);
  await queue[Symbol.asyncDispose]();
}
process.stdout.write(JSON.stringify({ added, done, refused }));

/** One call of each kind that changes something. */
async function callAll(store: QueueStore, round: number): Promise<void> {
  const tasks = Array.from({ length: 5 }, () => ({ job: "work", input: "x".repeat(300) }));
  const drafts = draftTasks(tasks, { random, nowMs: Date.now() });
  const answers = await twice(() => store.addGraph(drafts));
  added.push(...(answers ?? []).map(({ id }) => id));
  const claimed = await twice(() => claim(store, { nowMs: Date.now() + 1, limit: 2 }));
  const settled = await twice(() => settle(store, claimed ?? [], { kind: "done", result: round }));
  done.push(...(settled ?? []).filter(({ accepted }) => accepted).map(({ id }) => id));
}
