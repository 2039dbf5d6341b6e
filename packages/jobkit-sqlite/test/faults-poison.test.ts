/** Row 15 of docs/faults.md: a task that takes its whole process with it, each time. */
import { once } from "node:events";
import { defaultRetry, draftTasks } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { everything } from "./faults-kit.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

const LIVES_MAX = 20;

/** Start processes until one ends by itself. @returns how many were killed by what they ran. */
async function deathsOf(path: string, compiled: string): Promise<number> {
  for (let deaths = 0; deaths < LIVES_MAX; deaths += 1) {
    const child = spawnChild("poison", [path], compiled);
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    if (code === 0) return deaths;
    expect(signal).toBe("SIGKILL");
  }
  return LIVES_MAX;
}

test("a task that kills its process is run as often as it has attempts, then fails, and the others are done", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const queue = await openSqliteQueue({ path });
  const tasks = [
    { job: "poison", input: null, priority: 1 },
    ...Array.from({ length: 40 }, (_, input) => ({ job: "good", input })),
  ];
  await queue.addGraph(draftTasks(tasks, { random: new SeededRandom(1), nowMs: Date.now() }));
  await queue[Symbol.asyncDispose]();

  const deaths = await deathsOf(path, folder.file("compiled"));

  await using again = await openSqliteQueue({ path });
  const [poison, ...good] = await everything(again);
  expect(deaths).toBe(defaultRetry.attempts);
  expect(poison).toMatchObject({ state: { kind: "failed", error: { code: "WORKER_LOST" } } });
  expect(good.filter(({ state }) => state.kind !== "done")).toEqual([]);
}, 300_000);
