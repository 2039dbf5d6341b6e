import { describe, expect, test } from "vitest";
import { defineJob, RamQueue } from "../src/index.ts";
import { idOf, job, Latch, named, started, toldOf } from "./scheduler-kit.ts";

/** A job of inputs with a name, by which its tasks are known. */
function keyed(more: { once?: boolean; latch?: Latch } = {}) {
  return defineJob({
    name: "page",
    doc: "A job of a test.",
    input: named,
    ...(more.once === true ? { idempotencyKeyOf: ({ name }) => name } : { keyOf: ({ name }) => name }),
    run: async () => more.latch?.wait(),
  });
}

const page = (name: string) => ({ job: "page", input: { name } });

describe("a key that a job makes of its inputs", () => {
  test("lets one unfinished task of each be stored, and another when that has ended", async () => {
    using latch = new Latch();
    await using bench = await started({ jobs: [keyed({ latch })] });
    const { clock, seen, scheduler } = bench;

    const added = await scheduler.submit([page("a"), page("b"), page("a")]);
    const again = await scheduler.submit([page("b")]);
    expect(added.map((one) => one.added)).toEqual([true, true, false]);
    expect([added[2]?.id, again[0]?.id]).toEqual([idOf(added, 0), idOf(added, 1)]);
    expect(toldOf(seen, "task.deduplicated", "key")).toEqual(["a", "b"]);
    await clock.settle();
    latch.release();
    await clock.settle();

    expect((await scheduler.submit([page("a"), page("b")])).map((one) => one.added)).toEqual([true, false]);
  });

  test("gives way to one that the submission names, or to none", async () => {
    await using bench = await started({ jobs: [keyed()] });
    const { store, scheduler } = bench;
    scheduler.hold("page", "test", "they are to wait");

    await scheduler.submit([page("a"), { ...page("a"), key: "own" }, { ...page("a"), key: null }]);

    const { tasks } = await store.list({ order: "oldest" });
    expect(tasks.map(({ key }) => key)).toEqual(["a", "own", null]);
  });

  test("is made for what jobs submit and fork, too", async () => {
    const parent = job("parent", async ({ submit }) => {
      await submit([page("a")]);
    });
    await using bench = await started({ jobs: [parent, keyed()] });

    await bench.scheduler.submit([{ job: "parent", input: null }]);
    await bench.scheduler.idle();

    expect((await bench.store.list({ jobs: ["page"] })).tasks.map(({ key }) => key)).toEqual(["a"]);
  });
});

describe("a key that is held for a time", () => {
  test("is held from the submission on, whether or not its task has ended", async () => {
    await using bench = await started({ jobs: [job("work", async () => {})] });
    const { clock, scheduler } = bench;
    const task = { job: "work", input: null, key: "k", keyForMs: 1_000 };

    const first = idOf(await scheduler.submit([task]));
    await clock.advance(999);
    expect(await scheduler.submit([task])).toEqual([{ id: first, added: false }]);
    await clock.advance(1);

    expect((await scheduler.submit([task]))[0]?.added).toBe(true);
  });

  test("is held for longer where its task takes longer", async () => {
    using latch = new Latch();
    await using bench = await started({ jobs: [job("work", () => latch.wait())] });
    const { clock, scheduler } = bench;
    const task = { job: "work", input: null, key: "k", keyForMs: 1_000 };

    const first = idOf(await scheduler.submit([task]));
    await clock.advance(60_000);

    expect(await scheduler.submit([task])).toEqual([{ id: first, added: false }]);
  });
});

describe("an idempotency key", () => {
  test("answers with the task of before, however long that has ended, also after a restart", async () => {
    const store = new RamQueue();
    await using one = await started({ store, jobs: [keyed({ once: true })] });
    const first = idOf(await one.scheduler.submit([page("a")]));
    await one.scheduler.idle();
    await one.clock.advance(86_400_000);
    await one.scheduler.drain(0);

    await using two = await started({ store, clock: one.clock, owner: "two", jobs: [keyed({ once: true })] });
    const answers = await two.scheduler.submit([page("a"), page("b")]);
    await two.scheduler.idle();

    expect(answers).toMatchObject([{ id: first, added: false }, { added: true }]);
    expect(toldOf(two.seen, "task.deduplicated", "key")).toEqual(["a"]);
    expect(toldOf(two.seen, "task.started", "task")).toEqual([idOf(answers, 1)]);
  });

  test("lets the work be done again once its task is forgotten", async () => {
    await using bench = await started({ jobs: [keyed({ once: true })] });
    const { clock, store, scheduler } = bench;
    await scheduler.submit([page("a")]);
    await scheduler.idle();

    await store.prune({ endedBeforeMs: clock.now() + 1, limit: 9 });

    expect((await scheduler.submit([page("a")]))[0]?.added).toBe(true);
  });
});
