import { describe, expect, test } from "vitest";
import { RamQueue } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { job, Latch, setup, started, told, toldOf, two } from "./scheduler-kit.ts";

const jobs = ["a", "b"].map((name) => job(name, async () => {}));
const both = ["a", "b"].map((name) => ({ job: name, input: null }));
const MARK = "scheduler.paused";

describe("a paused job", () => {
  test("starts nothing more; what runs goes on, and other jobs do, too", async () => {
    using latch = new Latch();
    await using bench = await started({ jobs: [job("slow", () => latch.wait()), ...jobs] });
    const { clock, seen, scheduler } = bench;
    await scheduler.submit([{ job: "slow", input: 1 }]);
    await clock.settle();

    await scheduler.pause("slow");
    await scheduler.submit([{ job: "slow", input: 2 }, ...both]);
    latch.release();
    await scheduler.idle();

    expect(toldOf(seen, "task.finished", "outcome")).toHaveLength(3);
    expect(scheduler.snapshot()).toMatchObject({
      paused: { all: false, jobs: ["slow"] },
      held: { slow: { kind: "paused" } },
    });
    await scheduler.resume("slow");
    await clock.settle();
    expect(latch.waiting).toBe(1);
    expect([...toldOf(seen, "job.paused", "target"), ...toldOf(seen, "job.resumed", "target")]).toEqual([
      "slow",
      "slow",
    ]);
  });

  test("stays paused over a restart, until it is resumed; then nothing of it is kept", async () => {
    const store = new RamQueue();
    const clock = new FakeClock();
    await using first = await started({ store, clock, jobs });
    await first.scheduler.pause("a");
    await first.scheduler.drain(0);

    await using second = await started({ store, clock, owner: "two", jobs });
    await second.scheduler.submit(both);
    await second.scheduler.idle();
    expect(told(second.seen, "task.started").map((event) => event.job)).toEqual(["b"]);
    await second.scheduler.resume("a");
    await second.scheduler.idle();

    expect(told(second.seen, "task.started").map((event) => event.job)).toEqual(["b", "a"]);
    expect(await store.marks([MARK])).toEqual({});
  });

  test("that was paused before the start is paused, and so is what an earlier life had paused", async () => {
    const store = new RamQueue();
    await store.setMarks({ [MARK]: { all: false, jobs: ["a", "gone"] } });
    await using bench = setup({ store, jobs });
    const { scheduler } = bench;

    await scheduler.pause("b");
    await scheduler.start();
    await scheduler.submit(both);
    await scheduler.idle();

    expect(scheduler.snapshot().paused).toEqual({ all: false, jobs: ["a", "b"] });
    expect(told(bench.seen, "task.started")).toEqual([]);
  });

  test("is not started by what another hand resumes", async () => {
    await using bench = await started({ jobs });
    const { scheduler } = bench;

    await Promise.all([scheduler.pause("a"), scheduler.pause("b"), scheduler.resume("b")]);
    await scheduler.submit(both);
    await scheduler.idle();

    expect(scheduler.snapshot().paused.jobs).toEqual(["a"]);
    expect(await bench.store.marks([MARK])).toEqual({ [MARK]: { all: false, jobs: ["a"] } });
  });

  test("that nobody knows is refused, with the nearest name", async () => {
    await using bench = setup({ jobs });

    for (const call of ["pause", "resume"] as const)
      await expect(bench.scheduler[call]("aa")).rejects.toMatchObject({ code: "JOB_UNKNOWN" });
    expect(bench.seen).toEqual([]);
  });

  test("is paused also where the store cannot keep that, and whoever asked is told", async () => {
    const store = new RamQueue();
    store.setMarks = () => Promise.reject(new Error("disk full"));
    await using bench = await started({ store, jobs });
    const { scheduler } = bench;

    await expect(scheduler.pause("a")).rejects.toThrow("disk full");
    await scheduler.submit(both);
    await scheduler.idle();

    expect(told(bench.seen, "task.started").map((event) => event.job)).toEqual(["b"]);
  });
});

