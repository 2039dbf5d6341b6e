import { describe, expect, test } from "vitest";
import { fork, RamQueue } from "../src/index.ts";
import { idOf, job, started, toldOf } from "./scheduler-kit.ts";

/** A store that refuses the first `refusals` turns in which something is settled. */
function refusing(refusals: number): RamQueue {
  const store = new RamQueue();
  const turn = store.turn.bind(store);
  let left = refusals;
  store.turn = (request) => {
    if (request.settlements.length === 0 || left === 0) return turn(request);
    left -= 1;
    return Promise.reject(new Error("disk full"));
  };
  return store;
}

const part = job("part", async () => {});

/** Jobs whose attempt ends at once, each in another way. */
const ends = {
  fails: job("fails", () => Promise.reject(new Error("busy"))),
  forks: job("forks", async () => fork([{ job: "part", input: null }])),
  returns: job("returns", async () => 1),
};

describe("a task that is cancelled after its attempt ended, and before the store knows", () => {
  test.each(["fails", "forks"] as const)("is cancelled instead of run again: %s", async (name) => {
    await using bench = await started({ store: refusing(1), jobs: [ends[name], part] });
    const { clock, seen, store, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: name, input: null }]));
    await clock.settle();

    const answers = await scheduler.cancel([id], "enough");
    await clock.advance(60_000);

    expect(answers).toMatchObject([{ was: "running" }]);
    expect((await store.get([id]))[0]?.state).toMatchObject({ kind: "cancelled", reason: "enough" });
    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["cancelled"]);
    expect((await store.list({})).tasks).toHaveLength(1);
  });

  test("stays as it ended where it is over", async () => {
    await using bench = await started({ store: refusing(1), jobs: [ends.returns] });
    const { clock, seen, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "returns", input: null }]));
    await clock.settle();

    await scheduler.cancel([id], "enough");
    await clock.advance(1_000);

    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["done"]);
  });

  test("and retried by hand then runs as often as its job says", async () => {
    let runs = 0;
    const fails = job("fails", () => {
      runs += 1;
      return Promise.reject(new Error("busy"));
    });
    await using bench = await started({ store: refusing(1), jobs: [fails] });
    const { clock, seen, scheduler } = bench;
    const id = idOf(await scheduler.submit([{ job: "fails", input: null }]));
    await clock.settle();
    await scheduler.cancel([id], "enough");
    await clock.advance(1_000);

    await scheduler.retry([id]);
    await clock.advance(60_000);

    expect(runs).toBe(4);
    expect(toldOf(seen, "task.finished", "outcome")).toEqual(["cancelled", "failed"]);
  });
});
