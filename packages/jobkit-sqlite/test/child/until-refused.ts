/**
 * A process that adds tasks one by one until the queue refuses, tries once more, and prints what was answered
 * and the codes of both refusals. Arguments: queue file.
 */
import { CodedError, draftTasks } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";

const ADDS_MAX = 500;
const queue = await openSqliteQueue({ path: process.argv[2] ?? "" });
const random = new SeededRandom(1);
const answered: string[] = [];

/** @returns the code of the refusal, or `null` where it was answered. */
async function add(): Promise<string | null> {
  const drafts = draftTasks([{ job: "work", input: null }], { random, nowMs: Date.now() });
  try {
    const added = await queue.addGraph(drafts);
    answered.push(...added.map(({ id }) => id));
    return null;
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

let refused: string | null = null;
for (let at = 0; at < ADDS_MAX && refused === null; at += 1) refused = await add();
const afterwards = await add();
process.stdout.write(JSON.stringify({ answered, refused, afterwards }));
await queue[Symbol.asyncDispose]();
