import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  type Added,
  defineJob,
  EventBus,
  jobkitEvents,
  RamQueue,
  Scheduler,
  type Job,
  type JobContext,
  type JobDefinition,
  type JobEvent,
  type QueueStore,
  type SchedulerOptions,
  type TaskId,
} from "../src/index.ts";
import { FakeClock, SeededRandom } from "../src/testing/index.ts";

/** A schema that lets everything through. */
export const anything: StandardSchemaV1<unknown, unknown> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};

/** A schema of objects with a text field `name`. */
export const named: StandardSchemaV1<unknown, { name: string }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
        ? { value: { name: value.name } }
        : { issues: [{ message: "must be text", path: ["name"] }] },
  },
};

/** A job that takes anything, fails only for good, and does `run`. */
export function job(
  name: string,
  run: (context: JobContext<unknown>) => unknown,
  more: Partial<JobDefinition<unknown>> = {},
): Job {
  const retry = { attempts: 3, firstMs: 1_000, maxMs: 10_000, factor: 2, jitter: 0 };
  return defineJob<unknown>({
    name,
    doc: "A job of a test.",
    input: anything,
    retry,
    // Not async: a job that throws before it makes a promise is one of the cases.
    run: run as (context: JobContext<unknown>) => Promise<void>,
    ...more,
  });
}

/** Something that a test lets go on when it likes, once per waiting caller. */
export class Latch implements Disposable {
  readonly #waiting: (() => void)[] = [];
  #open = false;

  get waiting(): number {
    return this.#waiting.length;
  }

  wait(): Promise<void> {
    if (this.#open) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Let the longest waiting one go on. */
  release(): void {
    this.#waiting.shift()?.();
  }

  /** Let everybody go on, now and later: a test that fails half-way must not keep others waiting. */
  [Symbol.dispose](): void {
    this.#open = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A scheduler on fake time and what is around it. */
export interface Bench extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: QueueStore;
  /** Every event it told. */
  readonly seen: JobEvent[];
  readonly bus: EventBus;
  readonly scheduler: Scheduler;
}

/** Long enough for every grace period and every pause of a store that fails. */
const CLOSING_MS = 60_000;

/**
 * A scheduler on fake time over memory, with every event it told (unless nobody is to `listen`). `await using` it:
 * it is closed while time goes on, so that a test that fails with a job stuck ends all the same.
 */
export function setup(options: Partial<SchedulerOptions> = {}, listen = true): Bench {
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock();
  const store = options.store ?? new RamQueue();
  const bus = new EventBus({ clock });
  const seen: JobEvent[] = [];
  if (listen) bus.listen({ name: "test" }, (event) => seen.push(event));
  const scheduler = new Scheduler({
    jobs: [],
    pools: {},
    events: bus.emitter(jobkitEvents),
    random: new SeededRandom(1),
    owner: "one",
    lanes: 4,
    ...options,
    clock,
    store,
  });
  const close = async (): Promise<void> => {
    const closed = scheduler[Symbol.asyncDispose]();
    await clock.advance(CLOSING_MS);
    await closed;
  };
  return { clock, store, seen, bus, scheduler, [Symbol.asyncDispose]: close };
}

/** The same, started. */
export async function started(options: Partial<SchedulerOptions> = {}): Promise<Bench> {
  const bench = setup(options);
  await bench.scheduler.start();
  return bench;
}

/** The events of one row. */
export function told(seen: readonly JobEvent[], ev: string): JobEvent[] {
  return seen.filter((event) => event.ev === ev);
}

/** One field of each event of a row. */
export function toldOf(seen: readonly JobEvent[], ev: string, field: string): unknown[] {
  return told(seen, ev).map(({ attrs }) => attrs[field]);
}

/** Two tasks of that job. */
export function two(name: string): { job: string; input: null }[] {
  return [
    { job: name, input: null },
    { job: name, input: null },
  ];
}

/** The id of an answer to a submission, by its place. */
export function idOf(added: readonly Added[], at = 0): TaskId {
  const one = added[at];
  if (one === undefined) throw new Error("nothing was added");
  return one.id;
}

/** What a promise is rejected with, heard from now on; `null` where it is not. */
export function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}
