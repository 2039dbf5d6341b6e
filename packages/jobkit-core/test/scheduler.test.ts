import { expect, test } from "vitest";
import { fatal, newTaskId, RamQueue, type Added, type TaskId } from "../src/index.ts";
import { FakeClock, SeededRandom } from "../src/testing/index.ts";
import { aborted, job, Latch, named, setup, told } from "./scheduler-kit.ts";

function two(name: string): { job: string; input: null }[] {
  return [
    { job: name, input: null },
    { job: name, input: null },
  ];
}

function idOf(added: readonly Added[], at = 0): TaskId {
  const one = added[at];
  if (one === undefined) throw new Error("nothing was added");
  return one.id;
}

test("a submitted task runs, is settled done with its result, and tells its life in order", async () => {
  const { clock, store, seen, scheduler } = setup({ jobs: [job("add", async () => ({ sum: 3 }))] });
  await using _open = scheduler;
  await scheduler.start();

  const id = idOf(await scheduler.submit([{ job: "add", input: { a: 1 }, key: "k" }]));
  await clock.settle();

  const [task] = await store.get([id]);
  expect(task?.state).toMatchObject({ kind: "done", result: { sum: 3 } });
  expect(seen.map((event) => event.ev)).toEqual(["task.queued", "task.started", "task.finished"]);
  expect(seen[1]).toMatchObject({ trace: task?.run, job: "add", attempt: 1 });
  expect(seen[2]).toMatchObject({ span: seen[1]?.span, attrs: { outcome: "done", task: id } });
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 4, running: [] });
});

test("a child starts when its parent is done, without time passing", async () => {
  const order: string[] = [];
  const { clock, scheduler } = setup({
    jobs: [job("step", async ({ input }) => order.push(String(input)))],
  });
  await using _open = scheduler;
  await scheduler.start();
  const first = newTaskId(new SeededRandom(9), 0);

  await scheduler.submit([
    { job: "step", input: "child", after: [first] },
    { job: "step", input: "parent", id: first },
  ]);
  const rest = await scheduler.idle();

  expect(order).toEqual(["parent", "child"]);
  expect(rest).toEqual({ nextDueAtMs: null });
  expect(clock.monotonic()).toBe(0);
});

test("a task that fails is retried after its delays and then fails for good", async () => {
  const attempts: number[] = [];
  const { clock, seen, scheduler } = setup({
    jobs: [
      job("flaky", async ({ attempt }) => {
        attempts.push(attempt);
        throw new Error("busy");
      }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "flaky", input: null }]);

  await clock.advance(999);
  expect(attempts).toEqual([1]);
  await clock.advance(1);
  expect(attempts).toEqual([1, 2]);
  await clock.advance(1_999);
  expect(attempts).toEqual([1, 2]);
  await clock.advance(1);

  expect(attempts).toEqual([1, 2, 3]);
  expect(told(seen, "task.retrying").map((event) => event.attrs["delayMs"])).toEqual([1_000, 2_000]);
  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { code: "INTERNAL", why: "busy" } }]);
  expect(told(seen, "task.finished")).toMatchObject([{ attrs: { outcome: "failed" } }]);
  expect(clock.pending).toBe(0);
});

