/** Row 9 of docs/faults.md in spirit: a process that stands still while others share its store. */
import { expect, test } from "vitest";
import { RamQueue, type JobEvent, type QueueStore } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { job, setup, told } from "./scheduler-kit.ts";

const LEASE_MS = 30_000;

/** A store as a process sees it that may stand still: nothing it asks is asked before it goes on. */
class Stoppable {
  readonly store: QueueStore;
  #stopped: Promise<void> | null = null;
  #goOn: () => void = () => {};

  constructor(store: QueueStore) {
    this.store = new Proxy(store, {
      get: (target, name) => {
        const member = target[name as keyof QueueStore];
        if (typeof member !== "function") return member;
        const call = (member as (...args: unknown[]) => unknown).bind(target);
        if (name === "onWake") return (listener: () => void) => call(() => void this.#wake(listener));
        return async (...args: unknown[]) => {
          await this.#stopped;
          return call(...args);
        };
      },
    });
  }

  stop(): void {
    this.#stopped = new Promise((resolve) => {
      this.#goOn = () => {
        this.#stopped = null;
        resolve();
      };
    });
  }

  goOn(): void {
    this.#goOn();
  }

  async #wake(listener: () => void): Promise<void> {
    await this.#stopped;
    listener();
  }
}

/** Two schedulers over one store, each with its own time: the first one may stand still. */
async function pair(workMs: number) {
  const store = new RamQueue();
  const [itsClock, clock] = [new FakeClock(), new FakeClock()];
  const stoppable = new Stoppable(store);
  const ran: string[] = [];
  const open = (owner: string, its: FakeClock, view: QueueStore) => {
    const work = job("work", async ({ input }) => {
      ran.push(`${owner} ${String(input)}`);
      await its.sleep(workMs);
      return owner;
    });
    const options = { store: view, clock: its, owner, jobs: [work], lanes: 2, leaseMs: LEASE_MS };
    return setup({ ...options, lost: "expired" });
  };
  const first = open("first", itsClock, stoppable.store);
  const second = open("second", clock, store);
  await first.scheduler.start();
  await first.scheduler.submit([
    { job: "work", input: 1 },
    { job: "work", input: 2 },
  ]);
  await itsClock.advance(1);
  await second.scheduler.start();
  const close = async (): Promise<void> => {
    const closing = Promise.all([
      first.scheduler[Symbol.asyncDispose](),
      second.scheduler[Symbol.asyncDispose](),
    ]);
    await Promise.all([itsClock.advance(60_000), clock.advance(60_000)]);
    await closing;
  };
  const finished = (): readonly JobEvent[] => [
    ...told(first.seen, "task.finished"),
    ...told(second.seen, "task.finished"),
  ];
  return { store, itsClock, clock, stoppable, ran, first, second, finished, close };
}

test("who stands still for less than its lease goes on as if nothing had been", async () => {
  const { store, itsClock, clock, stoppable, ran, first, second, finished, close } = await pair(5_000);
  stoppable.stop();

  await clock.advance(LEASE_MS - 1_000);
  stoppable.goOn();
  await itsClock.advance(LEASE_MS - 1_000);

  expect(ran).toEqual(["first 1", "first 2"]);
  expect(told(second.seen, "task.recovered")).toEqual([]);
  expect(finished()).toHaveLength(2);
  expect(told(first.seen, "task.finished")).toHaveLength(2);
  expect((await store.list({})).tasks.map(({ state }) => state.kind)).toEqual(["done", "done"]);
  await close();
});

test("who stands still for longer loses its tasks; each finishes once, and its late end is refused", async () => {
  const { store, itsClock, clock, stoppable, ran, first, second, finished, close } = await pair(5_000);
  stoppable.stop();

  await clock.advance(3 * LEASE_MS);
  const before = finished().length;
  stoppable.goOn();
  await itsClock.advance(3 * LEASE_MS);

  expect(ran).toEqual(["first 1", "first 2", "second 1", "second 2"]);
  expect(told(second.seen, "task.recovered")).toHaveLength(2);
  expect([before, finished().length]).toEqual([2, 2]);
  expect(told(first.seen, "task.finished")).toEqual([]);
  const { tasks } = await store.list({});
  expect(tasks.map(({ state, attempt }) => [state.kind, attempt])).toEqual([
    ["done", 2],
    ["done", 2],
  ]);
  expect(tasks.map(({ state }) => state.kind === "done" && state.result)).toEqual(["second", "second"]);
  expect(first.scheduler.snapshot()).toMatchObject({ lanesFree: 2, running: [] });
  await close();
});

test("who comes back in the middle of its work is told that the lease is lost, and stops", async () => {
  const { itsClock, clock, stoppable, first, second, finished, close } = await pair(2 * LEASE_MS);
  stoppable.stop();
  await clock.advance(2 * LEASE_MS);
  expect(told(second.seen, "task.recovered")).toHaveLength(2);

  stoppable.goOn();
  await itsClock.advance(LEASE_MS);
  const running = first.scheduler.snapshot().running.length;
  await clock.advance(2 * LEASE_MS);
  await itsClock.advance(LEASE_MS);

  // It was told to stop, and what does not obey is abandoned after its grace period.
  expect(running).toBe(0);
  expect(told(first.seen, "task.finished")).toEqual([]);
  expect(finished()).toHaveLength(2);
  await close();
});
