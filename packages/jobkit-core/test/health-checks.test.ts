import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventBus } from "../src/events/bus.ts";
import { jobkitEvents } from "../src/events/table.ts";
import { CheckRunner } from "../src/health/check-runner.ts";
import { afterAnswer, notAsked, type CheckState } from "../src/health/check-state.ts";
import type { CheckAnswer, JobChecks } from "../src/job/checks.ts";
import { FakeClock } from "../src/testing/fake-clock.ts";
import { Recorder } from "../src/testing/recorder.ts";
import { HOUR, MINUTE, SECOND } from "./health-kit.ts";

/** Keeps who is held, and why. */
class Holder {
  readonly held = new Map<string, string>();
  readonly calls: string[] = [];

  hold(job: string, by: string, why: string): void {
    this.held.set(job, why);
    this.calls.push(`hold ${job} ${by}`);
  }

  release(job: string, by: string): void {
    this.held.delete(job);
    this.calls.push(`release ${job} ${by}`);
  }
}

function setup(checks: JobChecks) {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const recorder = new Recorder(bus);
  const holder = new Holder();
  const events = bus.emitter(jobkitEvents);
  const runner = new CheckRunner({ jobs: [{ name: "read", checks }], holder, clock, events });
  return { clock, recorder, holder, runner };
}

/** A check whose answer the test sets; null for one that never answers. */
class Asked {
  answer: CheckAnswer | Error | null = { ok: true };
  times = 0;
  readonly check = (signal: AbortSignal): Promise<CheckAnswer> => {
    this.times += 1;
    const { answer } = this;
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== null) return Promise.resolve(answer);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  };
}

const thrower = (): never => {
  throw new Error("at once");
};

const no = (why: string): CheckAnswer => ({ ok: false, why });

function told(recorder: Recorder): readonly string[] {
  return recorder.events.map(({ ev, attrs }) => `${ev} ${attrs["target"]} ${attrs["check"]}`);
}

describe("a startup check", () => {
  test("holds its job until it has been well once, and is not asked again", async () => {
    const startup = new Asked();
    startup.answer = no("warming up");
    const { clock, recorder, holder, runner } = setup({ startup: startup.check });
    runner.start();
    const atOnce = holder.held.get("read");
    await clock.advance(5 * SECOND);
    const meanwhile = holder.held.get("read");

    startup.answer = { ok: true };
    await clock.advance(HOUR);

    expect(atOnce).toBe("its checks were not asked yet");
    expect(meanwhile).toBe("startup check: warming up");
    expect(holder.held.size).toBe(0);
    expect(startup.times).toBe(4);
    expect(told(recorder)).toEqual(["check.failed read startup", "check.passed read startup"]);
    expect(recorder.problems).toEqual([]);
    expect(clock.pending).toBe(0);
    await runner[Symbol.asyncDispose]();
  });

  test("comes before the others, which are not asked until it is well", async () => {
    const [startup, ready, live] = [new Asked(), new Asked(), new Asked()];
    startup.answer = no("no");
    const checks = { startup: startup.check, ready: ready.check, live: live.check };
    const { clock, holder, runner } = setup(checks);
    runner.start();
    await clock.advance(MINUTE);
    const before = { times: ready.times + live.times, facts: runner.facts().map(({ check }) => check) };

    startup.answer = { ok: true };
    ready.answer = no("not yet");
    await clock.advance(3 * SECOND);
    const between = holder.held.get("read");
    ready.answer = { ok: true };
    await clock.advance(3 * SECOND);

    expect(before).toEqual({ times: 0, facts: ["startup"] });
    expect(between).toBe("ready check: not yet");
    expect(holder.held.size).toBe(0);
    await runner[Symbol.asyncDispose]();
  });
});