test("an error that cannot be helped is not retried, and children are skipped and told once", async () => {
  const { clock, seen, scheduler } = setup({
    jobs: [
      job("doomed", () => {
        throw fatal("reading a file that is gone");
      }),
      job("after", async () => {}),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  const id = newTaskId(new SeededRandom(9), 0);

  await scheduler.submit([
    { job: "doomed", input: null, id },
    { job: "after", input: null, after: [id] },
    { job: "after", input: null, after: [id], onParentFailure: "fail" },
    { job: "after", input: null, after: [id], onParentFailure: "run" },
  ]);
  await clock.settle();

  expect(told(seen, "task.retrying")).toEqual([]);
  expect(told(seen, "task.finished").map((event) => event.attrs["outcome"])).toEqual([
    "failed",
    "skipped",
    "failed",
    "done",
  ]);
  expect(told(seen, "task.failed").map((event) => event.job)).toEqual(["doomed", "after"]);
});

test("a child of a parent that failed long ago is told as finished although it never ran", async () => {
  const { clock, seen, scheduler } = setup({
    jobs: [
      job("doomed", () => {
        throw fatal("never");
      }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  const id = idOf(await scheduler.submit([{ job: "doomed", input: null }]));
  await clock.settle();

  const late = idOf(await scheduler.submit([{ job: "doomed", input: null, after: [id] }]));
  await clock.settle();

  expect(told(seen, "task.finished").map((event) => [event.attrs["task"], event.attrs["outcome"]])).toEqual([
    [id, "failed"],
    [late, "skipped"],
  ]);
});

test("a batch with one wrong job or input stores nothing", async () => {
  const { store, seen, scheduler } = setup({
    jobs: [job("known", async () => {}), { ...job("strict", async () => {}), input: named }],
  });
  await using _open = scheduler;

  await expect(
    scheduler.submit([
      { job: "known", input: 1 },
      { job: "knwon", input: 1 },
    ]),
  ).rejects.toMatchObject({
    code: "JOB_UNKNOWN",
    message: expect.stringContaining('did you mean "known"') as string,
  });
  await expect(
    scheduler.submit([
      { job: "known", input: 1 },
      { job: "strict", input: { name: 3 } },
    ]),
  ).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("name: must be text") as string,
  });
  expect(await store.counts()).toEqual([]);
  expect(seen).toEqual([]);
});

test("a second task of the same key is answered with the first and told as deduplicated", async () => {
  const { seen, scheduler } = setup({ jobs: [job("a", async () => {})] });
  await using _open = scheduler;

  const first = idOf(await scheduler.submit([{ job: "a", input: null, key: "x" }]));
  const again = await scheduler.submit([{ job: "a", input: null, key: "x" }]);

  expect(again).toEqual([{ id: first, added: false }]);
  expect(told(seen, "task.deduplicated")).toMatchObject([{ attrs: { task: first, key: "x" } }]);
  expect(told(seen, "task.queued")).toHaveLength(1);
});

test("lanes, pools and a job's own limit hold, and the snapshot says what is held and why", async () => {
  const latch = new Latch();
  const { clock, scheduler } = setup({
    lanes: 4,
    pools: { disk: 3 },
    jobs: [
      job("heavy", () => latch.wait(), { needs: { disk: 2 } }),
      job("single", () => latch.wait(), { concurrencyMax: 1 }),
      job("light", () => latch.wait()),
      job("resting", () => latch.wait()),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  scheduler.pause("resting");

  await scheduler.submit([
    ...two("heavy"),
    ...two("single"),
    ...two("light"),
    ...two("light"),
    ...two("resting"),
  ]);
  await clock.settle();

  const busy = scheduler.snapshot();
  expect(busy.running.map((attempt) => attempt.job).toSorted()).toEqual([
    "heavy",
    "light",
    "light",
    "single",
  ]);
  expect(busy.pools).toEqual([{ name: "disk", size: 3, held: 2, free: 1 }]);
  expect(busy.held).toEqual({
    heavy: { kind: "no slot", pool: "disk" },
    single: { kind: "at its own limit" },
    light: { kind: "no lane" },
    resting: { kind: "paused" },
  });
  scheduler.resume();
  for (let at = 0; at < 10; at += 1) {
    latch.release();
    await clock.settle();
  }
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 4, held: {} });
});

test("cancelling a waiting task ends it at once, cancelling a running one aborts it", async () => {
  const reasons: unknown[] = [];
  const { clock, store, seen, scheduler } = setup({
    lanes: 1,
    jobs: [
      job("long", async ({ signal }) => {
        await aborted(signal);
        reasons.push(signal.reason);
      }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  const added = await scheduler.submit([
    { job: "long", input: 1 },
    { job: "long", input: 2 },
  ]);
  await clock.settle();

  const answers = await scheduler.cancel([idOf(added, 1), idOf(added, 0)], "not wanted");
  await clock.settle();

  expect(answers.map((answer) => answer.was)).toEqual(["ended", "running"]);
  expect(reasons).toMatchObject([{ code: "TASK_CANCELLED" }]);
  expect(told(seen, "task.finished")).toMatchObject([
    { attrs: { task: idOf(added, 1), outcome: "cancelled", ranMs: 0 } },
    { attrs: { task: idOf(added, 0), outcome: "cancelled" } },
  ]);
  const tasks = await store.get(added.map((one) => one.id));
  expect(tasks.map((task) => task.state)).toMatchObject([
    { kind: "cancelled", reason: "not wanted" },
    { kind: "cancelled", reason: "not wanted" },
  ]);
});

test("cancelling during the wait for a retry ends the task, and a retry by hand starts it anew", async () => {
  let fail = true;
  const { clock, seen, scheduler } = setup({
    jobs: [
      job("flaky", async () => {
        if (fail) throw new Error("busy");
      }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  const id = idOf(await scheduler.submit([{ job: "flaky", input: null }]));
  await clock.settle();

  await scheduler.cancel([id], "enough");
  fail = false;
  const again = await scheduler.retry([id]);
  await scheduler.idle();

  expect(again).toEqual([id]);
  expect(told(seen, "task.queued")).toHaveLength(2);
  expect(told(seen, "task.finished").map((event) => event.attrs["outcome"])).toEqual(["cancelled", "done"]);
});

test("a task cancelled while its timed-out attempt still ends is not retried", async () => {
  const latch = new Latch();
  const { clock, store, scheduler } = setup({
    jobs: [job("slow", () => latch.wait(), { timeoutMs: 100, graceMs: 50 })],
  });
  await using _open = scheduler;
  await scheduler.start();
  const id = idOf(await scheduler.submit([{ job: "slow", input: null }]));
  await clock.advance(110);

  await scheduler.cancel([id], "enough");
  latch.release();
  await clock.settle();

  expect((await store.get([id]))[0]?.state.kind).toBe("cancelled");
});

test("draining lets work finish until the deadline, interrupts the rest and starts nothing more", async () => {
  const latch = new Latch();
  const { clock, store, seen, scheduler } = setup({
    lanes: 3,
    jobs: [
      job("polite", async ({ signal }) => {
        await Promise.race([latch.wait(), aborted(signal)]);
      }),
      job("deaf", () => new Promise(() => {}), { graceMs: 500 }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([
    { job: "polite", input: 1, priority: 2 },
    { job: "polite", input: 2, priority: 2 },
    { job: "deaf", input: 3, priority: 2 },
    { job: "polite", input: 4 },
  ]);
  await clock.settle();

  const drained = scheduler.drain(1_000);
  await clock.settle();
  latch.release();
  await clock.advance(1_000);
  expect(told(seen, "task.interrupted")).toHaveLength(1);
  await clock.advance(500);

  expect(await drained).toEqual({ finished: 1, interrupted: 1, abandoned: 1 });
  expect(await store.counts()).toEqual(
    expect.arrayContaining([
      { job: "polite", state: "done", count: 1 },
      { job: "polite", state: "ready", count: 2 },
      { job: "deaf", state: "ready", count: 1 },
    ]),
  );
  const tasks = (await store.list({})).tasks.filter((task) => task.state.kind === "ready");
  expect(tasks.map((task) => task.attempt)).toEqual([0, 0, 0]);
});

test("a second drain with no deadline hurries the first", async () => {
  const { clock, scheduler } = setup({ jobs: [job("long", ({ signal }) => aborted(signal))] });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "long", input: null }]);
  await clock.settle();

  const patient = scheduler.drain(Number.POSITIVE_INFINITY);
  const hurried = scheduler.drain(0);

  expect(await hurried).toEqual({ finished: 0, interrupted: 1, abandoned: 0 });
  expect(await patient).toEqual({ finished: 0, interrupted: 1, abandoned: 0 });
  await clock.settle();
  expect(clock.pending).toBe(0);
});

test("tasks that ran when their process was lost run again, and fail when their attempts are used up", async () => {
  const store = new RamQueue();
  const clock = new FakeClock();
  const poison = job("poison", () => new Promise(() => {}), {
    retry: { attempts: 2, firstMs: 1, maxMs: 1, factor: 1, jitter: 0 },
  });
  const dead: ReturnType<typeof setup>[] = [];
  for (const owner of ["one", "two"]) {
    const process = setup({ store, clock, owner, jobs: [poison] });
    dead.push(process);
    await process.scheduler.start();
    if (owner === "one") await process.scheduler.submit([{ job: "poison", input: null }]);
    await clock.settle();
  }

  const { seen, scheduler } = setup({ store, clock, owner: "three", jobs: [poison] });
  await using _open = scheduler;
  await scheduler.start();
  await clock.settle();

  expect(dead[1]?.seen.map((event) => event.ev)).toEqual(["task.recovered", "task.started"]);
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
  const { seen, scheduler } = setup({
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
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([
    { job: "long", input: 1 },
    { job: "long", input: 2 },
  ]);
  await clock.advance(30_000);
  expect(touched).toEqual([2, 2, 2]);

  scheduler.pause();
  await store.recover({ nowMs: clock.now(), lost: "others", owner: "thief" });
  await clock.advance(10_000);

  expect(reasons).toMatchObject([{ code: "LEASE_LOST" }, { code: "LEASE_LOST" }]);
  expect(told(seen, "task.finished")).toEqual([]);
  expect(told(seen, "task.interrupted")).toEqual([]);
  expect(scheduler.snapshot().lanesFree).toBe(4);
});

test("due times are wall time: a jump back delays, a jump forward is noticed within a minute", async () => {
  const ran: number[] = [];
  const { clock, scheduler } = setup({ jobs: [job("alarm", async () => ran.push(clock.now()))] });
  await using _open = scheduler;
  await scheduler.start();
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
  const settle = store.settle.bind(store);
  let broken = 2;
  store.settle = async (settlements) => {
    broken -= 1;
    if (broken >= 0) throw new Error("disk full");
    return settle(settlements);
  };
  let runs = 0;
  const { clock, seen, scheduler } = setup({
    store,
    storeRetryMs: 500,
    jobs: [
      job("count", async () => {
        runs += 1;
      }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
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
  const { clock, seen, scheduler } = setup({ store, jobs: [job("count", async () => {})] });
  await scheduler.start();
  store.settle = () => Promise.reject(new Error("disk gone"));
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

test("a job that could never run is refused at construction", () => {
  const needy = job("needy", async () => {}, { needs: { disk: 3 } });

  expect(() => setup({ jobs: [needy] })).toThrow(expect.objectContaining({ code: "POOL_UNKNOWN" }) as Error);
  expect(() => setup({ jobs: [needy], pools: { disk: 2 } })).toThrow(
    expect.objectContaining({ code: "POOL_TOO_SMALL" }) as Error,
  );
  expect(() => setup({ jobs: [needy, needy], pools: { disk: 3 } })).toThrow("registered twice");
});

test("a pool that shrinks drains, and one that grows starts what waited", async () => {
  const latch = new Latch();
  const { clock, seen, scheduler } = setup({
    pools: { disk: 1 },
    jobs: [job("write", () => latch.wait(), { needs: { disk: 1 } })],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit(Array.from({ length: 4 }, (_, input) => ({ job: "write", input })));
  await clock.settle();
  expect(latch.waiting).toBe(1);

  scheduler.resizePool("disk", 3);
  await clock.settle();
  expect(latch.waiting).toBe(3);
  scheduler.resizePool("disk", 1);
  latch.release();
  latch.release();
  await clock.settle();

  expect(latch.waiting).toBe(1);
  expect(told(seen, "pool.resized").map((event) => event.attrs["slots"])).toEqual([3, 1]);
  latch.release();
  await clock.settle();
  latch.release();
  await clock.settle();
});

test("waiting for idle ends with the reason of its signal and leaves nothing", async () => {
  const { clock, scheduler } = setup({ jobs: [job("long", ({ signal }) => aborted(signal))] });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "long", input: null }]);
  const stop = new AbortController();

  const idle = scheduler.idle(stop.signal);
  await clock.settle();
  stop.abort(new Error("no longer interested"));

  await expect(idle).rejects.toThrow("no longer interested");
});

test("a cancellation that meets a settlement on its way is told after it", async () => {
  const store = new RamQueue();
  const latch = new Latch();
  const settle = store.settle.bind(store);
  store.settle = async (settlements) => {
    const answers = await settle(settlements);
    await latch.wait();
    return answers;
  };
  const { clock, seen, scheduler } = setup({
    store,
    jobs: [job("flaky", () => Promise.reject(new Error("busy")))],
  });
  await using _open = scheduler;
  await scheduler.start();
  const id = idOf(await scheduler.submit([{ job: "flaky", input: null }]));
  await clock.settle();

  const cancelling = scheduler.cancel([id], "enough");
  await clock.settle();
  latch.release();
  const answers = await cancelling;

  expect(answers).toMatchObject([{ was: "ended" }]);
  expect(seen.map((event) => event.ev)).toEqual([
    "task.queued",
    "task.started",
    "task.retrying",
    "task.finished",
  ]);
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
  const one = process("one");
  const other = process("two");
  await one.scheduler.start();
  await other.scheduler.start();
  // What a third process claimed, and did not live to renew.
  await one.scheduler.submit([{ job: "quick", input: "lost", priority: 9, dueAtMs: clock.now() }]);
  const claim = { owner: "dead", nowMs: clock.now(), leaseUntilMs: clock.now() + 10_000 };
  await store.claim({ ...claim, wants: [{ job: "quick", limit: 1 }] });

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
  const { store, bus, scheduler } = setup({ lanes: 64, jobs: [count] }, false);
  await using _open = scheduler;
  await scheduler.submit(Array.from({ length: COUNT }, (_, input) => ({ job: "count", input })));

  await scheduler.start();
  await scheduler.idle();

  expect(runs).toBe(COUNT);
  expect([bus.count("task.queued"), bus.count("task.finished")]).toEqual([COUNT, COUNT]);
  expect(await store.counts()).toEqual([{ job: "count", state: "done", count: COUNT }]);
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 64, running: [] });
}, 60_000);

test("idle waits for a start, and closing refuses who waits", async () => {
  const { scheduler } = setup({ jobs: [job("none", async () => {})] });
  const waiting = scheduler.idle();

  await scheduler[Symbol.asyncDispose]();
  await scheduler[Symbol.asyncDispose]();

  await expect(waiting).rejects.toMatchObject({ code: "SCHEDULER_CLOSED" });
  await expect(scheduler.start()).rejects.toMatchObject({ code: "SCHEDULER_CLOSED" });
});

test("a start that fails may be tried again, and a second start is refused", async () => {
  const store = new RamQueue();
  const recover = store.recover.bind(store);
  store.recover = () => Promise.reject(new Error("locked"));
  const { scheduler } = setup({ store, jobs: [job("none", async () => {})] });
  await using _open = scheduler;

  await expect(scheduler.start()).rejects.toThrow("locked");
  store.recover = recover;
  await scheduler.start();

  await expect(scheduler.start()).rejects.toThrow("started twice");
});
