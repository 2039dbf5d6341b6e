/** Row 1 of docs/faults.md: how soon a process that was killed is at work again, with many tasks waiting. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { draftTasks } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { everything, nodesOr, roundsOr } from "./faults-kit.ts";
import { LANES } from "./faults-life.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

const QUEUED = nodesOr(5_000);
const STARTS = roundsOr(4);

interface Picked {
  readonly processMs: number;
  readonly openMs: number;
}

/** Start a process, hear when it began its first task, and kill it in the middle of that. */
async function pickAndKill(path: string, compiled: string): Promise<Picked> {
  const child = spawnChild("pick", [path], compiled);
  const gone = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  child.kill("SIGKILL");
  expect(await gone).toEqual([null, "SIGKILL"]);
  return JSON.parse(line) as Picked;
}

function say(picks: readonly Picked[], what: keyof Picked): string {
  const sorted = picks.map((pick) => pick[what]).toSorted((a, b) => a - b);
  const [least = 0] = sorted;
  return `${least.toFixed(0)} to ${(sorted.at(-1) ?? 0).toFixed(0)} ms`;
}

test(`with ${QUEUED} tasks queued, a process that was killed at work is at work again, and nothing is lost`, async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const queue = await openSqliteQueue({ path });
  const random = new SeededRandom(1);
  const tasks = Array.from({ length: QUEUED }, (_, input) => ({ job: "work", input }));
  await queue.addGraph(draftTasks(tasks, { random, nowMs: Date.now() }));
  await queue[Symbol.asyncDispose]();

  const picks: Picked[] = [];
  for (let start = 0; start < STARTS; start += 1)
    picks.push(await pickAndKill(path, folder.file("compiled")));

  console.log(
    `${QUEUED} queued, first task begun after ${say(picks, "openMs")} from opening the file, ` +
      `${say(picks, "processMs")} from the start of the process (${STARTS} starts)`,
  );
  await using again = await openSqliteQueue({ path });
  const tasksNow = await everything(again);
  const begun = tasksNow.filter(({ attempt }) => attempt > 0);
  // What was cut off is ready again, behind what was due before it; nothing is lost, nothing begun beside it.
  expect(tasksNow).toHaveLength(QUEUED);
  expect(begun.map(({ attempt }) => attempt)).toEqual(begun.map(() => 1));
  expect(begun.map(({ input }) => input)).toEqual(Array.from({ length: STARTS * LANES }, (_, at) => at));
  expect(begun.filter(({ state }) => state.kind === "running")).toHaveLength(LANES);
}, 3_600_000);
