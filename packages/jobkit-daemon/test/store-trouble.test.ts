import { EventBus, jobkitEvents } from "jobkit-core";
import { FakeClock } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { sayErrors } from "../src/say-errors.ts";
import { watchStore } from "../src/watch-store.ts";

function setup() {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const events = bus.emitter(jobkitEvents);
  const refuse = (why = "no room") =>
    events.emit("scheduler.failed", () => ({ code: "QUEUE_DISK_FULL", why }));
  return { clock, bus, events, refuse };
}

test("a store that refuses for as long as a run may wait is told once, with its reason", async () => {
  const { clock, bus, refuse } = setup();
  const told: string[] = [];
  using _watch = watchStore({ bus, clock }, 1_000, (why) => told.push(why));

  refuse();
  await clock.advance(999);
  refuse();
  const before = [...told];
  await clock.advance(1);
  refuse();
  refuse();

  expect(before).toEqual([]);
  expect(told).toEqual(["QUEUE_DISK_FULL, no room"]);
});

test("a store that takes something in between is not stuck", async () => {
  const { clock, bus, events, refuse } = setup();
  const told: string[] = [];
  using _watch = watchStore({ bus, clock }, 1_000, (why) => told.push(why));

  for (let round = 0; round < 5; round += 1) {
    refuse();
    await clock.advance(900);
    events.emit("task.started", () => ({ task: "t", worker: "main-1", waitedMs: 0 }));
  }

  expect(told).toEqual([]);
});

test("an error that comes again every second is said once a minute, another one at once", async () => {
  const { clock, bus, refuse } = setup();
  const said: string[] = [];
  using _saying = sayErrors({ bus, clock }, { dataDir: "/nowhere", say: (line) => said.push(line) });

  for (let second = 0; second < 61; second += 1) {
    refuse();
    await clock.advance(1_000);
  }
  refuse("damaged");

  expect(said).toEqual([
    expect.stringContaining("no room"),
    expect.stringContaining("no room"),
    expect.stringContaining("damaged"),
  ]);
});
