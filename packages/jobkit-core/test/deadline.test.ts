import { expect, test } from "vitest";
import { Alarms, Deadline } from "../src/index.ts";
import { after } from "../src/run/timer.ts";
import { FakeClock } from "../src/testing/index.ts";

function setup(ms: number): { clock: FakeClock; alarms: Alarms; deadline: Deadline } {
  const clock = new FakeClock();
  const alarms = new Alarms(clock);
  return { clock, alarms, deadline: new Deadline({ alarms, ms, reason: () => new Error("time is up") }) };
}

test("the signal fires at its time, not before, with its reason", async () => {
  const { clock, alarms, deadline } = setup(1_000);

  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);

  expect(deadline.signal.reason).toMatchObject({ message: "time is up" });
  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});

test("fired by hand the first reason stands and no timer is left", async () => {
  const { clock, alarms, deadline } = setup(1_000);

  deadline.abort(new Error("cancelled"));
  deadline.abort(new Error("again"));
  alarms.rest();
  await clock.advance(2_000);

  expect(deadline.signal.reason).toMatchObject({ message: "cancelled" });
  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});

test("disposed it never fires and leaves no timer", async () => {
  const { clock, alarms, deadline } = setup(1_000);

  deadline[Symbol.dispose]();
  deadline[Symbol.dispose]();
  deadline.abort(new Error("too late"));
  alarms.rest();
  await clock.settle();
  expect(clock.pending).toBe(0);
  await clock.advance(2_000);

  expect(deadline.signal.aborted).toBe(false);
});

test("an infinite deadline has no timer", () => {
  const { clock, alarms } = setup(Number.POSITIVE_INFINITY);

  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});

test("the wall clock does not move a deadline", async () => {
  const { clock, deadline } = setup(1_000);

  clock.jump(86_400_000);
  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  clock.jump(-2 * 86_400_000);
  await clock.advance(1);

  expect(deadline.signal.aborted).toBe(true);
});

test("a timer of many days sleeps in pieces that a host timer can hold", async () => {
  const clock = new FakeClock();
  const asked: number[] = [];
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    asked.push(ms);
    return sleep(ms, signal);
  };
  let fired = 0;
  const days30 = 30 * 86_400_000;

  using _timer = after(clock, days30, () => {
    fired = clock.monotonic();
  });
  await clock.advance(days30);

  expect(fired).toBe(days30);
  expect(Math.max(...asked)).toBeLessThan(2 ** 31);
});

test("alarms ring in the order of their times over one sleeper, and one may take back another", async () => {
  const clock = new FakeClock();
  using alarms = new Alarms(clock);
  const rung: string[] = [];
  alarms.set(30, () => rung.push(`late ${clock.monotonic()}`));
  alarms.set(10, () => rung.push(`early ${clock.monotonic()}`));
  const doomed = alarms.set(20, () => rung.push("doomed"));
  alarms.set(15, () => doomed[Symbol.dispose]());
  alarms.set(10, () => alarms.set(5, () => rung.push(`second ${clock.monotonic()}`)));

  await clock.settle();
  expect(clock.pending).toBe(1);
  await clock.advance(100);

  expect(rung).toEqual(["early 10", "second 15", "late 30"]);
  expect([alarms.size, clock.pending]).toEqual([0, 0]);
});
