import { describe, expect, test } from "vitest";
import { aborted, idOf, job, Latch, started, toldOf } from "./scheduler-kit.ts";

describe("a task that says itself", () => {
  test("how long it may take is stopped by that, not by its job", async () => {
    await using bench = await started({
      jobs: [job("long", ({ signal }) => aborted(signal), { timeoutMs: 1_000, retry: { attempts: 1 } })],
    });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([
      { job: "long", input: "short", limits: { timeoutMs: 50 } },
      { job: "long", input: "plain" },
      { job: "long", input: "patient", limits: { timeoutMs: 3_000 } },
    ]);
    await clock.advance(5_000);

    expect(toldOf(seen, "task.finished", "ranMs")).toEqual([50, 1_000, 3_000]);
    expect(new Set(toldOf(seen, "task.failed", "code"))).toEqual(new Set(["TASK_TIMEOUT"]));
  });

  test("how often it is tried is, with what it leaves out as its job says", async () => {
    await using bench = await started({ jobs: [job("flaky", () => Promise.reject(new Error("busy")))] });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([{ job: "flaky", input: null, limits: { retry: { attempts: 2, firstMs: 7 } } }]);
    await clock.advance(60_000);

    expect(toldOf(seen, "task.retrying", "delayMs")).toEqual([7]);
    expect(toldOf(seen, "task.finished", "attempts")).toEqual([2]);
  });

  test("that it is tried once fails at once, also where its process was lost", async () => {
    await using bench = await started({ jobs: [job("work", async () => {})] });
    const { clock, seen, store, scheduler } = bench;
    scheduler.hold("work", "test", "it is to wait");
    const task = { job: "work", input: null, limits: { retry: { attempts: 1 } } };
    const id = idOf(await scheduler.submit([task]));
    const rooms = { lanes: { main: 1 }, pools: {} };
    const room = {
      ...rooms,
      jobs: [{ name: "work", lane: "main", starts: 1, limit: "paused" as const, needs: {} }],
    };
    const nowMs = clock.now();
    await store.turn({ owner: "dead", nowMs, leaseUntilMs: nowMs, settlements: [], room });
    await store.recover({ nowMs, lost: "others", owner: "one" });

    scheduler.release("work", "test");
    await clock.settle();

    expect(toldOf(seen, "task.failed", "code")).toEqual(["WORKER_LOST"]);
    expect((await scheduler.ended(id)).state.kind).toBe("failed");
  });

  test("what it needs holds that instead of what its job needs", async () => {
    using latch = new Latch();
    await using bench = await started({
      lanes: 9,
      pools: { disk: 4, net: 1 },
      jobs: [job("work", () => latch.wait(), { needs: { disk: 2 } })],
    });
    const { clock, scheduler } = bench;

    await scheduler.submit([
      { job: "work", input: 1, limits: { needs: { disk: 3 } } },
      { job: "work", input: 2, limits: { needs: { net: 1 } } },
      { job: "work", input: 3, limits: { needs: {} } },
      { job: "work", input: 4 },
    ]);
    await clock.settle();

    expect(latch.waiting).toBe(3);
    expect(scheduler.snapshot().pools).toMatchObject([
      { name: "disk", held: 3 },
      { name: "net", held: 1 },
    ]);
    expect(scheduler.snapshot().held).toMatchObject({ work: { kind: "no slot", pool: "disk" } });
    for (let at = 0; at < 4; at += 1) {
      latch.release();
      await clock.settle();
    }
    expect(scheduler.snapshot().pools).toMatchObject([{ held: 0 }, { held: 0 }]);
  });

  test("that it needs more than there is waits for the pool to grow, and keeps nothing from other jobs", async () => {
    const order: unknown[] = [];
    await using bench = await started({
      pools: { disk: 2 },
      jobs: [
        job("huge", async () => order.push("huge"), { needs: { disk: 1 } }),
        job("plain", async () => order.push("plain"), { needs: { disk: 2 } }),
      ],
    });
    const { clock, scheduler } = bench;

    await scheduler.submit([
      { job: "huge", input: null, priority: 9, limits: { needs: { disk: 3 } } },
      { job: "plain", input: null },
    ]);
    expect(await scheduler.idle()).toEqual({ nextDueAtMs: null });
    expect(scheduler.snapshot().held).toMatchObject({ huge: { kind: "pool too small", pool: "disk" } });
    scheduler.resizePool("disk", 3);
    await clock.settle();

    expect(order).toEqual(["plain", "huge"]);
  });

  test("that it needs a pool nobody has is held, and told as such", async () => {
    await using bench = await started({ jobs: [job("work", async () => {})] });
    const { scheduler } = bench;

    await scheduler.submit([{ job: "work", input: null, limits: { needs: { nothing: 1 } } }]);
    await scheduler.idle();

    expect(scheduler.snapshot().held).toMatchObject({ work: { kind: "pool too small", pool: "nothing" } });
  });
});
