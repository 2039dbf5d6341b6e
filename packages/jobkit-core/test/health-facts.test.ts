/** The facts of a scheduler from plain snapshots: what a real one shows only in passing. */
import { describe, expect, test } from "vitest";
import {
  defineJob,
  EventBus,
  RamQueue,
  SchedulerFacts,
  type SchedulerSnapshot,
  type TaskCount,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/fake-clock.ts";
import { MINUTE, SECOND } from "./health-kit.ts";
import { anything } from "./scheduler-kit.ts";

const empty: SchedulerSnapshot = {
  lanes: 2,
  lanesFree: 2,
  laneGroups: [{ name: "main", size: 2, busy: 0, busyMs: 0 }],
  draining: false,
  running: [],
  pools: [],
  paused: { all: false, jobs: [] },
  holds: {},
  held: {},
};

/** A queue whose due times, and slowness, a test sets. */
class DueQueue extends RamQueue {
  due: Readonly<Record<string, number>> = {};
  readonly #clock: FakeClock;
  /** So long, in ms, a count takes. */
  slowMs = 0;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override async counts(): Promise<readonly TaskCount[]> {
    if (this.slowMs > 0) await this.#clock.sleep(this.slowMs);
    return super.counts();
  }

  override oldestDue(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve(this.due);
  }
}

function setup() {
  const clock = new FakeClock();
  const bus = new EventBus({ clock });
  const store = new DueQueue(clock);
  const world = { snapshot: empty };
  const jobs = ["read", "threaded"].map((name) =>
    defineJob({
      name,
      doc: "A job of a test.",
      input: anything,
      lane: name === "read" ? "main" : "threads",
      needs: { disk: 2 },
      run: () => Promise.resolve(),
    }),
  );
  const scheduler = { snapshot: () => world.snapshot };
  const facts = new SchedulerFacts({ scheduler, store, jobs, bus, clock, threads: new Set(["threads"]) });
  return { clock, store, world, facts };
}

const running = (job: string, more: Partial<SchedulerSnapshot["running"][number]> = {}) =>
  ({
    task: "t1",
    run: "0",
    job,
    attempt: 1,
    worker: "main-1",
    startedAtMs: 0,
    silentForMs: 0,
    progress: null,
    ...more,
  }) as SchedulerSnapshot["running"][number];

describe("the facts of a scheduler", () => {
  test("have what waits, but for jobs of other processes, and nothing while it drains", async () => {
    const { clock, store, world, facts } = setup();
    store.due = { read: clock.now() - MINUTE, elsewhere: clock.now() - MINUTE };

    const { waiting } = await facts.gather();
    world.snapshot = { ...empty, draining: true };
    const draining = await facts.gather();

    expect(waiting).toEqual([{ job: "read", waitedMs: MINUTE }]);
    expect(draining.waiting).toEqual([]);
  });

  test("say that there is no lane only while there is none, and since when", async () => {
    const { clock, store, world, facts } = setup();
    store.due = { read: clock.now() };

    const free = await facts.gather();
    world.snapshot = { ...empty, lanesFree: 0 };
    await facts.gather();
    await clock.advance(MINUTE);
    const crowded = await facts.gather();
    world.snapshot = empty;
    await facts.gather();
    world.snapshot = { ...empty, lanesFree: 0 };
    const anew = await facts.gather();

    expect(free.held).toEqual([]);
    expect(crowded.held).toEqual([{ job: "read", reason: { kind: "no lane" }, heldMs: MINUTE }]);
    expect(anew.held?.[0]?.heldMs).toBe(0);
  });

  test("believe the scheduler where it gives a reason itself", async () => {
    const { store, clock, world, facts } = setup();
    store.due = { read: clock.now() };
    world.snapshot = { ...empty, lanesFree: 0, held: { read: { kind: "no slot", pool: "disk", forMs: 5 } } };

    const { held } = await facts.gather();

    expect(held).toMatchObject([{ job: "read", reason: { kind: "no slot", pool: "disk" }, heldMs: 5 }]);
  });

  test("call an attempt silent only where its job has spoken, in this attempt or in an earlier one", async () => {
    const { world, facts } = setup();
    const progress = { done: 1, total: 2, what: "", counters: {} };

    world.snapshot = { ...empty, running: [running("read", { silentForMs: 5 })] };
    const before = await facts.gather();
    world.snapshot = { ...empty, running: [running("read", { silentForMs: 5, progress })] };
    await facts.gather();
    world.snapshot = { ...empty, running: [running("read", { silentForMs: 7, startedAtMs: 9 })] };
    const after = await facts.gather();

    expect(before.running?.[0]?.silentMs).toBe(null);
    expect(after.running?.[0]?.silentMs).toBe(7);
  });

  test("know of what runs its slots, its timeout, its age, and whether it runs apart", async () => {
    const { clock, world, facts } = setup();
    world.snapshot = { ...empty, running: [running("threaded", { silentForMs: SECOND }), running("gone")] };

    const first = await facts.gather();
    await clock.advance(SECOND);
    const second = await facts.gather();

    expect(first.running?.[0]).toMatchObject({ slots: { disk: 2 }, timeoutMs: 10 * MINUTE, apart: true });
    expect(first.running?.[1]).toMatchObject({ slots: {}, timeoutMs: Infinity, apart: false });
    expect(second.running?.[0]?.ranMs).toBe((first.running?.[0]?.ranMs ?? 0) + SECOND);
  });

  test("take the slowest of the last looks for the slow calls of the store", async () => {
    const { clock, store, facts } = setup();
    store.slowMs = 300;

    const first = facts.gather();
    await clock.advance(300);
    store.slowMs = 0;
    const second = await facts.gather();
    for (let look = 0; look < 4; look += 1) await facts.gather();
    const last = await facts.gather();

    expect((await first).store?.slowMs).toBe(300);
    expect(second.store?.slowMs).toBe(300);
    expect(last.store?.slowMs).toBe(0);
  });
});
