/** A store that answers a turn before it is durable: what starts meanwhile, and what waits. */
import { expect, test } from "vitest";
import { fork, RamQueue, type QueueStore, type Turn, type TurnRequest } from "../src/index.ts";
import { idOf, job, Latch, setup, told, toldOf, two, type Bench } from "./scheduler-kit.ts";
import { ThroughStore } from "./through-store.ts";

/** Every answer but that of a turn comes when the disk has all that was done before. */
class SlowDisk extends ThroughStore {
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #fault: Error | null = null;
  turns = 0;

  /** Turns whose change is not durable. */
  get waiting(): number {
    return this.#waiting.length;
  }

  override async turn(request: TurnRequest): Promise<Turn> {
    if (this.#fault !== null) throw this.#fault;
    this.turns += 1;
    const turn = await this.inner.turn(request);
    if (turn.claimed.length === 0 && turn.settled.length === 0) return turn;
    const stored = Promise.withResolvers<void>();
    this.#waiting.push(stored);
    return { ...turn, stored: stored.promise };
  }

  override async cancel(...call: Parameters<QueueStore["cancel"]>): ReturnType<QueueStore["cancel"]> {
    const answers = await this.inner.cancel(...call);
    await this.#waiting.at(-1)?.promise;
    return answers;
  }

  /** The disk has the first so many turns that wait; all where it is left out. */
  has(turns = this.#waiting.length): void {
    for (const stored of this.#waiting.splice(0, turns)) stored.resolve();
  }

  /** It takes nothing more. */
  breaks(): void {
    this.#fault = new Error("the disk is broken");
    for (const stored of this.#waiting.splice(0)) stored.reject(this.#fault);
  }
}

interface DiskBench extends Bench {
  readonly disk: SlowDisk;
  readonly runs: unknown[];
}

/** One lane, and a job that notes its input. The disk is let go at the end. */
async function withDisk(lanes = 1, attempts = 3): Promise<DiskBench> {
  const runs: unknown[] = [];
  const disk = new SlowDisk(new RamQueue());
  const retry = { attempts, firstMs: 0, maxMs: 0, factor: 1, jitter: 0 };
  const note = job("note", ({ input }) => void runs.push(input), { retry });
  const fail = job(
    "fail",
    ({ attempt }) => {
      runs.push(`attempt ${attempt}`);
      throw new Error("no");
    },
    { retry },
  );
  const forks = job("forks", (context) => {
    runs.push(`after ${context.forks} forks`);
    return context.forks === 0 ? fork([{ job: "note", input: "forked" }]) : null;
  });
  const bench = setup({ store: disk, lanes, jobs: [note, fail, forks] });
  await bench.scheduler.start();
  const close = async (): Promise<void> => {
    const letGo = setInterval(() => disk.has(), 0);
    try {
      await bench[Symbol.asyncDispose]();
    } finally {
      clearInterval(letGo);
    }
  };
  return { ...bench, disk, runs, [Symbol.asyncDispose]: close };
}

test("a task that waited for nothing starts before the disk has its claim; its end is told when the disk has that", async () => {
  await using bench = await withDisk();
  const { clock, seen, disk, scheduler, runs } = bench;

  const [ended] = scheduler.perform([{ job: "note", input: "a" }]);
  await clock.settle();
  const before = { runs: [...runs], started: told(seen, "task.started").length };
  const finishedBefore = told(seen, "task.finished").length;
  disk.has();
  await clock.settle();
  disk.has();
  await clock.settle();

  expect(before).toEqual({ runs: ["a"], started: 1 });
  expect(finishedBefore).toBe(0);
  expect(await ended).toMatchObject({ state: { kind: "done" } });
});

test("a lane is free for the next task before the disk has the end of the last one, and ends are told in order", async () => {
  await using bench = await withDisk();
  const { clock, seen, disk, scheduler, runs } = bench;

  const added = await scheduler.submit(["a", "b", "c"].map((input) => ({ job: "note", input })));
  await clock.settle();
  const before = { runs: [...runs], finished: told(seen, "task.finished").length };
  disk.has(3);
  await clock.settle();
  const after = toldOf(seen, "task.finished", "task");
  disk.has();
  await clock.settle();

  expect(before).toEqual({ runs: ["a", "b", "c"], finished: 0 });
  expect(after).toEqual([idOf(added, 0), idOf(added, 1)]);
  expect(toldOf(seen, "task.finished", "task")).toEqual(added.map(({ id }) => id));
});

test("what follows on something waits for the disk: a child, another attempt, the next of a sequence, a fork", async () => {
  await using bench = await withDisk(4);
  const { clock, disk, scheduler, runs } = bench;
  const [parent] = await scheduler.submit([{ job: "note", input: "parent" }]);
  await scheduler.submit([
    { job: "note", input: "child", after: [parent?.id ?? ("" as never)] },
    { job: "fail", input: null },
    { job: "note", input: "first in line", sequence: "s" },
    { job: "note", input: "second in line", sequence: "s" },
    { job: "forks", input: null },
  ]);
  await clock.settle();
  const seenBy: unknown[][] = [];
  while (disk.waiting > 0) {
    seenBy.push([...runs]);
    disk.has(1);
    await clock.settle();
  }

  // With each turn that the disk has, only what it made certain goes on.
  const at = (what: string): number => seenBy.findIndex((so) => so.includes(what));
  expect(seenBy[0]).not.toContain("child");
  expect(at("attempt 2")).toBeGreaterThan(at("attempt 1"));
  expect(at("attempt 3")).toBeGreaterThan(at("attempt 2"));
  expect(at("second in line")).toBeGreaterThan(at("first in line"));
  expect(at("forked")).toBeGreaterThan(at("after 0 forks"));
  expect(at("after 1 forks")).toBeGreaterThan(at("forked"));
  expect(runs).toContain("child");
});

test("so many turns may wait for the disk and no more", async () => {
  await using bench = await withDisk();
  const { clock, disk, scheduler, runs } = bench;
  await scheduler.submit(Array.from({ length: 200 }, (_, input) => ({ job: "note", input })));

  await clock.settle();

  expect(disk.waiting).toBe(64);
  expect(runs).toHaveLength(64);
  disk.has();
  await clock.settle();
  expect(runs).toHaveLength(128);
});

test("who cancels gets his turn between two turns of the loop, and is answered when all before is told", async () => {
  await using bench = await withDisk();
  const { clock, seen, disk, scheduler } = bench;
  const added = await scheduler.submit(Array.from({ length: 200 }, (_, input) => ({ job: "note", input })));
  await clock.settle();

  const cancelled = scheduler.cancel([idOf(added, 199)], "not needed");
  await clock.settle();
  disk.has();
  await clock.settle();
  const turns = disk.turns;
  disk.has();
  await clock.settle();

  expect(await cancelled).toMatchObject([{ was: "ended" }]);
  // Not after all that waits: after the turns that were under way.
  expect(turns).toBeLessThan(130);
  const order = toldOf(seen, "task.finished", "task");
  expect(order.indexOf(idOf(added, 199))).toBeLessThan(order.length);
  expect(order.slice(0, 63)).toEqual(added.slice(0, 63).map(({ id }) => id));
});

test("where the disk breaks, what ended in vain is not told, that is told, and closing comes to its end", async () => {
  await using bench = await withDisk();
  const { clock, seen, disk, scheduler, runs } = bench;
  const ended = scheduler.perform(two("note")).map((end) => end.catch((error: unknown) => error));
  await clock.settle();

  disk.breaks();
  await clock.advance(2_000);
  const closed = scheduler[Symbol.asyncDispose]();
  await clock.advance(60_000);
  await closed;

  expect(runs).toHaveLength(2);
  expect(told(seen, "task.finished")).toEqual([]);
  expect(told(seen, "scheduler.failed").length).toBeGreaterThan(0);
  expect(await Promise.all(ended)).toMatchObject([
    { code: "SCHEDULER_CLOSED" },
    { code: "SCHEDULER_CLOSED" },
  ]);
});

test("a scheduler is not idle, and not closed, before all that ended is told", async () => {
  await using bench = await withDisk();
  const { clock, seen, disk, scheduler } = bench;
  await scheduler.submit([{ job: "note", input: 1 }]);
  let idle = false;
  void scheduler.idle().then(() => (idle = true));

  await clock.settle();
  const before = { idle, finished: told(seen, "task.finished").length };
  disk.has();
  await clock.settle();
  disk.has();
  await clock.settle();

  expect(before).toEqual({ idle: false, finished: 0 });
  expect({ idle, finished: told(seen, "task.finished").length }).toEqual({ idle: true, finished: 1 });
});

test("who drains while a turn waits for the disk is answered after its end is told", async () => {
  const latch = new Latch();
  using _open = latch;
  const disk = new SlowDisk(new RamQueue());
  await using bench = setup({ store: disk, lanes: 1, jobs: [job("wait", () => latch.wait())] });
  const { clock, seen, scheduler } = bench;
  await scheduler.start();
  await scheduler.submit([{ job: "wait", input: null }]);
  await clock.settle();

  const drained = scheduler.drain(Number.POSITIVE_INFINITY).then(() => told(seen, "task.finished").length);
  latch.release();
  await clock.settle();
  disk.has();
  await clock.settle();
  disk.has();

  expect(await drained).toBe(1);
});
