import { expect, test } from "vitest";
import { RamQueue, type JobEvent } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { mortal } from "./mortal-store.ts";
import { aborted, job, Latch, setup, started, told } from "./scheduler-kit.ts";

test("tasks that ran when their process was lost run again, and fail when their attempts are used up", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const poison = job("poison", () => new Promise(() => {}), {
    retry: { attempts: 2, firstMs: 1, maxMs: 1, factor: 1, jitter: 0 },
  });
  const dead: JobEvent[][] = [];
  for (const owner of ["one", "two"]) {
    const process = mortal(store, { clock, owner, jobs: [poison] });
    dead.push(process.seen);
    await process.scheduler.start();
    if (owner === "one") await process.scheduler.submit([{ job: "poison", input: null }]);
    await clock.settle();
    process.die();
  }

  await using bench = await started({ store, clock, owner: "three", jobs: [poison] });
  const { seen } = bench;
  await clock.settle();

  expect(dead[1]?.map((event) => event.ev)).toEqual(["task.recovered", "task.started"]);
  expect(seen.map((event) => event.ev)).toEqual(["task.recovered", "task.failed", "task.finished"]);
  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { code: "WORKER_LOST" } }]);
});

test("leases are renewed in one batch, and a task that another owner took is dropped in silence", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const touched: number[] = [];
  const touch = store.touch.bind(store);
  store.touch = (owner, ids, untilMs) => {
    touched.push(ids.length);
    return touch(owner, ids, untilMs);
  };
  const reasons: unknown[] = [];
  await using bench = await started({
    store,
    clock,
    leaseMs: 30_000,
    lost: "expired",
    jobs: [
      job("long", async ({ signal }) => {
        await aborted(signal);
        reasons.push(signal.reason);
      }),
    ],
  });
  const { seen, scheduler } = bench;
  await scheduler.submit([
    { job: "long", input: 1 },
    { job: "long", input: 2 },
  ]);
  await clock.advance(30_000);
  expect(touched).toEqual([2, 2, 2]);

  await scheduler.pause();
  await store.recover({ nowMs: clock.now(), lost: "others", owner: "thief" });
  await clock.advance(10_000);

  expect(reasons).toMatchObject([{ code: "LEASE_LOST" }, { code: "LEASE_LOST" }]);
  expect(told(seen, "task.finished")).toEqual([]);
  expect(told(seen, "task.interrupted")).toEqual([]);
  expect(scheduler.snapshot().lanesFree).toBe(4);
});

test("a task that comes back while its lost attempt still runs has a lane of its own, and both are given back", async () => {
  const store = new RamQueue();
  using work = new Latch();
  await using bench = await started({
    store,
    lost: "expired",
    pools: { disk: 2 },
    jobs: [job("deaf", () => work.wait(), { needs: { disk: 1 } })],
  });
  const { clock, seen, scheduler } = bench;
  await scheduler.submit([{ job: "deaf", input: null }]);
  await clock.settle();

  await store.recover({ nowMs: clock.now(), lost: "others", owner: "thief" });
  await clock.settle();
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 2, pools: [{ held: 2 }] });
  work.release();
  await clock.settle();
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 3, pools: [{ held: 1 }] });
  expect(told(seen, "task.finished")).toEqual([]);
  work.release();
  await scheduler.idle();

  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 4, pools: [{ held: 0 }] });
  expect(told(seen, "task.finished")).toMatchObject([{ attempt: 2, attrs: { outcome: "done" } }]);
});

test("due times are wall time: a jump back delays, a jump forward is noticed within a minute", async () => {
  const ran: number[] = [];
  await using bench = await started({ jobs: [job("alarm", async () => ran.push(clock.now()))] });
  const { clock, scheduler } = bench;
  const dueAtMs = clock.now() + 3_600_000;
  await scheduler.submit([{ job: "alarm", input: null, dueAtMs }]);
  expect(await scheduler.idle()).toEqual({ nextDueAtMs: dueAtMs });

  clock.jump(-3_600_000);
  await clock.advance(3_600_000);
  expect(ran).toEqual([]);
  clock.jump(3_600_000 - 10);
  await clock.advance(60_000);

  expect(ran).toHaveLength(1);
  expect(ran[0]).toBeGreaterThanOrEqual(dueAtMs);
});

