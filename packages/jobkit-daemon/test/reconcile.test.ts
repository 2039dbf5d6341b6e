import { EventBus, type NewTask, newTaskId } from "jobkit-core";
import { FakeClock, Recorder, SeededRandom } from "jobkit-core/testing";
import { expect, test } from "vitest";
import type { Reconciler } from "../src/app.ts";
import { daemonEvents } from "../src/events.ts";
import { runOnce } from "../src/reconcile/once.ts";
import { ReconcileLoop } from "../src/reconcile/reconcile-loop.ts";

function setup(find: Reconciler["find"], everyMs: Reconciler["everyMs"] = 1_000) {
  const clock = new FakeClock();
  const random = new SeededRandom(1);
  const bus = new EventBus({ clock, tables: [daemonEvents] });
  const recorder = new Recorder(bus);
  const stop = new AbortController();
  const waiting = new Set<string>();
  const batches: number[] = [];
  const submit = async (batch: readonly NewTask[]) => {
    batches.push(batch.length);
    return batch.map(({ key }) => {
      const added = !waiting.has(key ?? "");
      waiting.add(key ?? "");
      return { id: newTaskId(random, clock.now()), added };
    });
  };
  const loop = new ReconcileLoop(
    { name: "look", doc: "Looks.", everyMs, find },
    {
      clock,
      events: bus.emitter(daemonEvents),
      submit,
      signal: stop.signal,
      retryFirstMs: () => 100,
      retryMaxMs: () => 350,
    },
  );
  return { clock, recorder, stop, waiting, batches, loop };
}

function tasks(count: number): readonly NewTask[] {
  return Array.from({ length: count }, (_, n) => ({ job: "j", input: n, key: String(n) }));
}

test("a look submits what it found and counts only what was not waiting yet", async () => {
  const { loop, recorder } = setup(async () => tasks(3));

  const first = await loop.look();
  const second = await loop.look();

  expect(first).toEqual({ kind: "looked", found: 3, added: 3 });
  expect(second).toEqual({ kind: "looked", found: 3, added: 0 });
  expect(recorder.of("reconciler.found").map(({ attrs }) => [attrs["found"], attrs["added"]])).toEqual([
    [3, 3],
  ]);
});

test("two looks at once are one look", async () => {
  let looks = 0;
  const { loop } = setup(async () => {
    looks += 1;
    return [];
  });

  await Promise.all([loop.look(), loop.look(), loop.look()]);

  expect(looks).toBe(1);
});

test("much work goes in in batches; work that waits for other work stays in one", async () => {
  const free = setup(async () => tasks(1_100));
  const id = newTaskId(new SeededRandom(2), 0);
  const parent: NewTask = { job: "j", input: null, key: "parent", id };
  const children = Array.from({ length: 1_099 }, (_, n): NewTask => ({
    job: "j",
    input: n,
    key: `${n}`,
    after: [id],
  }));
  const bound = setup(async () => [parent, ...children]);

  await free.loop.look();
  await bound.loop.look();

  expect(free.batches).toEqual([500, 500, 100]);
  expect(bound.batches).toEqual([1_100]);
});

test("looks follow each other by the pause, which is asked for each time", async () => {
  let everyMs = 1_000;
  const times: number[] = [];
  const { clock, loop, stop } = setup(
    async () => {
      times.push(clock.monotonic());
      return [];
    },
    () => everyMs,
  );
  const startMs = clock.monotonic();
  const running = loop.run();

  await clock.advance(2_500);
  everyMs = 200;
  await clock.advance(1_000);
  stop.abort();
  await running;

  expect(times.map((ms) => ms - startMs)).toEqual([0, 1_000, 2_000, 3_000, 3_200, 3_400]);
  expect(clock.pending).toBe(0);
});

