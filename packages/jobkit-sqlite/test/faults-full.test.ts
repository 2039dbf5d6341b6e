/** Row 5 of docs/faults.md: no space, for one write or for a while. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { taskId } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { everything, job, randomOf, roundsOr, schedulerOver } from "./faults-kit.ts";
import { NO_STRACE, runUnderFaults } from "./faults-strace.ts";
import { tempFolder } from "./temp-folder.ts";

const ROUNDS = roundsOr(8);
/** Writes that the child makes, about. */
const WRITES = 640;
const BLOCK = 4_096;

interface Said {
  readonly added: readonly string[];
  readonly done: readonly string[];
  readonly refused: readonly string[];
}

/** What is wrong with a file of which one write was refused. `null` where writes cannot be refused. */
async function afterOneRefusedWrite(path: string, when: number, compiled: string) {
  const fault = `pwrite64:error=ENOSPC:when=${when}` as const;
  const printed = runUnderFaults("many-calls", [path], [fault], compiled);
  if (printed === null) return null;
  const { added, done, refused } = JSON.parse(printed) as Said;
  await using queue = await openSqliteQueue({ path });
  const tasks = new Map((await everything(queue)).map((task) => [task.id, task.state.kind]));
  return {
    lost: added.filter((id) => !tasks.has(taskId(id))),
    notDone: done.filter((id) => tasks.get(taskId(id)) !== "done"),
    // A write that empties the log into the file may fail unnoticed: it is made again later.
    refused: refused.length > 1 || refused.some((code) => code !== "QUEUE_DISK_FULL") ? refused : [],
    inPart: tasks.size % 5,
    added: added.length,
  };
}

test(`one write of ${WRITES} refused for want of space, ${ROUNDS} times another one: the call is refused whole, the next works`, async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const random = randomOf();
  for (let round = 0; round < ROUNDS; round += 1) {
    // The first one, the last one, and any between them.
    const when = round === 0 ? 1 : 1 + random.below(WRITES);
    const found = await afterOneRefusedWrite(folder.file(`queue-${round}.db`), when, folder.file("compiled"));
    if (found === null) return skip(NO_STRACE);
    expect({ when, ...found }).toEqual({ when, lost: [], notDone: [], refused: [], inPart: 0, added: 60 });
  }
}, 3_600_000);

test("while a disk is full what runs is finished, nothing is lost, and all goes on by itself when there is space", async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const disk = join(folder.path, "small-disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return skip("mounting a small tmpfs is not allowed here");
  }
  try {
    await using queue = await openSqliteQueue({ path: join(disk, "queue.db") });
    const goOn = Promise.withResolvers<void>();
    const runs: string[] = [];
    const work = job("work", async ({ input }) => {
      runs.push(String(input));
      await goOn.promise;
      // Large, so that to record it takes space.
      return "y".repeat(100_000);
    });
    const { bus, scheduler } = schedulerOver(queue, { jobs: [work], storeRetryMs: 5 });
    await using _open = scheduler;
    await scheduler.start();
    const begun = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<void>();
    const codes: unknown[] = [];
    let started = 0;
    bus.listen({ name: "test" }, ({ ev, attrs }) => {
      if (ev === "task.started" && ++started === 4) begun.resolve();
      if (ev === "scheduler.failed" && codes.push(attrs["code"]) === 5) failed.resolve();
    });
    const ends = scheduler.perform([1, 2, 3, 4, 5, 6].map((input) => ({ job: "work", input })));
    await begun.promise;

    fillUp(join(disk, "ballast"));
    const refused = await scheduler
      .submit([{ job: "work", input: "x".repeat(100_000) }])
      .catch((error: unknown) => error);
    goOn.resolve();
    await failed.promise;
    const whileFull = [...runs];
    rmSync(join(disk, "ballast"));
    const ended = await Promise.all(ends);

    expect(refused).toMatchObject({ code: "QUEUE_DISK_FULL", retry: true });
    expect(whileFull).toHaveLength(4);
    expect(new Set(codes)).toEqual(new Set(["QUEUE_DISK_FULL"]));
    expect(ended.map(({ state, attempt }) => [state.kind, attempt])).toEqual(ended.map(() => ["done", 1]));
    expect(runs.toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(await everything(queue)).toHaveLength(6);
  } finally {
    execFileSync("umount", ["-l", disk]);
  }
}, 300_000);

/** Write until not one block more fits. */
function fillUp(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(BLOCK));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOSPC") throw error;
  } finally {
    closeSync(file);
  }
}