test("a store that fails is told, asked again, and loses nothing", async () => {
  const store = new RamQueue();
  const turn = store.turn.bind(store);
  let broken = 2;
  store.turn = async (request) => {
    if (request.settlements.length > 0) broken -= 1;
    if (request.settlements.length > 0 && broken >= 0) throw new Error("disk full");
    return turn(request);
  };
  let runs = 0;
  await using bench = await started({
    store,
    storeRetryMs: 500,
    jobs: [
      job("count", async () => {
        runs += 1;
      }),
    ],
  });
  const { clock, seen, scheduler } = bench;
  await scheduler.submit([
    { job: "count", input: 1 },
    { job: "count", input: 2 },
  ]);
  await clock.advance(999);
  expect(told(seen, "scheduler.failed")).toHaveLength(2);
  expect(told(seen, "task.finished")).toEqual([]);
  await clock.advance(1);

  expect(told(seen, "task.finished")).toHaveLength(2);
  expect(runs).toBe(2);
});

test("closing gives up on a store that never answers again, and ends", async () => {
  const store = new RamQueue();
  const { clock, seen, scheduler } = await started({ store, jobs: [job("count", async () => {})] });
  const turn = store.turn.bind(store);
  store.turn = (request) =>
    request.settlements.length > 0 ? Promise.reject(new Error("disk gone")) : turn(request);
  await scheduler.submit([{ job: "count", input: 1 }]);
  await clock.settle();

  const closed = scheduler[Symbol.asyncDispose]();
  await clock.advance(60_000);
  await closed;

  expect(told(seen, "scheduler.failed").length).toBeGreaterThan(4);
  expect(clock.pending).toBe(0);
  await expect(scheduler.submit([{ job: "count", input: 1 }])).rejects.toMatchObject({
    code: "SCHEDULER_CLOSED",
  });
});

test("two schedulers that share a store run each task once, and one takes over what the other lost", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const ran: string[] = [];
  const process = (owner: string) =>
    setup({
      store,
      clock,
      owner,
      lost: "expired",
      leaseMs: 30_000,
      lanes: 2,
      jobs: [
        job("quick", async ({ input }) => {
          ran.push(`${owner} ${String(input)}`);
          await clock.sleep(100);
        }),
      ],
    });
  await using one = process("one");
  await using other = process("two");
  // What a third process claimed, and did not live to renew.
  await one.scheduler.submit([{ job: "quick", input: "lost", priority: 9, dueAtMs: clock.now() }]);
  await store.turn({
    owner: "dead",
    nowMs: clock.now(),
    leaseUntilMs: clock.now() + 10_000,
    settlements: [],
    room: {
      lanes: { main: 1 },
      pools: {},
      jobs: [{ name: "quick", lane: "main", starts: 1, limit: "at its own limit", needs: {} }],
    },
  });
  await one.scheduler.start();
  await other.scheduler.start();

  await one.scheduler.submit(Array.from({ length: 20 }, (_, input) => ({ job: "quick", input })));
  await clock.advance(2_000);
  const before = [...ran];
  await clock.advance(30_000);

  expect(new Set(before.map((line) => line.split(" ")[1])).size).toBe(20);
  expect(before).toHaveLength(20);
  expect(new Set(before.map((line) => line.split(" ")[0]))).toEqual(new Set(["one", "two"]));
  expect(ran.slice(20).map((line) => line.split(" ")[1])).toEqual(["lost"]);
  expect([...told(one.seen, "task.finished"), ...told(other.seen, "task.finished")]).toHaveLength(21);
  const closing = Promise.all([one.scheduler[Symbol.asyncDispose](), other.scheduler[Symbol.asyncDispose]()]);
  await clock.settle();
  await closing;
  await clock.settle();
  expect(clock.pending).toBe(0);
});

test("100,000 tasks run once each, and nothing of them is kept", async () => {
  const COUNT = 100_000;
  let runs = 0;
  const count = job("count", async () => {
    runs += 1;
  });
  await using bench = setup({ lanes: 64, jobs: [count] }, false);
  const { store, bus, scheduler } = bench;
  await scheduler.submit(Array.from({ length: COUNT }, (_, input) => ({ job: "count", input })));

  await scheduler.start();
  await scheduler.idle();

  expect(runs).toBe(COUNT);
  expect([bus.count("task.queued"), bus.count("task.finished")]).toEqual([COUNT, COUNT]);
  expect(await store.counts()).toEqual([{ job: "count", state: "done", count: COUNT }]);
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 64, running: [] });
}, 300_000);

test("a pause made before the start keeps those of earlier lives", async () => {
  const store = new RamQueue();
  const jobs = [job("read", async () => null), job("write", async () => null), job("send", async () => null)];
  const first = setup({ store, owner: "one", jobs });
  await first.scheduler.pause("read");
  await first.scheduler.pause("send");
  const second = setup({ store, owner: "two", jobs });
  await second.scheduler.pause("write");
  await second.scheduler.resume("send");

  await using bench = await started({ store, owner: "three", jobs });

  expect(bench.scheduler.snapshot().paused).toEqual({ all: false, jobs: ["read", "write"] });
});