test("a look that throws is told with its count and tried again after growing pauses, then as usual", async () => {
  const times: number[] = [];
  const { clock, loop, recorder, stop } = setup(async () => {
    times.push(clock.monotonic());
    if (times.length <= 4) throw new Error(`no ${times.length}`);
    return [];
  });
  const startMs = clock.monotonic();
  const running = loop.run();

  await clock.advance(3_000);
  stop.abort();
  await running;

  expect(times.map((ms) => ms - startMs)).toEqual([0, 100, 300, 650, 1_000, 2_000, 3_000]);
  expect(recorder.of("reconciler.failed").map(({ attrs }) => [attrs["inARow"], attrs["why"]])).toEqual([
    [1, "no 1"],
    [2, "no 2"],
    [3, "no 3"],
    [4, "no 4"],
  ]);
  expect(loop.state).toMatchObject({ failuresInARow: 0, why: null });
});

test("a look that ends by the stop is no failure", async () => {
  const { loop, recorder, stop } = setup(
    (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
  );
  const look = loop.look();

  stop.abort();

  expect(await look).toEqual({ kind: "looked", found: 0, added: 0 });
  expect(recorder.of("reconciler.failed")).toEqual([]);
});

test("once looks again until a look brings nothing new", async () => {
  const found = [2, 1, 0];
  const { clock, loop, stop } = setup(async () => tasks(3).slice(0, 3 - (found.shift() ?? 0)));
  const idles: number[] = [];

  const end = await runOnce({
    clock,
    loops: [loop],
    idle: async () => {
      idles.push(clock.monotonic());
      return { nextDueAtMs: null };
    },
    waitMs: 0,
    roundsMax: 100,
    signal: stop.signal,
  });

  expect(end).toEqual({ nextDueAtMs: null, failed: [], unfinished: false });
  expect(idles.length).toBe(4);
});

test("once looks after everything has run, also when its first look found nothing new", async () => {
  const order: string[] = [];
  const { clock, loop, stop } = setup(async () => {
    order.push("look");
    return [];
  });

  await runOnce({
    clock,
    loops: [loop],
    idle: async () => {
      order.push("ran what an earlier life had left");
      return { nextDueAtMs: null };
    },
    waitMs: 0,
    roundsMax: 100,
    signal: stop.signal,
  });

  expect(order.at(-1)).toBe("look");
});

test("once waits for what is due within its budget and leaves what is due later", async () => {
  const { clock, loop, stop } = setup(async () => []);
  const dues = [clock.now() + 300, clock.now() + 500, clock.now() + 5_000];

  const running = runOnce({
    clock,
    loops: [loop],
    idle: async () => ({ nextDueAtMs: dues.find((due) => due > clock.now()) ?? null }),
    waitMs: 1_000,
    roundsMax: 100,
    signal: stop.signal,
  });
  await clock.advance(10_000);

  expect(await running).toEqual({ nextDueAtMs: dues[2], failed: [], unfinished: false });
  expect(clock.pending).toBe(0);
});

test("once ends after a bounded number of rounds although work is still found, and says so", async () => {
  let n = 0;
  const { clock, loop, stop } = setup(async () => [{ job: "j", input: null, key: `k${(n += 1)}` }]);

  const end = await runOnce({
    clock,
    loops: [loop],
    idle: async () => ({ nextDueAtMs: null }),
    waitMs: 0,
    roundsMax: 7,
    signal: stop.signal,
  });

  expect(end.unfinished).toBe(true);
  expect(n).toBe(7);
});

test("stopping once while it waits leaves no timer behind", async () => {
  const { clock, loop, stop } = setup(async () => []);
  const running = runOnce({
    clock,
    loops: [loop],
    idle: async () => ({ nextDueAtMs: clock.now() + 900 }),
    waitMs: 1_000,
    roundsMax: 100,
    signal: stop.signal,
  });
  await clock.advance(10);

  stop.abort(new Error("enough"));

  await expect(running).rejects.toThrow("enough");
  expect(clock.pending).toBe(0);
});
