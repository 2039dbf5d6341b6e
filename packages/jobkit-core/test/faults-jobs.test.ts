/** Row 14 of docs/faults.md, on the scheduler's own thread: jobs that end in ways they should not. */
import { expect, test } from "vitest";
import { CodedError, fork, type JobContext } from "../src/index.ts";
import { job, Latch, setup, told } from "./scheduler-kit.ts";

/** A thenable that answers as often, and as contradictorily, as it likes. */
function thenable(
  answer: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
): unknown {
  // oxlint-disable-next-line unicorn/no-thenable -- that is the fault
  return { then: answer };
}

function refuse(): never {
  throw new Error("do not touch");
}

/** An object that throws whenever anybody looks at it. */
function untouchable(): object {
  return new Proxy(
    {},
    {
      get: refuse,
      getPrototypeOf: refuse,
      has: refuse,
      ownKeys: refuse,
    },
  );
}

/** An error whose own fields throw. */
function lying(): Error {
  return Object.defineProperty(new Error("hidden"), "message", {
    get: () => {
      throw new Error("no message");
    },
  });
}

const BAD_ENDS: readonly (readonly [string, (context: JobContext<unknown>) => unknown, string])[] = [
  ["throws a text", () => Promise.reject("just words"), "INTERNAL"],
  ["throws nothing at all", () => Promise.reject(undefined), "INTERNAL"],
  ["throws a frozen object", () => Promise.reject(Object.freeze({})), "INTERNAL"],
  ["throws what cannot be looked at", () => Promise.reject(untouchable()), "INTERNAL"],
  ["throws an error that lies", () => Promise.reject(lying()), "INTERNAL"],
  [
    "throws before it has a promise",
    () => {
      throw new Error("at once");
    },
    "INTERNAL",
  ],
  [
    "rejects twice and then resolves",
    () =>
      thenable((resolve, reject) => {
        reject(new Error("first"));
        reject(new Error("second"));
        resolve("changed its mind");
      }),
    "INTERNAL",
  ],
  [
    "throws after it has rejected",
    () =>
      thenable((_resolve, reject) => {
        reject(new Error("first"));
        throw new Error("second");
      }),
    "INTERNAL",
  ],
  ["answers with what cannot be looked at", async () => [untouchable()], "INTERNAL"],
  ["answers with a function", async () => () => 1, "RESULT_INVALID"],
  ["answers with a getter that throws", async () => ({ get trap() { throw new Error("trap"); } }), "INTERNAL"], // prettier-ignore
  ["forks what is no list", async () => fork(7 as unknown as []), "INTERNAL"],
  ["forks a job that there is not", async () => fork([{ job: "nobody", input: null }]), "JOB_UNKNOWN"],
  ["overflows the stack", () => overflow(0), "INTERNAL"],
];

function overflow(depth: number): number {
  return depth + overflow(depth + 1);
}

test.each(BAD_ENDS)(
  "a job that %s fails with its reason, its slots return, and nobody else notices",
  async (_what, run, code) => {
    const work = new Latch();
    const { clock, scheduler, seen } = setup({
      lanes: 3,
      pools: { disk: 2 },
      jobs: [
        job("bad", run, { needs: { disk: 1 }, retry: { attempts: 1 } }),
        job("good", () => work.wait(), { needs: { disk: 1 } }),
      ],
    });
    await using _open = scheduler;
    await scheduler.start();
    await scheduler.submit([
      { job: "good", input: null },
      { job: "bad", input: null },
      { job: "good", input: null },
    ]);

    await clock.settle();
    const meanwhile = scheduler.snapshot();
    work.release();
    work.release();
    await scheduler.idle();

    expect(told(seen, "task.failed")).toMatchObject([{ job: "bad", attrs: { code } }]);
    expect(meanwhile).toMatchObject({ lanesFree: 1, pools: [{ held: 2 }] });
    const ended = told(seen, "task.finished").map(({ job: name, attrs }) => `${name} ${attrs["outcome"]}`);
    expect(ended.toSorted()).toEqual(["bad failed", "good done", "good done"]);
    expect(scheduler.snapshot()).toMatchObject({ lanesFree: 3, pools: [{ held: 0 }] });
  },
);

