import { describe, expect, test } from "vitest";
import { fork, RamQueue, taskId, type JobContext, type NewTask, type Task } from "../src/index.ts";
import { mortal } from "./mortal-store.ts";
import { aborted, idOf, job, Latch, named, started, told, toldOf } from "./scheduler-kit.ts";

/** What a done task came to; how it ended where it is not done. */
function resultOf({ state }: Task): unknown {
  return state.kind === "done" ? state.result : state.kind;
}

/** A job that forks the tasks of its input once, then tells what they came to. */
function gathers(more: Parameters<typeof job>[2] = {}) {
  return job(
    "gather",
    async ({ input, forks, waitedFor }) =>
      forks === 0 ? fork(input as readonly NewTask[]) : ((await waitedFor()).map(resultOf) as string[]),
    more,
  );
}

const square = job("square", async ({ input }) => Number(input) ** 2);
const fails = job("fails", () => Promise.reject(new Error("no")), { retry: { attempts: 1 } });
const squares = [1, 2, 3].map((input) => ({ job: "square", input }));

describe("a task that forks", () => {
  test("runs again when its children have ended, with their results, and is finished once", async () => {
    await using bench = await started({ jobs: [gathers(), square] });
    const { seen, scheduler } = bench;

    const [end] = scheduler.perform([{ job: "gather", input: squares }]);
    const task = (await end) as Task;

    expect(resultOf(task)).toEqual([1, 4, 9]);
    expect(task).toMatchObject({ forks: 1, attempt: 1 });
    expect(told(seen, "task.forked")).toMatchObject([
      { job: "gather", attrs: { task: task.id, children: 3 } },
    ]);
    expect(told(seen, "task.finished").filter(({ attrs }) => attrs["task"] === task.id)).toMatchObject([
      { attrs: { outcome: "done", attempts: 1 } },
    ]);
    expect(toldOf(seen, "task.queued", "task")).toHaveLength(4);
  });

  test("holds no lane and no slot while its children run", async () => {
    await using bench = await started({
      lanes: 1,
      pools: { disk: 1 },
      jobs: [gathers({ needs: { disk: 1 } }), job("square", async () => 1, { needs: { disk: 1 } })],
    });

    const [end] = bench.scheduler.perform([{ job: "gather", input: squares }]);

    expect(resultOf((await end) as Task)).toEqual([1, 1, 1]);
  });

  test("has children of its run that name it as their parent", async () => {
    await using bench = await started({ jobs: [gathers(), square] });

    const id = idOf(await bench.scheduler.submit([{ job: "gather", input: squares }]));
    await bench.scheduler.idle();

    const { tasks } = await bench.store.list({ order: "oldest" });
    const [parent, ...children] = tasks;
    expect(children.map(({ parent: of, run }) => [of, run])).toEqual(children.map(() => [id, parent?.run]));
    expect(parent?.after).toEqual(children.map((child) => child.id));
  });

  test("comes back however its children ended, and finds its parents in front of them", async () => {
    await using bench = await started({ jobs: [gathers(), square, fails] });
    const { scheduler } = bench;
    const before = taskId("before");

    const ends = scheduler.perform([
      { job: "square", input: 9, id: before },
      { job: "gather", input: [{ job: "fails", input: null }, ...squares], after: [before] },
    ]);

    expect(resultOf((await ends[1]) as Task)).toEqual([81, "failed", 1, 4, 9]);
  });

  test("may fork again and again, and of nothing: then it runs again at once", async () => {
    const counted = job("counted", async ({ forks, waitedFor }) => {
      if (forks === 3) return (await waitedFor()).map(resultOf) as number[];
      return fork(forks === 1 ? [] : [{ job: "square", input: forks }]);
    });
    await using bench = await started({ jobs: [counted, square] });

    const [end] = bench.scheduler.perform([{ job: "counted", input: null }]);

    const task = (await end) as Task;
    expect([resultOf(task), task.forks, task.attempt]).toEqual([[0, 4], 3, 1]);
    expect(toldOf(bench.seen, "task.forked", "children")).toEqual([1, 0, 1]);
  });

  test("keeps the attempts it has used: a failure after the fork is the first", async () => {
    const flaky = job("flaky", async ({ forks, attempt }) => {
      if (forks === 0) return fork(squares);
      if (attempt < 3) throw new Error("busy");
      return attempt;
    });
    await using bench = await started({ jobs: [flaky, square] });

    await bench.scheduler.submit([{ job: "flaky", input: null }]);
    await bench.clock.advance(10_000);

    expect(toldOf(bench.seen, "task.retrying", "delayMs")).toEqual([1_000, 2_000]);
    expect(toldOf(bench.seen, "task.finished", "attempts")).toEqual([1, 1, 1, 3]);
  });

  test("survives the death of its process while its children wait", async () => {
    const store = new RamQueue();
    const jobs = [gathers(), square];
    const first = mortal(store, { jobs });
    await first.scheduler.start();
    first.scheduler.hold("square", "test", "they are to wait");
    const id = idOf(await first.scheduler.submit([{ job: "gather", input: squares }]));
    await first.clock.settle();
    first.die();

    await using second = await started({ store, owner: "two", clock: first.clock, jobs });
    const task = await second.scheduler.ended(id);

    expect([resultOf(task), task.forks]).toEqual([[1, 4, 9], 1]);
    expect(told(second.seen, "task.recovered")).toEqual([]);
  });

  test("does not run its children twice when its process dies after the fork and while they run", async () => {
    const store = new RamQueue();
    const ran: unknown[] = [];
    using latch = new Latch();
    const jobs = [
      gathers(),
      job("square", async ({ input }) => {
        if (input === 3) await latch.wait();
        ran.push(input);
        return input;
      }),
    ];
    const first = mortal(store, { jobs });
    await first.scheduler.start();
    const id = idOf(await first.scheduler.submit([{ job: "gather", input: squares }]));
    await first.clock.settle();
    first.die();

    await using second = await started({ store, owner: "two", clock: first.clock, jobs });
    await second.clock.settle();
    latch.release();
    latch.release();

    expect(resultOf(await second.scheduler.ended(id))).toEqual([1, 2, 3]);
    expect(ran.filter((input) => input !== 3)).toEqual([1, 2]);
  });
});

