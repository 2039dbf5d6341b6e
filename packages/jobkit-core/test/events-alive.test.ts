/**
 * No dead rows: everything the table promises is really told by the core, and with the fields of its row. What the
 * parts beside the scheduler tell is proven where they are tested; that those tests name the rows is checked here.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  EventBus,
  fatal,
  fork,
  jobkitEvents,
  RamQueue,
  Scheduler,
  subscribe,
  type Job,
  type JobContext,
  type Turn,
  type TurnRequest,
} from "../src/index.ts";
import { assertNoDeadRows, FakeClock, Recorder, SeededRandom } from "../src/testing/index.ts";
import { aborted, job, Latch } from "./scheduler-kit.ts";

/** A queue whose next turn can be made to fail. */
class FailingQueue extends RamQueue {
  failing = 0;

  override turn(request: TurnRequest): Promise<Turn> {
    if (this.failing === 0) return super.turn(request);
    this.failing -= 1;
    return Promise.reject(new Error("disk gone"));
  }
}

function setup(jobs: readonly Job[], clock = new FakeClock()) {
  const bus = new EventBus({ clock });
  const store = new FailingQueue();
  const recorder = new Recorder(bus);
  const parts = { store, jobs, pools: { disk: 1 }, events: bus.emitter(jobkitEvents), clock, lanes: 4 };
  const schedulerOf = (owner: string): Scheduler =>
    new Scheduler({ ...parts, owner, random: new SeededRandom(1) });
  return { clock, bus, store, recorder, schedulerOf };
}

/** Rows that other parts tell, and the tests that prove it. */
const toldElsewhere: Readonly<Record<string, readonly string[]>> = {
  "timetable.test.ts": ["schedule.fired", "schedule.missed", "schedule.overlapped"],
  "pipeline-run.test.ts": ["pipeline.started", "pipeline.finished", "phase.finished"],
  "pipeline-when.test.ts": ["phase.skipped"],
  "health-monitor.test.ts": ["alert.fired", "alert.pending", "alert.resolved"],
  "health-checks.test.ts": ["check.failed", "check.passed"],
  "threads-lost.test.ts": ["thread.lost"],
  "threads.test.ts": ["thread.recycled"],
};

test("a scheduler, a slow reader and a broken reader together tell every row that no other part tells", async () => {
  const latch = new Latch();
  const clock = new FakeClock();
  const jobs = [
    job("talk", (context: JobContext<unknown>) => {
      context.note("a line");
      context.warn("a line to look at");
      context.progress(1, 2, "halves");
      return Promise.resolve();
    }),
    job("flaky", ({ attempt }) => (attempt === 1 ? Promise.reject(new Error("busy")) : Promise.resolve())),
    job("doomed", () => Promise.reject(fatal("reading a file that is not there"))),
    job("slow", ({ signal }) => Promise.race([latch.wait(), aborted(signal)])),
    job("split", ({ forks }) => Promise.resolve(forks === 0 ? fork([{ job: "talk", input: 1 }]) : undefined)),
    job("writes", () => clock.sleep(10), { needs: { disk: 1 } }),
  ];
  const { bus, store, recorder, schedulerOf } = setup(jobs, clock);
  bus.listen({ name: "broken", rows: (name) => name === "task.noted" }, () => {
    throw new Error("broken reader");
  });
  const lagging = subscribe(bus, { name: "lagging", queueMax: 1 });

  const first = schedulerOf("one");
  await first.start();
  await first.submit([
    { job: "talk", input: null },
    { job: "flaky", input: null },
    { job: "doomed", input: null },
    { job: "slow", input: null, key: "k" },
    { job: "split", input: null },
    { job: "writes", input: 1 },
    { job: "writes", input: 2 },
  ]);
  await first.submit([{ job: "slow", input: null, key: "k" }]);
  await clock.advance(1_000);
  first.resizePool("disk", 2);
  await first.pause("talk");
  await first.resume();
  await clock.advance(20_000);
  store.failing = 1;
  await first.submit([{ job: "talk", input: null }]);
  await clock.advance(20_000);
  const second = schedulerOf("two"); // As after the death of the first: it never settled its slow task.
  await second.start();
  await clock.advance(1);
  // Whichever of them has it by now.
  const drained = Promise.all([first.drain(0), second.drain(0)]);
  await clock.advance(60_000);
  await drained;
  const { value: gap } = await lagging.next();

  expect(gap?.ev).toBe("stream.gap");
  const others = Object.values(toldElsewhere).flat();
  assertNoDeadRows(jobkitEvents, [...recorder.seen, ...(gap === undefined ? [] : [gap.ev]), ...others]);
  expect(recorder.problems).toEqual([]);
  lagging[Symbol.dispose]();
  const closed = Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  await clock.advance(60_000);
  await closed;
});