describe("a scheduler that is paused as a whole", () => {
  test("starts nothing, also after a restart, until all is resumed, with the jobs that were paused singly", async () => {
    const store = new RamQueue();
    const clock = new FakeClock();
    await using first = await started({ store, clock, jobs });
    await first.scheduler.pause();
    await first.scheduler.pause("a");
    await first.scheduler.drain(0);

    await using second = await started({ store, clock, owner: "two", jobs });
    await second.scheduler.submit(both);
    await second.scheduler.idle();
    expect(second.scheduler.snapshot()).toMatchObject({
      paused: { all: true, jobs: ["a"] },
      held: { a: { kind: "paused" }, b: { kind: "paused" } },
    });
    await second.scheduler.resume();
    await second.scheduler.idle();

    expect(toldOf(second.seen, "task.finished", "outcome")).toEqual(["done", "done"]);
    expect(second.scheduler.snapshot().paused).toEqual({ all: false, jobs: [] });
  });

  test("and whose jobs are resumed one by one starts nothing", async () => {
    await using bench = await started({ jobs });
    const { scheduler } = bench;
    await scheduler.pause();

    await scheduler.resume("a");
    await scheduler.submit(both);
    await scheduler.idle();

    expect(told(bench.seen, "task.started")).toEqual([]);
    expect(toldOf(bench.seen, "job.paused", "target")).toEqual([""]);
  });

  test("does not take a mark that it cannot read for a pause", async () => {
    const store = new RamQueue();
    await store.setMarks({ [MARK]: "nonsense" });

    await using bench = await started({ store, jobs });

    expect(bench.scheduler.snapshot().paused).toEqual({ all: false, jobs: [] });
  });
});

describe("a job that somebody holds", () => {
  test("starts nothing while anybody holds it, and the snapshot says who and why", async () => {
    await using bench = await started({ jobs });
    const { seen, scheduler } = bench;
    scheduler.hold("a", "checks", "the server does not answer");
    scheduler.hold("a", "a person", "wait for me");
    scheduler.hold("a", "checks", "it answers slowly");

    await scheduler.submit(both);
    await scheduler.idle();
    expect(scheduler.snapshot()).toMatchObject({
      held: { a: { kind: "not ready" } },
      holds: { a: { checks: "it answers slowly", "a person": "wait for me" } },
    });
    scheduler.release("a", "checks");
    scheduler.release("a", "nobody");
    await scheduler.idle();
    expect(told(seen, "task.started").map((event) => event.job)).toEqual(["b"]);
    scheduler.release("a", "a person");
    await scheduler.idle();

    expect(told(seen, "task.started").map((event) => event.job)).toEqual(["b", "a"]);
    expect(scheduler.snapshot()).toMatchObject({ held: {}, holds: {} });
  });

  test("may be held before the start, and is free again after a restart", async () => {
    const store = new RamQueue();
    const clock = new FakeClock();
    await using first = setup({ store, clock, jobs });
    first.scheduler.hold("a", "checks", "not asked yet");
    await first.scheduler.start();
    await first.scheduler.submit(both);
    await first.scheduler.idle();
    expect(told(first.seen, "task.started").map((event) => event.job)).toEqual(["b"]);
    await first.scheduler.drain(0);

    await using second = await started({ store, clock, owner: "two", jobs });
    await second.scheduler.idle();

    expect(told(second.seen, "task.started").map((event) => event.job)).toEqual(["a"]);
  });

  test("that nobody knows is refused", async () => {
    await using bench = setup({ jobs });

    expect(() => bench.scheduler.hold("aa", "test", "")).toThrow(
      expect.objectContaining({ code: "JOB_UNKNOWN" }) as Error,
    );
    expect(() => bench.scheduler.release("aa", "test")).toThrow(
      expect.objectContaining({ code: "JOB_UNKNOWN" }) as Error,
    );
  });
});

test.each<[string, (bench: Awaited<ReturnType<typeof started>>) => unknown]>([
  ["is paused", ({ scheduler }) => scheduler.pause("heavy")],
  ["is held", ({ scheduler }) => scheduler.hold("heavy", "test", "no")],
])("slots that were kept for a heavy task go to others when its job %s", async (_what, stop) => {
  using latch = new Latch();
  await using bench = await started({
    pools: { disk: 2 },
    jobs: [
      job("heavy", () => latch.wait(), { needs: { disk: 2 } }),
      job("light", () => latch.wait(), { needs: { disk: 1 } }),
    ],
  });
  const { clock, scheduler } = bench;
  await scheduler.submit([{ job: "light", input: 0 }]);
  await clock.advance(1);
  await scheduler.submit([{ job: "heavy", input: null }]);
  await clock.advance(1);
  await scheduler.submit(two("light"));
  await clock.settle();
  expect(latch.waiting).toBe(1);

  await stop(bench);
  await clock.settle();

  expect(latch.waiting).toBe(2);
});
