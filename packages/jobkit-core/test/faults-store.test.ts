/** Rows 5, 6 and 21 of docs/faults.md, as a scheduler sees them: a store that refuses, for a while or for good. */
import { expect, test } from "vitest";
import { CodedError, RamQueue, type QueueStore } from "../src/index.ts";
import { MINUTE_MS } from "./faults-kit.ts";
import { idOf, job, Latch, setup, told } from "./scheduler-kit.ts";

const row = { retry: true, doc: "There is no space.", next: "Free some." };

/** A store that refuses every call while it is broken. */
class Breakable {
  readonly store: QueueStore;
  broken = false;
  calls = 0;

  constructor(store: QueueStore) {
    this.store = new Proxy(store, {
      get: (target, name) => {
        const member = target[name as keyof QueueStore];
        if (typeof member !== "function") return member;
        const call = (member as (...args: unknown[]) => unknown).bind(target);
        if (name === "onWake") return call;
        return (...args: unknown[]) => {
          this.calls += 1;
          return this.broken ? Promise.reject(new CodedError("DISK_FULL", row, "writing")) : call(...args);
        };
      },
    });
  }
}

test("a store that refuses for an hour is asked once per pause, whatever is submitted meanwhile, and told so", async () => {
  const breakable = new Breakable(new RamQueue());
  const { clock, seen, scheduler } = setup({
    store: breakable.store,
    storeRetryMs: 1_000,
    jobs: [job("work", async () => {})],
  });
  await using _open = scheduler;
  await scheduler.start();
  await clock.settle();
  breakable.broken = true;
  const before = breakable.calls;

  const refusals: unknown[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    refusals.push(await scheduler.submit([{ job: "work", input: null }]).catch((error: unknown) => error));
    await clock.advance(MINUTE_MS);
  }
  const calls = breakable.calls - before;
  breakable.broken = false;
  await clock.advance(1_000);
  await scheduler.submit([{ job: "work", input: null }]);
  await clock.settle();

  expect(refusals).toEqual(refusals.map(() => expect.objectContaining({ code: "DISK_FULL", retry: true })));
  expect(told(seen, "scheduler.failed").length).toBeLessThanOrEqual(60 * 60 + 1);
  expect(calls).toBeLessThanOrEqual(2 * 60 * 60);
  expect(told(seen, "task.finished")).toMatchObject([{ attrs: { outcome: "done" } }]);
});

test("what ends while the store refuses is recorded once when it answers again, each as it ended", async () => {
  const breakable = new Breakable(new RamQueue());
  const work = new Latch();
  let runs = 0;
  const { clock, seen, store, scheduler } = setup({
    store: breakable.store,
    lanes: 3,
    pools: { disk: 3 },
    jobs: [
      job(
        "work",
        async ({ input, attempt }) => {
          runs += 1;
          if (attempt === 1) await work.wait();
          if (input === "fails" && attempt === 1) throw new Error("broken");
          return input;
        },
        { needs: { disk: 1 } },
      ),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  const added = await scheduler.submit(
    ["done", "fails", "cancelled"].map((input) => ({ job: "work", input })),
  );
  await clock.settle();
  breakable.broken = true;

  const cancelling = scheduler.cancel([idOf(added, 2)], "not wanted").catch((error: unknown) => error);
  for (let at = 0; at < 3; at += 1) work.release();
  await clock.advance(MINUTE_MS);
  const meanwhile = {
    runs,
    lanesFree: scheduler.snapshot().lanesFree,
    finished: told(seen, "task.finished"),
  };
  breakable.broken = false;
  await clock.advance(MINUTE_MS);

  expect(await cancelling).toMatchObject({ code: "DISK_FULL" });
  expect(meanwhile).toEqual({ runs: 3, lanesFree: 0, finished: [] });
  expect(runs).toBe(4);
  expect(told(seen, "task.finished")).toHaveLength(3);
  const states = (await store.get(added.map(({ id }) => id))).map(({ state }) => state);
  expect(states).toEqual(states.map(() => expect.objectContaining({ kind: "done" })));
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 3, pools: [{ held: 0 }] });
});

test("a store that never comes back does not keep the scheduler from closing", async () => {
  const breakable = new Breakable(new RamQueue());
  const { clock, seen, scheduler } = setup({
    store: breakable.store,
    jobs: [job("work", async ({ signal }) => clock.sleep(60 * MINUTE_MS, signal))],
  });
  await scheduler.start();
  await scheduler.submit([{ job: "work", input: null }]);
  await clock.settle();
  breakable.broken = true;

  const closing = scheduler[Symbol.asyncDispose]();
  await clock.advance(MINUTE_MS);
  await closing;

  expect(told(seen, "scheduler.failed")).toHaveLength(5);
  expect(clock.pending).toBe(0);
});
