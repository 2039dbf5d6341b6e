/**
 * A process that has no file descriptor left, or only a few: opens a queue with each number of them, and works on one
 * that it opened before, with a scheduler. Prints what each came to. Arguments: queue file for the first, for
 * the second.
 */
import { closeSync, openSync } from "node:fs";
import { CodedError } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { job, schedulerOver } from "../faults-kit.ts";

const TASKS = 200;
const SPARE_MAX = 12;
const [first = "", second = ""] = process.argv.slice(2);
const queue = await openSqliteQueue({ path: second });
let ran = 0;
const work = job("work", async () => void (ran += 1));
const { bus, scheduler } = schedulerOver(queue, { jobs: [work] });
await scheduler.start();

const taken: number[] = [];
function takeAll(): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    // That was the last one.
  }
}

function giveBack(count: number): void {
  for (const descriptor of taken.splice(0, count)) closeSync(descriptor);
}

const codeOf = (error: unknown): string => (error instanceof CodedError ? error.code : String(error));

async function openAndClose(): Promise<string> {
  try {
    await (await openSqliteQueue({ path: first }))[Symbol.asyncDispose]();
    return "opened";
  } catch (error) {
    return codeOf(error);
  }
}

takeAll();
const ends = await Promise.all(
  scheduler.perform(Array.from({ length: TASKS }, (_, input) => ({ job: "work", input }))),
).then((tasks) => tasks.filter(({ state }) => state.kind === "done").length, codeOf);
const before = taken.length;
const opening: string[] = [];
for (let spare = 0; spare <= SPARE_MAX; spare += 1) {
  giveBack(spare);
  opening.push(await openAndClose());
  takeAll();
}
const lost = before - taken.length;
giveBack(before);
await scheduler[Symbol.asyncDispose]();
await queue[Symbol.asyncDispose]();
const failures = bus.count("scheduler.failed");
process.stdout.write(JSON.stringify({ opening, lost, ends, ran, failures }));
