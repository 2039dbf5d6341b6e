import { describe, expect, test } from "vitest";
import { EventBus } from "../src/events/bus.ts";
import { jobkitEvents } from "../src/events/table.ts";
import { OTHER_JOBS } from "../src/events/series.ts";
import { TroubleTally } from "../src/health/trouble-tally.ts";
import { FakeClock } from "../src/testing/fake-clock.ts";
import { totals } from "./health-kit.ts";

function setup() {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  return { clock, bus, events: bus.emitter(jobkitEvents), tally: new TroubleTally(bus, clock) };
}

const scope = (job: string, attempt = 1) => ({ trace: "r", span: null, job, attempt });
type Outcome = "done" | "failed" | "cancelled" | "skipped";
const ended = (task: string, outcome: Outcome) => () => ({ task, outcome, ranMs: 5, attempts: 1 });
const failure = (task: string, code: string) => () => ({ task, code, why: "" });
const refused = () => ({ code: "STORE_CLOSED", why: "" });
const again = (task: string, code: string) => () => ({ task, code, why: "", delayMs: 1 });

describe("the tally of troubles", () => {
  test("counts how attempts ended, by job and by what stopped them", () => {
    const { events, tally } = setup();

    events.emit("task.finished", ended("a", "done"), scope("read"));
    events.emit("task.retrying", again("b", "TASK_TIMEOUT"), scope("read"));
    events.emit("task.retrying", again("b", "TASK_ABANDONED"), scope("read"));
    events.emit("task.failed", failure("b", "TASK_EXPIRED"), scope("read"));
    events.emit("task.finished", ended("b", "failed"), scope("read"));
    events.emit("task.finished", ended("c", "cancelled"), scope("write"));

    expect(tally.totals()).toEqual([
      totals({ done: 1, failed: 1, retried: 2, timedOut: 1, abandoned: 1, expired: 1 }),
    ]);
  });

  test("knows the tasks that a process died over, with the attempt, until they end otherwise", () => {
    const { events, tally } = setup();

    events.emit("task.recovered", () => ({ task: "a" }), scope("read", 2));
    events.emit("task.recovered", () => ({ task: "b" }), scope("read", 1));
    events.emit("task.failed", failure("c", "WORKER_LOST"), scope("write", 3));
    events.emit("task.finished", ended("c", "failed"), scope("write", 3));
    events.emit("task.finished", ended("b", "done"), scope("read", 2));
    events.emit("task.recovered", () => ({ task: "d" }), scope("read", 2));
    events.emit("task.finished", ended("d", "cancelled"), scope("read", 2));

    expect(tally.lost()).toEqual([
      { task: "a", job: "read", attempts: 2 },
      { task: "c", job: "write", attempts: 3 },
    ]);
  });

  test("counts missed times and lost events by name", () => {
    const { events, tally } = setup();

    events.emit("schedule.missed", () => ({ schedule: "s", missed: 2, caught: 1, policy: "once" }));
    events.emit("schedule.missed", () => ({ schedule: "s", missed: 3, caught: 1, policy: "once" }));
    events.emit("subscriber.lagged", () => ({ subscriber: "screen", dropped: 7 }));

    expect(tally.missed("s")).toBe(5);
    expect(tally.missed("t")).toBe(0);
    expect(tally.dropped()).toEqual([{ name: "screen", dropped: 7 }]);
  });

  test("counts refusals of the store in a row, until it takes something or is quiet for long", async () => {
    const { clock, events, tally } = setup();
    events.emit("scheduler.failed", refused);
    events.emit("scheduler.failed", refused);
    const twice = tally.refusals(60_000);
    events.emit("task.finished", ended("t", "done"), scope("read"));
    const taken = tally.refusals(60_000);
    events.emit("scheduler.failed", refused);
    await clock.advance(59_999);
    const once = tally.refusals(60_000);
    await clock.advance(1);

    expect([twice, taken, once, tally.refusals(60_000)]).toEqual([2, 0, 1, 0]);
  });

  test("stays bounded: jobs beyond the bound share a line, old names give way", () => {
    const { events, tally } = setup();

    for (let at = 0; at < 1_000; at += 1) {
      events.emit("task.finished", ended("t", "done"), scope(`job-${at}`));
      events.emit("task.recovered", () => ({ task: `t${at}` }), scope("read", 2));
    }

    expect(tally.totals()).toHaveLength(201);
    expect(tally.totals().find(({ job }) => job === OTHER_JOBS)?.done).toBe(800);
    expect(tally.lost()).toHaveLength(200);
    expect(tally.lost().at(-1)?.task).toBe("t999");
  });

  test("hears nothing once disposed, and answers with copies", () => {
    const { events, tally } = setup();
    events.emit("task.finished", ended("t", "done"), scope("read"));
    const before = tally.totals();

    events.emit("task.finished", ended("t", "done"), scope("read"));
    tally[Symbol.dispose]();
    events.emit("task.finished", ended("t", "done"), scope("read"));

    expect(before[0]?.done).toBe(1);
    expect(tally.totals()[0]?.done).toBe(2);
  });
});
