import { describe, expect, test } from "vitest";
import { Lanes } from "../src/schedule/lanes.ts";
import { idOf, job, Latch, setup, started, told, toldOf, two } from "./scheduler-kit.ts";

/** Five light tasks, numbered. */
function lights(from: number) {
  return Array.from({ length: 5 }, (_, at) => ({ job: "light", input: from + at }));
}

describe("groups of lanes", () => {
  test("a job runs in the lanes of its group, and each start names its lane", async () => {
    using latch = new Latch();
    await using bench = await started({
      lanes: { main: 2, cpu: 1 },
      jobs: [job("plain", () => latch.wait()), job("hash", () => latch.wait(), { lane: "cpu" })],
    });
    const { clock, seen, scheduler } = bench;

    await scheduler.submit([...two("plain"), ...two("plain"), ...two("hash")]);
    await clock.settle();

    expect(new Set(toldOf(seen, "task.started", "worker"))).toEqual(new Set(["cpu-1", "main-1", "main-2"]));
    expect(scheduler.snapshot().running.map(({ job: name, worker }) => `${name} ${worker}`)).toEqual([
      "plain main-1",
      "plain main-2",
      "hash cpu-1",
    ]);
    expect(scheduler.snapshot()).toMatchObject({
      lanes: 3,
      lanesFree: 0,
      laneGroups: [
        { name: "main", size: 2, busy: 2 },
        { name: "cpu", size: 1, busy: 1 },
      ],
      held: { plain: { kind: "no lane" }, hash: { kind: "no lane" } },
    });
  });

  test("a group that is full keeps no other from starting, however long its tasks wait", async () => {
    using latch = new Latch();
    await using bench = await started({
      lanes: { main: 1, cpu: 1 },
      jobs: [job("plain", async () => {}), job("hash", () => latch.wait(), { lane: "cpu" })],
    });
    const { seen, clock, scheduler } = bench;
    await scheduler.submit([...two("hash"), ...two("hash")]);
    await clock.settle();

    await scheduler.submit(two("plain"));
    await clock.settle();

    expect(toldOf(seen, "task.started", "worker")).toEqual(["cpu-1", "main-1", "main-1"]);
  });

  test("a lane that is given back is taken again by the next task, under the same name", async () => {
    await using bench = await started({ lanes: 2, jobs: [job("quick", async () => {})] });
    const { seen, scheduler } = bench;

    for (let round = 0; round < 3; round += 1) {
      await scheduler.submit([{ job: "quick", input: null }]);
      await scheduler.idle();
    }

    expect(toldOf(seen, "task.started", "worker")).toEqual(["main-1", "main-1", "main-1"]);
  });

  test("the time that lanes are in use is added up by group, also of a task that still runs", async () => {
    using latch = new Latch();
    await using bench = await started({
      lanes: { main: 3, cpu: 1 },
      jobs: [job("plain", () => latch.wait()), job("hash", () => latch.wait(), { lane: "cpu" })],
    });
    const { clock, scheduler } = bench;
    const busyMs = () => scheduler.snapshot().laneGroups.map((group) => group.busyMs);
    await clock.advance(1_000);
    await scheduler.submit(two("plain"));

    await clock.advance(100);
    expect(busyMs()).toEqual([200, 0]);
    latch.release();
    await clock.settle();
    await clock.advance(50);
    expect(busyMs()).toEqual([250, 0]);
    latch.release();
    await clock.settle();
    await clock.advance(1_000);

    expect(busyMs()).toEqual([250, 0]);
  });

  test("a job whose group nobody declared is refused at construction, with the nearest name", () => {
    const lost = job("lost", async () => {}, { lane: "cpus" });

    expect(() => setup({ lanes: { main: 1, cpu: 1 }, jobs: [lost] })).toThrow(
      expect.objectContaining({
        code: "LANE_UNKNOWN",
        message: expect.stringContaining('did you mean "cpu"') as string,
      }) as Error,
    );
    expect(() => setup({ lanes: 4, jobs: [lost] })).toThrow(
      expect.objectContaining({ code: "LANE_UNKNOWN" }) as Error,
    );
  });

  test.each([0, -1, 1.5, Number.NaN, {}, { main: 0 }])("%j is no number of lanes", (lanes) => {
    expect(() => setup({ lanes })).toThrow(RangeError);
  });
});

describe("lanes by themselves", () => {
  test("are taken by name, and none more than there are", () => {
    const lanes = new Lanes({ cpu: 2 }, 0);

    const names = [lanes.take("cpu", 0), lanes.take("cpu", 0)];

    expect(names).toEqual(["cpu-1", "cpu-2"]);
    expect(() => lanes.take("cpu", 0)).toThrow(RangeError);
    expect(() => lanes.take("gpu", 0)).toThrow(RangeError);
    expect(lanes.free()).toEqual({ cpu: 0 });
  });

  test("are not in use for less than no time where a clock goes back", () => {
    const lanes = new Lanes({ cpu: 1 }, 100);
    lanes.give("cpu", lanes.take("cpu", 100), 50);

    expect(lanes.states(90)).toEqual([{ name: "cpu", size: 1, busy: 0, busyMs: 0 }]);
  });
});

describe("pools", () => {
  test("a task that got slots it had waited for tells how long", async () => {
    using latch = new Latch();
    await using bench = await started({
      pools: { disk: 1 },
      jobs: [job("write", () => latch.wait(), { needs: { disk: 1 } })],
    });
    const { clock, seen, scheduler } = bench;
    const added = await scheduler.submit(two("write"));

    await clock.advance(700);
    expect(scheduler.snapshot().held).toEqual({ write: { kind: "no slot", pool: "disk", forMs: 700 } });
    latch.release();
    await clock.settle();

    expect(told(seen, "pool.waited")).toMatchObject([
      { job: "write", attempt: 1, attrs: { task: idOf(added, 1), pool: "disk", waitedMs: 700 } },
    ]);
  });

  test("a task that waited for another reason tells nothing of a pool", async () => {
    using latch = new Latch();
    await using bench = await started({
      lanes: 1,
      pools: { disk: 1 },
      jobs: [job("write", () => latch.wait(), { needs: { disk: 1 } }), job("plain", () => latch.wait())],
    });
    const { clock, seen, scheduler } = bench;
    await scheduler.submit([{ job: "plain", input: null, priority: 1 }, ...two("write")]);
    await clock.advance(700);
    latch.release();
    await clock.settle();

    expect(toldOf(seen, "task.started", "worker")).toHaveLength(2);
    expect(toldOf(seen, "pool.waited", "waitedMs")).toEqual([]);
  });

  test("a stream of light tasks does not starve a heavy one", async () => {
    const order: unknown[] = [];
    await using bench = await started({
      lanes: 8,
      pools: { disk: 3 },
      jobs: [
        job(
          "light",
          async ({ input }) => {
            order.push(input);
            await bench.clock.sleep(100);
          },
          { needs: { disk: 1 } },
        ),
        job("heavy", async () => order.push("heavy"), { needs: { disk: 3 } }),
      ],
    });
    const { clock, scheduler } = bench;
    await scheduler.submit(lights(0));
    await clock.advance(10);
    await scheduler.submit([{ job: "heavy", input: null }]);
    await clock.advance(1);

    // There is never a moment without a light task that waits.
    for (let round = 1; round < 10; round += 1) {
      await scheduler.submit(lights(round * 5));
      await clock.advance(50);
    }

    // Only what was there before it, and runs or is due for longer, goes first.
    expect(order.slice(0, 6)).toEqual([0, 1, 2, 3, 4, "heavy"]);
    expect(order.length).toBeGreaterThan(9);
  });
});