describe("a fork that cannot be stored", () => {
  test.each<[string, readonly NewTask[], string]>([
    ["an input that does not fit", [{ job: "strict", input: { name: 1 } }], "INPUT_INVALID"],
    ["a job that nobody knows", [{ job: "strct", input: { name: "x" } }], "JOB_UNKNOWN"],
    ["an unknown parent", [{ job: "square", input: 1, after: [taskId("nobody")] }], "GRAPH_UNKNOWN_PARENT"],
    [
      "a child that waits for itself",
      [{ job: "square", input: 1, id: taskId("a"), after: [taskId("a")] }],
      "GRAPH_CYCLE",
    ],
  ])("fails its task without a retry: %s", async (_what, children, code) => {
    const strict = { ...job("strict", async () => {}), input: named };
    await using bench = await started({ jobs: [gathers(), square, strict] });
    const { seen, store, scheduler } = bench;

    const [end] = scheduler.perform([{ job: "gather", input: [...squares, ...children] as never }]);
    const task = (await end) as Task;

    expect(task.state).toMatchObject({ kind: "failed", error: { code } });
    expect(toldOf(seen, "task.failed", "code")).toEqual([code]);
    expect(told(seen, "task.retrying")).toEqual([]);
    expect((await store.list({})).tasks).toHaveLength(1);
    expect(scheduler.snapshot().lanesFree).toBe(4);
  });
});

describe("cancelling a task that waits for what it forked", () => {
  test("takes its children with it, level by level: those that wait, and those that run", async () => {
    const reasons: unknown[] = [];
    const stays = job("stays", async ({ signal }) => {
      await aborted(signal);
      reasons.push(signal.reason);
    });
    await using bench = await started({ lanes: 1, jobs: [gathers(), stays] });
    const { clock, seen, store, scheduler } = bench;
    const leaves = [1, 2].map((input) => ({ job: "stays", input }));
    const tree = [{ job: "gather", input: leaves }, ...leaves];
    const id = idOf(await scheduler.submit([{ job: "gather", input: tree }]));
    await clock.settle();

    const answers = await scheduler.cancel([id], "not wanted");
    await clock.settle();

    expect(answers).toMatchObject([{ id, was: "ended" }]);
    expect(reasons).toMatchObject([{ code: "TASK_CANCELLED" }]);
    const states = (await store.list({})).tasks.map(({ state }) => state);
    expect(states.map(({ kind }) => kind)).toEqual(states.map(() => "cancelled"));
    expect(toldOf(seen, "task.finished", "outcome")).toEqual(states.map(() => "cancelled"));
  });

  test("leaves alone what it had only met, or submitted beside", async () => {
    const parent = job("parent", async ({ forks, submit }: JobContext<unknown>) => {
      if (forks > 0) return null;
      await submit([{ job: "waits", input: "beside" }]);
      return fork([
        { job: "waits", input: "met", key: "k" },
        { job: "waits", input: "own" },
      ]);
    });
    await using bench = await started({ jobs: [parent, job("waits", async () => {})] });
    const { clock, store, scheduler } = bench;
    scheduler.hold("waits", "test", "they are to wait");
    await scheduler.submit([{ job: "waits", input: "met", key: "k" }]);
    const id = idOf(await scheduler.submit([{ job: "parent", input: null }]));
    await clock.settle();

    await scheduler.cancel([id], "not wanted");

    const { tasks } = await store.list({ jobs: ["waits"], order: "oldest" });
    expect(tasks.map(({ input, state }) => [input, state.kind])).toEqual([
      ["met", "ready"],
      ["beside", "ready"],
      ["own", "cancelled"],
    ]);
  });
});

test("what a job submits is of its run, names it as parent, and is not waited for", async () => {
  const answers: unknown[] = [];
  const parent = job("parent", async ({ submit }) => {
    answers.push(...(await submit([{ job: "square", input: 3 }])));
    return "done";
  });
  await using bench = await started({ lanes: 1, jobs: [parent, square] });
  const { store, scheduler } = bench;

  const [end] = scheduler.perform([{ job: "parent", input: null }]);
  const task = (await end) as Task;
  await scheduler.idle();

  const [child] = (await store.list({ jobs: ["square"] })).tasks;
  expect(child).toMatchObject({ parent: task.id, run: task.run, state: { kind: "done", result: 9 } });
  expect(answers).toEqual([{ id: child?.id, added: true }]);
  expect([task.forks, task.after]).toEqual([0, []]);
});

test("a job is refused what it may not submit, and may go on", async () => {
  const codes: unknown[] = [];
  const parent = job("parent", async ({ submit }) => {
    await submit([{ job: "nobody", input: 3 }]).catch((error: { code: string }) => codes.push(error.code));
  });
  await using bench = await started({ jobs: [parent] });

  await bench.scheduler.submit([{ job: "parent", input: null }]);
  await bench.scheduler.idle();

  expect(codes).toEqual(["JOB_UNKNOWN"]);
  expect(toldOf(bench.seen, "task.finished", "outcome")).toEqual(["done"]);
});