test("a job that never ends is told to stop, then abandoned, and its lane and slots serve the next", async () => {
  let ran = 0;
  const { clock, scheduler, seen } = setup({
    lanes: 1,
    pools: { disk: 1 },
    jobs: [
      job("stuck", () => new Promise(() => {}), {
        needs: { disk: 1 },
        timeoutMs: 1_000,
        graceMs: 500,
        retry: { attempts: 2, firstMs: 100 },
      }),
      job("next", async () => void (ran += 1), { needs: { disk: 1 } }),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([
    { job: "stuck", input: null, priority: 1 },
    { job: "next", input: null },
  ]);

  await clock.advance(1_499);
  const before = ran;
  await clock.advance(1);
  const after = ran;
  await clock.advance(10_000);

  expect([before, after]).toEqual([0, 1]);
  expect(told(seen, "task.retrying")).toMatchObject([{ job: "stuck", attrs: { code: "TASK_ABANDONED" } }]);
  expect(told(seen, "task.failed")).toMatchObject([{ job: "stuck", attrs: { code: "TASK_ABANDONED" } }]);
  expect(scheduler.snapshot()).toMatchObject({ lanesFree: 1, running: [], pools: [{ held: 0 }] });
});

test("what an abandoned job does when it wakes up at last changes nothing", async () => {
  const contexts: JobContext<unknown>[] = [];
  const late = new Latch();
  const { clock, scheduler, seen, store } = setup({
    jobs: [
      job(
        "late",
        async (context) => {
          contexts.push(context);
          if (context.attempt > 1) return "in time";
          await late.wait();
          throw new Error("far too late");
        },
        { timeoutMs: 1_000, graceMs: 500, retry: { attempts: 2, firstMs: 100 } },
      ),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "late", input: null }]);
  await clock.advance(5_000);
  const before = seen.length;

  late.release();
  await clock.settle();
  contexts[0]?.progress(1, 1);
  contexts[0]?.warn("I was here");
  await clock.advance(60_000);

  expect(seen).toHaveLength(before);
  const { tasks } = await store.list({});
  expect(tasks).toMatchObject([{ attempt: 2, state: { kind: "done", result: "in time" } }]);
});

test("a child that an abandoned job submits late is a task like any other, and of its run", async () => {
  const late = new Latch();
  const { clock, scheduler, store } = setup({
    jobs: [
      job(
        "late",
        async ({ submit }) => {
          await late.wait();
          await submit([{ job: "child", input: null }]);
        },
        { timeoutMs: 1_000, graceMs: 500, retry: { attempts: 1 } },
      ),
      job("child", async () => {}),
    ],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "late", input: null }]);
  await clock.advance(5_000);

  late.release();
  await clock.settle();
  await scheduler.idle();

  const [parent, child] = (await store.list({ order: "oldest" })).tasks;
  expect(child).toMatchObject({ job: "child", run: parent?.run, state: { kind: "done" } });
  expect(parent).toMatchObject({ state: { kind: "failed", error: { code: "TASK_ABANDONED" } } });
});

test("errors of jobs keep their codes and their word on retrying, whatever table they are of", async () => {
  const row = { retry: false, doc: "Broken.", next: "Mend it." };
  const { scheduler, seen } = setup({
    jobs: [job("own", () => Promise.reject(new CodedError("MINE_BROKEN", row, "doing mine")))],
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.submit([{ job: "own", input: null }]);

  await scheduler.idle();

  expect(told(seen, "task.failed")).toMatchObject([{ attrs: { code: "MINE_BROKEN", why: "doing mine" } }]);
  expect(told(seen, "task.retrying")).toEqual([]);
});