test.each(Object.entries(toldElsewhere))("%s proves the rows that its part tells", (file, rows) => {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");

  expect(rows.filter((row) => !text.includes(row))).toEqual([]);
});

const note = (text: string) => () => ({ task: "t", text });

describe("the tally", () => {
  test("names the rows nobody emitted, but for the obsolete ones", () => {
    const table = {
      "a.done": { id: 1, unit: "count", sev: "info", fields: {}, doc: "a" },
      "b.done": { id: 2, unit: "count", sev: "info", fields: {}, doc: "b" },
      "c.done": { id: 3, unit: "count", sev: "info", fields: {}, doc: "c", obsolete: true },
    } as const;

    expect(() => assertNoDeadRows(table, ["a.done"])).toThrow("rows that nobody emits: b.done");
    expect(() => assertNoDeadRows(table, ["a.done", "b.done"])).not.toThrow();
  });
});

describe("a recorder", () => {
  test("reads the stream in order: what came meanwhile is not missed, and what is to come is waited for", async () => {
    const { bus, recorder } = setup([]);
    const jobkit = bus.emitter(jobkitEvents);
    jobkit.emit("task.noted", note("a"));
    jobkit.emit("task.recovered", () => ({ task: "t" }));
    jobkit.emit("task.noted", note("b"));

    const first = await recorder.next("task.noted");
    const second = await recorder.next("task.noted");
    const third = recorder.next("task.noted", ({ attrs }) => attrs["text"] === "d");
    jobkit.emit("task.noted", note("c"));
    jobkit.emit("task.noted", note("d"));

    expect([first, second, await third].map(({ attrs }) => attrs["text"])).toEqual(["a", "b", "d"]);
    expect(recorder.names()).toEqual([
      "task.noted",
      "task.recovered",
      "task.noted",
      "task.noted",
      "task.noted",
    ]);
    expect(recorder.of("task.recovered")).toHaveLength(1);
  });

  test("keeps no more than it may, and says how much had to go", () => {
    const { bus } = setup([]);
    const small = new Recorder(bus, { max: 100 });
    const jobkit = bus.emitter(jobkitEvents);

    for (let at = 1; at <= 1000; at += 1) jobkit.emit("task.noted", note(String(at)));

    expect(small.events.length).toBeLessThanOrEqual(110);
    expect(small.dropped + small.events.length).toBe(1000);
    expect(small.events.at(-1)?.attrs["text"]).toBe("1000");
  });

  test("after clearing only what comes next counts; an abort ends the wait", async () => {
    const { bus, recorder } = setup([]);
    const jobkit = bus.emitter(jobkitEvents);
    jobkit.emit("task.noted", note("old"));
    recorder.clear();
    const stop = new AbortController();
    const aborting = recorder.next("task.failed", () => true, stop.signal);

    stop.abort(new Error("enough"));
    const next = recorder.next("task.noted");
    jobkit.emit("task.noted", note("new"));

    await expect(aborting).rejects.toThrow("enough");
    expect((await next).attrs["text"]).toBe("new");
    await expect(recorder.next("task.noted", () => true, stop.signal)).rejects.toThrow("enough");
  });

  test("finds events whose fields do not fit their row, and hears nothing once disposed", () => {
    const { bus, recorder } = setup([]);
    const jobkit = bus.emitter(jobkitEvents);
    jobkit.emit("task.noted", () => ({ task: "t", text: 5 as unknown as string }));
    recorder[Symbol.dispose]();
    jobkit.emit("task.noted", note("unheard"));

    expect(recorder.problems).toEqual(["task.noted: text is not a text"]);
    expect(recorder.events).toHaveLength(1);
  });
});