describe("a ready check", () => {
  test("holds its job after several bad answers in a row, and lets it go at the first good one", async () => {
    const ready = new Asked();
    const { clock, recorder, holder, runner } = setup({ ready: ready.check });
    runner.start();
    await clock.advance(MINUTE);
    ready.answer = no("refused");
    // The next regular question at 90 s, then two more at the pace of trouble.
    await clock.advance(32 * SECOND);
    const forgiven = holder.held.size;
    await clock.advance(2 * SECOND);
    const held = holder.held.get("read");
    ready.answer = { ok: true };
    await clock.advance(2 * SECOND);

    expect(forgiven).toBe(0);
    expect(held).toBe("ready check: refused");
    expect(holder.calls.at(-1)).toBe("release read check");
    expect(told(recorder)).toEqual([
      "check.passed read ready",
      "check.failed read ready",
      "check.passed read ready",
    ]);
    await runner[Symbol.asyncDispose]();
  });

  test("that hangs is answered by its timeout, and hears of it", async () => {
    const ready = new Asked();
    ready.answer = null;
    const { clock, holder, runner } = setup({ ready: ready.check });
    runner.start();

    await clock.advance(10 * SECOND);

    expect(holder.held.get("read")).toBe(
      "ready check: asking the ready check of read for more than 10000 ms",
    );
    await runner[Symbol.asyncDispose]();
  });

  test("that throws has answered no, with its words on one harmless line; new words are passed on", async () => {
    const ready = new Asked();
    ready.answer = new Error("no\nroute");
    const { clock, recorder, holder, runner } = setup({ ready: ready.check });
    runner.start();
    await clock.advance(1);
    const first = holder.held.get("read");

    ready.answer = no("still no route");
    await clock.advance(2 * SECOND);

    expect(first).toBe("ready check: no route");
    expect(holder.held.get("read")).toBe("ready check: still no route");
    expect(told(recorder)).toEqual(["check.failed read ready"]);
    await runner[Symbol.asyncDispose]();
  });

  test("that throws before it makes a promise has answered no, too", async () => {
    const { clock, holder, runner } = setup({ ready: thrower });
    runner.start();

    await clock.advance(1);

    expect(holder.held.get("read")).toBe("ready check: at once");
    await runner[Symbol.asyncDispose]();
  });
});

test("a live check holds nothing: it is a fact for the rules, and an event", async () => {
  const live = new Asked();
  const { clock, recorder, holder, runner } = setup({ live: live.check });
  runner.start();
  await clock.advance(1);
  live.answer = no("cold");
  await clock.advance(35 * SECOND);

  const facts = runner.facts();

  expect(facts).toMatchObject([{ job: "read", check: "live", state: "unwell", why: "cold" }]);
  expect(facts[0]?.sinceMs).toBe(SECOND + 1);
  expect(holder.calls).toEqual([]);
  expect(told(recorder)).toEqual(["check.passed read live", "check.failed read live"]);
  await runner[Symbol.asyncDispose]();
});

test("a job without checks is never held, and nothing of it is asked", async () => {
  const { clock, holder, runner } = setup({});
  runner.start();

  await clock.advance(HOUR);

  expect(holder.calls).toEqual([]);
  expect(clock.pending).toBe(0);
  await runner[Symbol.asyncDispose]();
});

test("closing ends every question and every sleep, says nothing more, and leaves held what is held", async () => {
  const [ready, live] = [new Asked(), new Asked()];
  ready.answer = null;
  const { clock, recorder, holder, runner } = setup({ ready: ready.check, live: live.check });
  runner.start();
  await clock.advance(SECOND);
  recorder.clear();

  await runner[Symbol.asyncDispose]();
  await clock.advance(HOUR);

  expect(clock.pending).toBe(0);
  expect(recorder.events).toEqual([]);
  expect(holder.held.get("read")).toBe("its checks were not asked yet");
  expect(live.times).toBe(1);
  expect(() => runner.start()).toThrow("started twice");
});

test("whatever the answers, one that was well is unwell exactly after so many bad ones in a row", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 5 }), (answers, failuresMax) => {
      let state: CheckState = notAsked(0);
      for (const [at, ok] of answers.entries())
        state = afterAnswer(state, ok ? { ok } : { ok, why: "no" }, { nowMs: at, failuresMax });

      const good = answers.lastIndexOf(true);
      const badInARow = answers.length - 1 - good;
      const well = good >= 0 && badInARow < failuresMax;
      expect(state.state).toBe(answers.length === 0 ? "unknown" : well ? "well" : "unwell");
      expect(state.failuresInARow).toBe(badInARow);
    }),
  );
});
